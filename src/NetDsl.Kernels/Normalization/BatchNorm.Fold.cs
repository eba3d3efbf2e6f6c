using System.Numerics;

namespace NetDsl.Kernels.Normalization;

/// <content>Frozen statistics as a part of the layer before.</content>
public static partial class BatchNorm
{
    /// <summary>
    /// What is left of the normalisation at inference: y = scale·x + shift with scale = γ/√(running variance + ε) and
    /// shift = β − running mean·scale, for the epilogue of the layer before. Done in doubles.
    /// </summary>
    /// <param name="gamma">Scale γ [channels]; empty for 1.</param>
    /// <param name="beta">Shift β [channels]; empty for 0.</param>
    /// <param name="runningMean">Running mean [channels].</param>
    /// <param name="runningVariance">Running variance [channels].</param>
    /// <param name="scale">Receives the scale [channels].</param>
    /// <param name="shift">Receives the shift [channels].</param>
    /// <param name="channels">Channels.</param>
    /// <param name="eps">ε, added to the variance under the root.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="eps"/> is negative.</exception>
    public static void Fold<T>(
        ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, ReadOnlySpan<T> runningMean, ReadOnlySpan<T> runningVariance, Span<T> scale, Span<T> shift, int channels, double eps)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require.LengthOrEmpty(gamma.Length, 1, channels, nameof(gamma));
        Require.LengthOrEmpty(beta.Length, 1, channels, nameof(beta));
        Require.Length(runningMean.Length, 1, channels, nameof(runningMean));
        Require.Length(runningVariance.Length, 1, channels, nameof(runningVariance));
        Require.Length(scale.Length, 1, channels, nameof(scale));
        Require.Length(shift.Length, 1, channels, nameof(shift));
        Require.Epsilon(eps);
        for (var channel = 0; channel < channels; channel++)
        {
            var factor = (gamma.IsEmpty ? 1 : double.CreateTruncating(gamma[channel])) / Math.Sqrt(double.CreateTruncating(runningVariance[channel]) + eps);
            scale[channel] = T.CreateTruncating(factor);
            shift[channel] = T.CreateTruncating(double.CreateTruncating(Shift(beta, channel)) - double.CreateTruncating(runningMean[channel]) * factor);
        }
    }
}
