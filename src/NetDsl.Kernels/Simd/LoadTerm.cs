using System.Runtime.CompilerServices;

namespace NetDsl.Kernels.Simd;

/// <summary>The elements of one row as they are, for sums and maxima.</summary>
internal readonly ref struct LoadTerm<T>(ReadOnlySpan<T> x) : ILaneTerm<T>
    where T : unmanaged
{
    private readonly ReadOnlySpan<T> _x = x;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Run<V>(int row, int column)
        where V : struct, ISimd<V, T>
        => V.Load(_x, column);
}
