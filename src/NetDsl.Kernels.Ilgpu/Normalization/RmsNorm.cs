using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Normalization;

/// <summary>Root mean square normalisation of the rows of a matrix: B. Zhang and R. Sennrich, "Root Mean Square Layer Normalization" (2019).</summary>
public static class RmsNorm
{
    /// <summary>y = e(γ·x/√(mean(x²) + ε)) with the mean of each row.</summary>
    /// <param name="x">Input [rows × columns].</param>
    /// <param name="gamma">Scale γ [columns]; empty for 1.</param>
    /// <param name="y">Output of the input's shape; may be <paramref name="x"/> where no backward pass follows.</param>
    /// <param name="inverseRms">Receives 1/√(mean(x²) + ε) [rows], for the backward pass.</param>
    /// <param name="rows">Product of the axes before the normalised ones.</param>
    /// <param name="columns">Product of the normalised axes.</param>
    /// <param name="eps">ε, added to the mean square under the root.</param>
    /// <param name="e">Applied to each element of y exactly once, say an activation.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Forward<T, TEpilogue>(ArrayView<T> x, ArrayView<T> gamma, ArrayView<T> y, ArrayView<T> inverseRms, int rows, int columns, double eps, TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>
        => GroupPasses.Forward(x, gamma, default, y, default, inverseRms, new GroupUnits(rows, columns, 1, 1), eps, e);

    /// <summary>
    /// The gradients of <see cref="Forward"/>: with g = prologue(dy), r = 1/√(mean(x²) + ε) and x̂ = x·r, dγ = Σ g·x̂ down the rows and
    /// dx = e(r·(γ·g − x̂·mean(γ·g·x̂))) with the mean of each row.
    /// </summary>
    /// <param name="dy">Gradient of the output [rows × columns].</param>
    /// <param name="x">Input of the forward pass.</param>
    /// <param name="gamma">Scale γ [columns]; empty for 1.</param>
    /// <param name="inverseRms">What the forward pass wrote.</param>
    /// <param name="dx">Receives the gradient of the input; may be <paramref name="dy"/>, <paramref name="x"/> or what the prologue reads; empty if not wanted.</param>
    /// <param name="dgamma">Receives dγ [columns]; empty if not wanted.</param>
    /// <param name="rows">Product of the axes before the normalised ones.</param>
    /// <param name="columns">Product of the normalised axes.</param>
    /// <param name="accumulate">Whether dγ is added to what is there.</param>
    /// <param name="prologue">Applied to each element of dy as it is read, say the derivative of the activation behind. It is called up to three times an element.</param>
    /// <param name="e">Applied to each element of dx exactly once, say the derivative of the activation before.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Backward<T, TPrologue, TEpilogue>(
        ArrayView<T> dy,
        ArrayView<T> x,
        ArrayView<T> gamma,
        ArrayView<T> inverseRms,
        ArrayView<T> dx,
        ArrayView<T> dgamma,
        int rows,
        int columns,
        bool accumulate,
        TPrologue prologue,
        TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPrologue : struct, IEpilogue<T>
        where TEpilogue : struct, IEpilogue<T>
        => GroupPasses.Backward(dy, x, gamma, default, inverseRms, dx, dgamma, default, new GroupUnits(rows, columns, 1, 1), accumulate, prologue, e);
}
