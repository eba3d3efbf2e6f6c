using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Normalization;

/// <summary>Means and inverse deviations of channels that a forward pass kept.</summary>
/// <param name="mean">Means.</param>
/// <param name="inverseDeviation">1/√(variance + ε).</param>
/// <param name="areConstant">Whether they are running ones, which do not depend on the input.</param>
internal readonly ref struct ReadStatistics<T>(ReadOnlySpan<T> mean, ReadOnlySpan<T> inverseDeviation, bool areConstant)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ReadOnlySpan<T> _mean = mean;
    private readonly ReadOnlySpan<T> _inverseDeviation = inverseDeviation;

    /// <summary>Whether they do not depend on the input.</summary>
    public bool AreConstant { get; } = areConstant;

    /// <summary>Mean of a channel.</summary>
    public T Mean(int channel) => _mean[channel];

    /// <summary>1/√(variance + ε) of a channel.</summary>
    public double InverseDeviation(int channel) => double.CreateTruncating(_inverseDeviation[channel]);

    /// <summary>Means of neighbouring channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Means<V>(int channel)
        where V : struct, ISimd<V, T>
        => V.Load(_mean, channel);

    /// <summary>1/√(variance + ε) of neighbouring channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V InverseDeviations<V>(int channel)
        where V : struct, ISimd<V, T>
        => V.Load(_inverseDeviation, channel);
}
