using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Tests.Normalization;

/// <summary>max(0, value): an activation behind a normalisation.</summary>
internal readonly struct Relu<T> : IEpilogue<T>
    where T : unmanaged
{
    public V Apply<V>(V value, int row, int column)
        where V : struct, ISimd<V, T>
        => V.AtLeast(V.Zero, value);
}

/// <summary>value where y[row, column] > 0, else 0: the derivative of <see cref="Relu{T}"/>.</summary>
internal readonly ref struct ReluSlope<T>(ReadOnlySpan<T> y, int columns) : IEpilogue<T>
    where T : unmanaged
{
    private readonly ReadOnlySpan<T> _y = y;
    private readonly int _columns = columns;

    public V Apply<V>(V value, int row, int column)
        where V : struct, ISimd<V, T>
        => V.And(V.GreaterThan(V.Load(_y, row * _columns + column), V.Zero), value);
}

/// <summary>value·factor[row, column].</summary>
internal readonly ref struct Times<T>(ReadOnlySpan<T> factor, int columns) : IEpilogue<T>
    where T : unmanaged
{
    private readonly ReadOnlySpan<T> _factor = factor;
    private readonly int _columns = columns;

    public V Apply<V>(V value, int row, int column)
        where V : struct, ISimd<V, T>
        => value * V.Load(_factor, row * _columns + column);
}
