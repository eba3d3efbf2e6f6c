using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Normalization;

/// <summary>Means and inverse deviations of channels: those of a batch, or the running ones, which are constants to the gradient.</summary>
internal readonly ref struct ReadStatistics<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ReadOnlySpan<T> _mean;
    private readonly ReadOnlySpan<T> _spread;
    private readonly double _eps;

    /// <summary>Those of a batch.</summary>
    public ReadStatistics(ReadOnlySpan<T> mean, ReadOnlySpan<T> inverseDeviation)
    {
        _mean = mean;
        _spread = inverseDeviation;
    }

    /// <summary>The running ones.</summary>
    public ReadStatistics(ReadOnlySpan<T> mean, ReadOnlySpan<T> variance, double eps)
    {
        _mean = mean;
        _spread = variance;
        _eps = eps;
        AreConstant = true;
    }

    /// <summary>Whether they do not depend on the input.</summary>
    public bool AreConstant { get; }

    /// <summary>Mean of a channel.</summary>
    public T Mean(int channel) => _mean[channel];

    /// <summary>1/√(variance + ε) of a channel.</summary>
    public double InverseDeviation(int channel)
    {
        var spread = double.CreateTruncating(_spread[channel]);
        return AreConstant ? 1 / Math.Sqrt(spread + _eps) : spread;
    }

    /// <summary>Means of neighbouring channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Means<V>(int channel)
        where V : struct, ISimd<V, T>
        => V.Load(_mean, channel);

    /// <summary>1/√(variance + ε) of neighbouring channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V InverseDeviations<V>(int channel)
        where V : struct, ISimd<V, T>
    {
        var spread = V.Load(_spread, channel);
        return AreConstant ? V.One / V.Sqrt(spread + V.Create(_eps)) : spread;
    }
}
