using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Normalization;

/// <summary>Layer normalisation of the rows of a matrix: J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer Normalization" (2016).</summary>
public static class LayerNorm
{
    /// <summary>y = e(γ·(x − μ)/√(σ² + ε) + β) with mean μ and biased variance σ² of each row; a row of one value gives β.</summary>
    /// <param name="x">Input [rows × columns].</param>
    /// <param name="gamma">Scale γ [columns]; empty for 1.</param>
    /// <param name="beta">Shift β [columns]; empty for 0.</param>
    /// <param name="y">Output of the input's shape; may be <paramref name="x"/> where no backward pass follows.</param>
    /// <param name="mean">Receives μ [rows], for the backward pass.</param>
    /// <param name="inverseDeviation">Receives 1/√(σ² + ε) [rows], for the backward pass.</param>
    /// <param name="rows">Product of the axes before the normalised ones.</param>
    /// <param name="columns">Product of the normalised axes.</param>
    /// <param name="eps">ε, added to the variance under the root.</param>
    /// <param name="e">Applied to each element of y exactly once, say an activation.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Forward<T, TEpilogue>(
        ArrayView<T> x, ArrayView<T> gamma, ArrayView<T> beta, ArrayView<T> y, ArrayView<T> mean, ArrayView<T> inverseDeviation, int rows, int columns, double eps, TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>
    {
        Require.Length(mean.Length, rows, 1, nameof(mean));
        GroupPasses.Forward(x, gamma, beta, y, mean, inverseDeviation, new GroupUnits(rows, columns, 1, 1), eps, e);
    }

    /// <summary>
    /// The gradients of <see cref="Forward"/>: with g = prologue(dy), r = 1/√(σ² + ε) and x̂ = (x − μ)·r, dγ = Σ g·x̂ and dβ = Σ g down the rows, and
    /// dx = e(r·(γ·g − mean(γ·g) − x̂·mean(γ·g·x̂))) with the means of each row.
    /// </summary>
    /// <param name="dy">Gradient of the output [rows × columns].</param>
    /// <param name="x">Input of the forward pass.</param>
    /// <param name="gamma">Scale γ [columns]; empty for 1.</param>
    /// <param name="mean">What the forward pass wrote.</param>
    /// <param name="inverseDeviation">What the forward pass wrote.</param>
    /// <param name="dx">Receives the gradient of the input; may be <paramref name="dy"/>, <paramref name="x"/> or what the prologue reads; empty if not wanted.</param>
    /// <param name="dgamma">Receives dγ [columns]; empty if not wanted.</param>
    /// <param name="dbeta">Receives dβ [columns]; empty if not wanted.</param>
    /// <param name="rows">Product of the axes before the normalised ones.</param>
    /// <param name="columns">Product of the normalised axes.</param>
    /// <param name="accumulate">Whether dγ and dβ are added to what is there.</param>
    /// <param name="prologue">Applied to each element of dy as it is read, say the derivative of the activation behind. It is called up to three times an element.</param>
    /// <param name="e">Applied to each element of dx exactly once, say the derivative of the activation before.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Backward<T, TPrologue, TEpilogue>(
        ArrayView<T> dy,
        ArrayView<T> x,
        ArrayView<T> gamma,
        ArrayView<T> mean,
        ArrayView<T> inverseDeviation,
        ArrayView<T> dx,
        ArrayView<T> dgamma,
        ArrayView<T> dbeta,
        int rows,
        int columns,
        bool accumulate,
        TPrologue prologue,
        TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPrologue : struct, IEpilogue<T>
        where TEpilogue : struct, IEpilogue<T>
    {
        Require.Length(mean.Length, rows, 1, nameof(mean));
        GroupPasses.Backward(dy, x, gamma, mean, inverseDeviation, dx, dgamma, dbeta, new GroupUnits(rows, columns, 1, 1), accumulate, prologue, e);
    }
}
