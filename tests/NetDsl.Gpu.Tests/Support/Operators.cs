using ILGPU;
using NetDsl.Kernels.Simd;

namespace NetDsl.Gpu.Tests.Support;

/// <summary>value·(1 + bias[column]) + other[row, column]: reads by column and by element.</summary>
internal readonly struct DeviceMix(ArrayView<float> bias, ArrayView<float> other, int columns) : NetDsl.Kernels.Ilgpu.IEpilogue<float>
{
    private readonly ArrayView<float> _bias = bias;
    private readonly ArrayView<float> _other = other;
    private readonly int _columns = columns;

    public float Apply(float value, int row, int column) => value * (1 + _bias[column]) + _other[row * _columns + column];
}

/// <summary>The same on the host.</summary>
internal readonly ref struct HostMix(ReadOnlySpan<float> bias, ReadOnlySpan<float> other, int columns) : NetDsl.Kernels.IEpilogue<float>
{
    private readonly ReadOnlySpan<float> _bias = bias;
    private readonly ReadOnlySpan<float> _other = other;
    private readonly int _columns = columns;

    public V Apply<V>(V value, int row, int column)
        where V : struct, ISimd<V, float>
        => V.FusedMultiplyAdd(value, V.One + V.Load(_bias, column), V.Load(_other, row * _columns + column));
}
