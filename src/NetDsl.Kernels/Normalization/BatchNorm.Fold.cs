using System.Numerics;

namespace NetDsl.Kernels.Normalization;

/// <content>Frozen statistics as a part of the layer before.</content>
public static partial class BatchNorm
{
    /// <summary>
    /// Weights and bias of a layer that does what a layer and <see cref="Infer"/> behind it do: weight′ = s·weight and bias′ = s·(bias − running mean) + β
    /// with s = γ/√(running variance + ε) of the output channel. Done in doubles.
    /// </summary>
    /// <param name="gamma">Scale γ [channels]; empty for 1.</param>
    /// <param name="beta">Shift β [channels]; empty for 0.</param>
    /// <param name="runningMean">Running mean [channels].</param>
    /// <param name="runningVariance">Running variance [channels].</param>
    /// <param name="eps">ε, added to the variance under the root.</param>
    /// <param name="weight">Weights of the layer before [channels × weightsPerChannel], its output channels first.</param>
    /// <param name="bias">Its bias [channels]; empty for 0.</param>
    /// <param name="foldedWeight">Receives weight′ [channels × weightsPerChannel]; may be <paramref name="weight"/>.</param>
    /// <param name="foldedBias">Receives bias′ [channels]; may be <paramref name="bias"/>.</param>
    /// <param name="channels">Output channels.</param>
    /// <param name="weightsPerChannel">Weights that an output channel has.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="eps"/> is negative.</exception>
    public static void Fold<T>(
        ReadOnlySpan<T> gamma,
        ReadOnlySpan<T> beta,
        ReadOnlySpan<T> runningMean,
        ReadOnlySpan<T> runningVariance,
        double eps,
        ReadOnlySpan<T> weight,
        ReadOnlySpan<T> bias,
        Span<T> foldedWeight,
        Span<T> foldedBias,
        int channels,
        int weightsPerChannel)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require.Shape(channels, weightsPerChannel);
        Require.LengthOrEmpty(gamma.Length, 1, channels, nameof(gamma));
        Require.LengthOrEmpty(beta.Length, 1, channels, nameof(beta));
        Require.Length(runningMean.Length, 1, channels, nameof(runningMean));
        Require.Length(runningVariance.Length, 1, channels, nameof(runningVariance));
        Require.Epsilon(eps);
        Require.Length(weight.Length, channels, weightsPerChannel, nameof(weight));
        Require.LengthOrEmpty(bias.Length, 1, channels, nameof(bias));
        Require.Length(foldedWeight.Length, channels, weightsPerChannel, nameof(foldedWeight));
        Require.Length(foldedBias.Length, 1, channels, nameof(foldedBias));
        var statistics = new ReadStatistics<T>(runningMean, runningVariance, eps);
        for (var channel = 0; channel < channels; channel++)
        {
            var scale = statistics.InverseDeviation(channel) * (gamma.IsEmpty ? 1 : double.CreateTruncating(gamma[channel]));
            var start = channel * weightsPerChannel;
            for (var i = start; i < start + weightsPerChannel; i++)
                foldedWeight[i] = T.CreateTruncating(scale * double.CreateTruncating(weight[i]));
            var before = double.CreateTruncating(Shift(bias, channel)) - double.CreateTruncating(runningMean[channel]);
            foldedBias[channel] = T.CreateTruncating(scale * before + double.CreateTruncating(Shift(beta, channel)));
        }
    }
}
