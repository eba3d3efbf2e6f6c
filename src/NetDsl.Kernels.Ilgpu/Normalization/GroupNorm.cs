using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Normalization;

/// <summary>
/// Group normalisation of a tensor [samples × channels × inner]: Y. Wu and K. He, "Group Normalization" (2018). With as many groups as channels it is
/// instance normalisation: D. Ulyanov, A. Vedaldi and V. Lempitsky, "Instance Normalization: The Missing Ingredient for Fast Stylization" (2016).
/// </summary>
/// <remarks>
/// Prologues and epilogues see a matrix [samples·channels × inner], for inner = 1 the matrix [samples × channels] that layers of plain features see.
/// </remarks>
public static class GroupNorm
{
    /// <summary>y = e(γ·(x − μ)/√(σ² + ε) + β) with mean μ and biased variance σ² of each sample's group of neighbouring channels; a group of one value gives β.</summary>
    /// <param name="x">Input [samples × channels × inner].</param>
    /// <param name="gamma">Scale γ [channels]; empty for 1.</param>
    /// <param name="beta">Shift β [channels]; empty for 0.</param>
    /// <param name="y">Output of the input's shape; may be <paramref name="x"/> where no backward pass follows.</param>
    /// <param name="mean">Receives μ [samples × groups], for the backward pass.</param>
    /// <param name="inverseDeviation">Receives 1/√(σ² + ε) [samples × groups], for the backward pass.</param>
    /// <param name="samples">Product of the axes before the channels.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Product of the axes behind the channels.</param>
    /// <param name="groups">Groups, which divide the channels.</param>
    /// <param name="eps">ε, added to the variance under the root.</param>
    /// <param name="e">Applied to each element of y exactly once, say an activation.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The groups do not divide the channels.</exception>
    public static void Forward<T, TEpilogue>(
        ArrayView<T> x,
        ArrayView<T> gamma,
        ArrayView<T> beta,
        ArrayView<T> y,
        ArrayView<T> mean,
        ArrayView<T> inverseDeviation,
        int samples,
        int channels,
        int inner,
        int groups,
        double eps,
        TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>
    {
        Require.Length(mean.Length, samples, groups, nameof(mean));
        GroupPasses.Forward(x, gamma, beta, y, mean, inverseDeviation, new GroupUnits(samples, channels, inner, groups), eps, e);
    }

    /// <summary>
    /// The gradients of <see cref="Forward"/>: with g = prologue(dy), r = 1/√(σ² + ε) and x̂ = (x − μ)·r, dγ = Σ g·x̂ and dβ = Σ g of each channel, and
    /// dx = e(r·(γ·g − mean(γ·g) − x̂·mean(γ·g·x̂))) with the means of each sample's group.
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
    /// <param name="groups">Groups, which divide the channels.</param>
    /// <param name="accumulate">Whether dγ and dβ are added to what is there.</param>
    /// <param name="prologue">Applied to each element of dy as it is read, say the derivative of the activation behind. It is called up to three times an element.</param>
    /// <param name="e">Applied to each element of dx exactly once, say the derivative of the activation before.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The groups do not divide the channels.</exception>
    public static void Backward<T, TPrologue, TEpilogue>(
        ArrayView<T> dy,
        ArrayView<T> x,
        ArrayView<T> gamma,
        ArrayView<T> mean,
        ArrayView<T> inverseDeviation,
        ArrayView<T> dx,
        ArrayView<T> dgamma,
        ArrayView<T> dbeta,
        int samples,
        int channels,
        int inner,
        int groups,
        bool accumulate,
        TPrologue prologue,
        TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPrologue : struct, IEpilogue<T>
        where TEpilogue : struct, IEpilogue<T>
    {
        Require.Length(mean.Length, samples, groups, nameof(mean));
        GroupPasses.Backward(dy, x, gamma, mean, inverseDeviation, dx, dgamma, dbeta, new GroupUnits(samples, channels, inner, groups), accumulate, prologue, e);
    }
}
