using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Normalization;

/// <summary>
/// Batch normalisation of a tensor [samples × channels × inner], inner being the product of the axes behind the channels (1 for plain features):
/// S. Ioffe and C. Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift" (2015).
/// </summary>
/// <remarks>
/// Prologues and epilogues see a matrix [samples·channels × inner], for inner = 1 the matrix [samples × channels] that layers of plain features see.
/// A channel is worked on from its statistics to its result while it is in the cache; its sums run in an order that the shape fixes.
/// </remarks>
public static partial class BatchNorm
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
    /// <exception cref="ArgumentException">A span's length does not fit, or a channel has fewer than 2 values in training.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="eps"/> is negative or <paramref name="momentum"/> outside [0, 1].</exception>
    public static void Forward<T, TEpilogue>(
        ReadOnlySpan<T> x,
        ReadOnlySpan<T> gamma,
        ReadOnlySpan<T> beta,
        Span<T> y,
        Span<T> mean,
        Span<T> inverseDeviation,
        Span<T> runningMean,
        Span<T> runningVariance,
        int samples,
        int channels,
        int inner,
        double eps,
        double momentum,
        bool training,
        TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        Require.Shape(samples, channels, inner);
        Require.Length(x.Length, samples, channels, inner, nameof(x));
        Require.Length(y.Length, samples, channels, inner, nameof(y));
        Require.LengthOrEmpty(gamma.Length, 1, channels, nameof(gamma));
        Require.LengthOrEmpty(beta.Length, 1, channels, nameof(beta));
        Require.Length(mean.Length, 1, channels, nameof(mean));
        Require.Length(inverseDeviation.Length, 1, channels, nameof(inverseDeviation));
        Require.Epsilon(eps);
        if (!(momentum is >= 0 and <= 1))
            ThrowMomentum(momentum);
        var statistics = new BatchStatistics<T>(mean, inverseDeviation, runningMean, runningVariance, eps, momentum);
        if (!training)
        {
            Require.Length(runningMean.Length, 1, channels, nameof(runningMean));
            Require.Length(runningVariance.Length, 1, channels, nameof(runningVariance));
            statistics.KeepRunning();
            Normalise(x, gamma, beta, y, statistics.Read, samples, channels, inner, e);
            return;
        }
        Require.LengthOrEmpty(runningMean.Length, 1, channels, nameof(runningMean));
        Require.LengthOrEmpty(runningVariance.Length, 1, channels, nameof(runningVariance));
        if ((long)samples * inner < 2)
            ThrowCount(samples, inner);
        if (inner == 1)
        {
            FeatureLoop.Run(samples, channels, new FeatureForwardBody<T, TEpilogue>(x, gamma, beta, y, statistics, samples, channels, e));
            return;
        }
        var tasks = Chunks.Count(x.Length, channels);
        WorkerPool.Run(tasks, new ForwardBody<T, TEpilogue>(tasks, x, gamma, beta, y, statistics, samples, channels, inner, e));
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
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void Backward<T, TPrologue, TEpilogue>(
        ReadOnlySpan<T> dy,
        ReadOnlySpan<T> x,
        ReadOnlySpan<T> gamma,
        ReadOnlySpan<T> mean,
        ReadOnlySpan<T> inverseDeviation,
        Span<T> dx,
        Span<T> dgamma,
        Span<T> dbeta,
        int samples,
        int channels,
        int inner,
        bool training,
        bool accumulate,
        TPrologue prologue,
        TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPrologue : struct, IEpilogue<T>, allows ref struct
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        Require.Shape(samples, channels, inner);
        Require.Length(dy.Length, samples, channels, inner, nameof(dy));
        Require.Length(x.Length, samples, channels, inner, nameof(x));
        Require.Length(mean.Length, 1, channels, nameof(mean));
        Require.Length(inverseDeviation.Length, 1, channels, nameof(inverseDeviation));
        if (!dx.IsEmpty)
            Require.Length(dx.Length, samples, channels, inner, nameof(dx));
        Require.LengthOrEmpty(gamma.Length, 1, channels, nameof(gamma));
        Require.LengthOrEmpty(dgamma.Length, 1, channels, nameof(dgamma));
        Require.LengthOrEmpty(dbeta.Length, 1, channels, nameof(dbeta));
        var statistics = new ReadStatistics<T>(mean, inverseDeviation, areConstant: !training);
        if (inner == 1)
        {
            FeatureLoop.Run(samples, channels, new FeatureBackwardBody<T, TPrologue, TEpilogue>(dy, x, gamma, statistics, dx, dgamma, dbeta, samples, channels, accumulate, prologue, e));
            return;
        }
        var tasks = Chunks.Count(x.Length, channels);
        WorkerPool.Run(tasks, new BackwardBody<T, TPrologue, TEpilogue>(
            tasks, dy, x, gamma, statistics, dx, dgamma, dbeta, samples, channels, inner, accumulate, prologue, e));
    }

    private static void Normalise<T, TEpilogue>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, Span<T> y, ReadStatistics<T> statistics, int samples, int channels, int inner, TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        if (inner == 1)
        {
            FeatureLoop.Run(samples, channels, new FeatureScaleShiftBody<T, TEpilogue>(x, gamma, beta, y, statistics, samples, channels, e));
            return;
        }
        var tasks = Chunks.Count(x.Length, channels);
        WorkerPool.Run(tasks, new ScaleShiftBody<T, TEpilogue>(tasks, x, gamma, beta, y, statistics, samples, channels, inner, e));
    }

    [DoesNotReturn]
    private static void ThrowMomentum(double momentum) =>
        throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "The momentum is the batch's weight in the running statistics; give a number in [0, 1].");

    [DoesNotReturn]
    private static void ThrowCount(int samples, int inner) =>
        throw new ArgumentException(
            $"Batch normalisation has {(long)samples * inner} value(s) a channel ({samples} sample(s) of {inner} position(s)) and needs 2 for a variance; "
            + "train with larger batches (leave out a last, smaller one), or normalise with the running statistics.",
            nameof(samples));
}
