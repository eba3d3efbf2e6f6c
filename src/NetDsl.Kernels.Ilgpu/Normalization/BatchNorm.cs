using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Normalization;

/// <summary>
/// Batch normalisation of a tensor [samples × channels × inner], inner being the product of the axes behind the channels (1 for plain features):
/// S. Ioffe and C. Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift" (2015).
/// </summary>
/// <remarks>
/// Prologues and epilogues see a matrix [samples·channels × inner], for inner = 1 the matrix [samples × channels] that layers of plain features see.
/// Two launches, of which the second puts together what the first has left of each piece of a channel; one where the statistics are the running ones.
/// </remarks>
public static class BatchNorm
{
    /// <summary>
    /// y = e(γ·(x − μ)/√(σ² + ε) + β). In training μ and σ² are mean and biased variance of each channel over samples and inner positions, and
    /// the running statistics move towards them: running ← (1 − momentum)·running + momentum·batch, for the variance the unbiased one.
    /// Else they are the running statistics, which stay.
    /// </summary>
    /// <param name="x">Input [samples × channels × inner].</param>
    /// <param name="gamma">Scale γ [channels]; empty for 1.</param>
    /// <param name="beta">Shift β [channels]; empty for 0.</param>
    /// <param name="y">Output of the input's shape; may be <paramref name="x"/> where no backward pass follows.</param>
    /// <param name="mean">Receives μ [channels], for the backward pass.</param>
    /// <param name="inverseDeviation">Receives 1/√(σ² + ε) [channels], for the backward pass.</param>
    /// <param name="runningMean">Running mean [channels], updated in training; empty there if none is kept.</param>
    /// <param name="runningVariance">Running variance [channels], updated in training; empty there if none is kept.</param>
    /// <param name="samples">Product of the axes before the channels.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Product of the axes behind the channels.</param>
    /// <param name="eps">ε, added to the variance under the root.</param>
    /// <param name="momentum">Weight of the batch in the running statistics, in [0, 1].</param>
    /// <param name="training">Whether the statistics are the batch's, and not the running ones.</param>
    /// <param name="e">Applied to each element of y exactly once, say an activation.</param>
    /// <exception cref="ArgumentException">A view's length does not fit, or a channel has fewer than 2 values in training.</exception>
    public static void Forward<T, TEpilogue>(
        ArrayView<T> x, ArrayView<T> gamma, ArrayView<T> beta, ArrayView<T> y, ArrayView<T> mean, ArrayView<T> inverseDeviation, ArrayView<T> runningMean, ArrayView<T> runningVariance,
        int samples, int channels, int inner, double eps, double momentum, bool training, TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>
    {
        Require.Length(x.Length, samples * channels, inner, nameof(x));
        Require.Length(y.Length, samples * channels, inner, nameof(y));
        Require.LengthOrEmpty(gamma.Length, 1, channels, nameof(gamma));
        Require.LengthOrEmpty(beta.Length, 1, channels, nameof(beta));
        Require.Length(mean.Length, 1, channels, nameof(mean));
        Require.Length(inverseDeviation.Length, 1, channels, nameof(inverseDeviation));
        var (device, pieces) = (Work.On(x), new ChannelPieces(samples, channels, inner));
        if (!training)
        {
            Require.Length(runningMean.Length, 1, channels, nameof(runningMean));
            Require.Length(runningVariance.Length, 1, channels, nameof(runningVariance));
            Launch(new(default, default, pieces), training: 0);
            return;
        }

        Require.LengthOrEmpty(runningMean.Length, 1, channels, nameof(runningMean));
        Require.LengthOrEmpty(runningVariance.Length, 1, channels, nameof(runningVariance));
        if (pieces.Count < 2)
        {
            throw new ArgumentException(
                $"Batch normalisation has {pieces.Count} value(s) a channel ({samples} sample(s) of {inner} position(s)) and needs 2 for a variance; "
                + "train with larger batches (leave out a last, smaller one), or normalise with the running statistics.",
                nameof(samples));
        }

        using (device.TakeTurn())
        {
            var (first, second) = Scratch<T>(device, pieces);
            var moments = new PieceMoments<T>(first, second, pieces);
            device.Launch(pieces.Grid, Work.Threads, new MomentsKernel<T>(x, moments, pieces));
            Launch(moments, training: 1);
        }

        void Launch(PieceMoments<T> moments, int training)
        {
            var statistics = new BatchStatistics<T>(moments, mean, inverseDeviation, runningMean, runningVariance, pieces.Count, eps, momentum, training);
            device.Launch(pieces.Grid, Work.Threads, new BatchNormKernel<T, TEpilogue>(x, gamma, beta, y, statistics, pieces, e));
        }
    }

    /// <summary>
    /// The gradients of <see cref="Forward"/>: with g = prologue(dy), r = 1/√(σ² + ε) and x̂ = (x − μ)·r, dγ = Σ g·x̂, dβ = Σ g and
    /// dx = e(γ·r·(g − mean(g) − x̂·mean(g·x̂))), or e(γ·r·g) where the statistics were the running ones, which are constants.
    /// </summary>
    /// <param name="dy">Gradient of the output [samples × channels × inner].</param>
    /// <param name="x">Input of the forward pass.</param>
    /// <param name="gamma">Scale γ [channels]; empty for 1.</param>
    /// <param name="mean">What the forward pass wrote.</param>
    /// <param name="inverseDeviation">What the forward pass wrote.</param>
    /// <param name="dx">Receives the gradient of the input; may be <paramref name="dy"/>, <paramref name="x"/> or what the prologue reads; empty if not wanted.</param>
    /// <param name="dgamma">Receives dγ [channels]; empty if not wanted.</param>
    /// <param name="dbeta">Receives dβ [channels]; empty if not wanted.</param>
    /// <param name="samples">Product of the axes before the channels.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Product of the axes behind the channels.</param>
    /// <param name="training">What the forward pass took.</param>
    /// <param name="accumulate">Whether dγ and dβ are added to what is there.</param>
    /// <param name="prologue">Applied to each element of dy as it is read, say the derivative of the activation behind. It is called up to twice an element.</param>
    /// <param name="e">Applied to each element of dx exactly once, say the derivative of the activation before.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Backward<T, TPrologue, TEpilogue>(
        ArrayView<T> dy, ArrayView<T> x, ArrayView<T> gamma, ArrayView<T> mean, ArrayView<T> inverseDeviation, ArrayView<T> dx, ArrayView<T> dgamma, ArrayView<T> dbeta,
        int samples, int channels, int inner, bool training, bool accumulate, TPrologue prologue, TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPrologue : struct, IEpilogue<T>
        where TEpilogue : struct, IEpilogue<T>
    {
        Require.Length(dy.Length, samples * channels, inner, nameof(dy));
        Require.Length(x.Length, samples * channels, inner, nameof(x));
        Require.LengthOrEmpty(gamma.Length, 1, channels, nameof(gamma));
        Require.Length(mean.Length, 1, channels, nameof(mean));
        Require.Length(inverseDeviation.Length, 1, channels, nameof(inverseDeviation));
        Require.LengthOrEmpty(dx.Length, samples * channels, inner, nameof(dx));
        Require.LengthOrEmpty(dgamma.Length, 1, channels, nameof(dgamma));
        Require.LengthOrEmpty(dbeta.Length, 1, channels, nameof(dbeta));
        var (device, pieces) = (Work.On(x), new ChannelPieces(samples, channels, inner));
        var normalised = new Normalised<T>(x, mean, inverseDeviation, groups: 0, groupChannels: 1);
        var gradients = new AffineGradients<T>(dgamma, dbeta, accumulate ? 1 : 0);
        var hasAffine = dgamma.Length > 0 || dbeta.Length > 0;
        // Constant statistics do not answer to the input.
        var share = T.CreateTruncating(training ? 1.0 / pieces.Count : 0);
        if (!training && !hasAffine)
        {
            if (dx.Length > 0)
                Launch(new(default, default, pieces), hasSums: 0);
            return;
        }

        using (device.TakeTurn())
        {
            var (first, second) = Scratch<T>(device, pieces);
            var sums = new PieceGradients<T>(first, second, pieces);
            device.Launch(pieces.Grid, Work.Threads, new GradientSumsKernel<T, TPrologue>(dy, normalised, sums, pieces, prologue));
            if (dx.Length > 0)
                Launch(sums, hasSums: 1);
            else
                device.Launch(pieces.WholeGrid, Work.Threads, new AffineGradientsKernel<T>(sums, gradients, pieces));
        }

        void Launch(PieceGradients<T> sums, int hasSums) =>
            device.Launch(pieces.Grid, Work.Threads, new BatchNormBackwardKernel<T, TPrologue, TEpilogue>(dy, normalised, gamma, sums, gradients, dx, pieces, share, hasSums, prologue, e));
    }

    /// <summary>
    /// What is left of the normalisation at inference: y = scale·x + shift with scale = γ/√(running variance + ε) and
    /// shift = β − running mean·scale, for the epilogue of the layer before.
    /// </summary>
    /// <param name="gamma">Scale γ [channels]; empty for 1.</param>
    /// <param name="beta">Shift β [channels]; empty for 0.</param>
    /// <param name="runningMean">Running mean [channels].</param>
    /// <param name="runningVariance">Running variance [channels].</param>
    /// <param name="scale">Receives the scale [channels].</param>
    /// <param name="shift">Receives the shift [channels].</param>
    /// <param name="channels">Channels.</param>
    /// <param name="eps">ε, added to the variance under the root.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Fold<T>(
        ArrayView<T> gamma, ArrayView<T> beta, ArrayView<T> runningMean, ArrayView<T> runningVariance, ArrayView<T> scale, ArrayView<T> shift, int channels, double eps)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require.LengthOrEmpty(gamma.Length, 1, channels, nameof(gamma));
        Require.LengthOrEmpty(beta.Length, 1, channels, nameof(beta));
        Require.Length(runningMean.Length, 1, channels, nameof(runningMean));
        Require.Length(runningVariance.Length, 1, channels, nameof(runningVariance));
        Require.Length(scale.Length, 1, channels, nameof(scale));
        Require.Length(shift.Length, 1, channels, nameof(shift));
        Work.On(scale).Launch(Work.Groups(channels), Work.Threads, new FoldKernel<T>(gamma, beta, runningMean, runningVariance, scale, shift, channels, T.CreateTruncating(eps)));
    }

    /// <summary>Two numbers for each piece of each channel; within the caller's turn.</summary>
    internal static (ArrayView<T> First, ArrayView<T> Second) Scratch<T>(Device.DeviceCore device, ChannelPieces pieces)
        where T : unmanaged
    {
        var length = (long)pieces.Pieces * pieces.Channels;
        var scratch = device.Scratch<T>(2 * length);
        return (scratch.SubView(0, length), scratch.SubView(length, length));
    }
}
