using NetDsl.Kernels.Optimizers;

namespace NetDsl.Kernels;

/// <content>Gradients that go into an optimiser's rule while they are in registers.</content>
public static partial class Dense
{
    /// <summary>Whether <see cref="UpdateParameters"/> can take a batch: the product's sum over it must be finished when its tile is.</summary>
    /// <param name="rows">The batch.</param>
    public static bool CanUpdate<T>(int rows)
        where T : unmanaged => rows <= Blocking.Depth<T>(rows);

    /// <summary>w ← rule(w, dzᵀ·x) and b ← rule(b, Σₙ dz), without a gradient in memory: one read and one write of each parameter and state.</summary>
    /// <param name="dz">rows×outputs.</param>
    /// <param name="x">rows×inputs.</param>
    /// <param name="parameters">The arena that holds w [outputs×inputs] and b [outputs].</param>
    /// <param name="first">First state of all parameters, in the arena's layout; empty if the rule has none.</param>
    /// <param name="second">Second state, likewise.</param>
    /// <param name="weight">Offset of w in the arena.</param>
    /// <param name="bias">Offset of b, or −1 for a layer without bias.</param>
    /// <param name="rows">The batch; see <see cref="CanUpdate{T}"/>.</param>
    /// <param name="rule">The rule.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says.</exception>
    public static void UpdateParameters<T, TShape, TRule>(
        ReadOnlySpan<T> dz, ReadOnlySpan<T> x, Span<T> parameters, Span<T> first, Span<T> second, int weight, int bias, int rows, TRule rule)
        where T : unmanaged
        where TShape : struct, IDenseShape
        where TRule : struct, IUpdateRule<T>
    {
        if (!CanUpdate<T>(rows))
            throw new ArgumentOutOfRangeException(nameof(rows), rows, "The batch is too large for gradients that are never stored: compute them and run the optimiser's own pass.");
        var size = TShape.Outputs * TShape.Inputs;
        var w = parameters.Slice(weight, size);
        BackwardWeight<T, TShape, UpdateEpilogue<T, TRule>>(dz, x, w, rows, new(w, State<T, TRule>(first, 1, weight, size), State<T, TRule>(second, 2, weight, size), TShape.Inputs, rule));
        if (bias < 0)
            return;
        var b = parameters.Slice(bias, TShape.Outputs);
        BackwardBias<T, TShape, UpdateEpilogue<T, TRule>>(dz, b, rows, new(b, State<T, TRule>(first, 1, bias, TShape.Outputs), State<T, TRule>(second, 2, bias, TShape.Outputs), TShape.Outputs, rule));
    }

    private static Span<T> State<T, TRule>(Span<T> states, int number, int offset, int length)
        where T : unmanaged
        where TRule : struct, IUpdateRule<T> =>
        TRule.StateCount >= number ? states.Slice(offset, length) : default;
}
