using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>The epilogue that adds to what a row-major matrix holds: y = c[row, column] + value. The matrix may be the result's own.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="c">The matrix, rows × <paramref name="columns"/>.</param>
/// <param name="columns">Length of a row.</param>
public readonly ref struct Accumulate<T>(ReadOnlySpan<T> c, int columns) : IEpilogue<T>
    where T : unmanaged
{
    private readonly ReadOnlySpan<T> _c = c;
    private readonly int _columns = columns;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V value, int row, int column)
        where V : struct, ISimd<V, T> =>
        V.Load(in Unsafe.Add(ref MemoryMarshal.GetReference(_c), (nint)row * _columns + column)) + value;
}
