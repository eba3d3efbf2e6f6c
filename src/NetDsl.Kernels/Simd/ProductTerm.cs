using System.Runtime.CompilerServices;

namespace NetDsl.Kernels.Simd;

/// <summary>The products of two rows, element by element, for sums.</summary>
internal readonly ref struct ProductTerm<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b) : ILaneTerm<T>
    where T : unmanaged
{
    private readonly ReadOnlySpan<T> _a = a;
    private readonly ReadOnlySpan<T> _b = b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Run<V>(int row, int column)
        where V : struct, ISimd<V, T>
        => V.Load(_a, column) * V.Load(_b, column);
}
