using System.ComponentModel;
using System.Numerics;
using NetDsl.Kernels;

namespace NetDsl;

/// <summary>The parameters' gradients of a dense layer whose weights leave the caches between the backward pass and the optimiser; for generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LargeDense
{
    /// <summary>dW = dzᵀ·x and db = Σₙ dz, or added to what is there; within <see cref="Optimizer{T}.BackwardStep"/> of a small batch, the optimiser changes the weights by each tile of dW, which isn't stored.</summary>
    /// <param name="gradients">What <paramref name="dWeight"/> and <paramref name="dBias"/> are parts of; knows whether an optimiser is at its step.</param>
    /// <param name="dz">rows×outputs.</param>
    /// <param name="x">rows×inputs.</param>
    /// <param name="dWeight">outputs×inputs.</param>
    /// <param name="dBias">outputs, or empty for a layer without bias.</param>
    /// <param name="rows">The batch.</param>
    /// <param name="accumulate">Whether to add.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says.</exception>
    /// <exception cref="InvalidOperationException">The layer has taken its step in this pass, or is to add to gradients that are used up.</exception>
    public static void BackwardParameters<T, TShape>(
        GradientArena<T> gradients, ReadOnlySpan<T> dz, ReadOnlySpan<T> x, Span<T> dWeight, Span<T> dBias, int rows, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, IDenseShape
    {
        ArgumentNullException.ThrowIfNull(gradients);
        if (accumulate || gradients.Stepping is not { } optimizer || !optimizer.CanStep(rows)
            || dWeight.Length != TShape.Outputs * TShape.Inputs || !gradients.HostValues.Overlaps(dWeight, out var start))
        {
            gradients.Store(accumulate);
            Dense.BackwardParameters<T, TShape>(dz, x, dWeight, dBias, rows, accumulate);
            return;
        }

        if (!dBias.IsEmpty)
            Dense.BackwardBias<T, TShape, Store<T>>(dz, dBias, rows, default);
        optimizer.Step(start, new DenseGradient<T>(dz, x, rows, TShape.Outputs, TShape.Inputs));
    }
}
