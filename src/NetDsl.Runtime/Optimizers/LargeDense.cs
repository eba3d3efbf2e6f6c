using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NetDsl.Kernels;

namespace NetDsl;

/// <summary>The parameters' gradients of a dense layer whose weights leave the caches between the backward pass and the optimiser; for generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LargeDense
{
    /// <summary>dW = dzᵀ·x and db = Σₙ dz, or added to what is there; within <see cref="Optimizer{T}.BackwardStep"/>, the optimiser takes dW as it comes, and no memory does.</summary>
    /// <param name="gradients">What <paramref name="dWeight"/> and <paramref name="dBias"/> are parts of.</param>
    /// <param name="dz">rows×outputs.</param>
    /// <param name="x">rows×inputs.</param>
    /// <param name="dWeight">outputs×inputs.</param>
    /// <param name="dBias">outputs, or empty for a layer without bias.</param>
    /// <param name="rows">The batch.</param>
    /// <param name="accumulate">Whether to add.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says.</exception>
    public static void BackwardParameters<T, TShape>(
        GradientArena<T> gradients, ReadOnlySpan<T> dz, ReadOnlySpan<T> x, Span<T> dWeight, Span<T> dBias, int rows, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, IDenseShape
    {
        ArgumentNullException.ThrowIfNull(gradients);
        if (gradients.Stepping is not { } optimizer || !optimizer.TryStep(OffsetOf(dWeight, gradients), dz, x, rows))
            Dense.BackwardParameters<T, TShape>(dz, x, dWeight, dBias, rows, accumulate);
        else if (!dBias.IsEmpty)
            Dense.BackwardBias<T, TShape, Store<T>>(dz, dBias, rows, default);
    }

    private static int OffsetOf<T>(Span<T> part, GradientArena<T> gradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        (int)(Unsafe.ByteOffset(ref MemoryMarshal.GetReference(gradients.HostValues), ref MemoryMarshal.GetReference(part)) / Unsafe.SizeOf<T>());
}
