using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Optimizers;

/// <summary>Momentum (Polyak 1964) over a sum of gradients: g += weightDecay·w; v = μ·v + (1 − dampening)·g; w −= learningRate·v, or with Nesterov's look-ahead
/// w −= learningRate·(g + μ·v), after Sutskever, Martens, Dahl and Hinton, "On the Importance of Initialization and Momentum in Deep Learning" (2013).</summary>
/// <param name="learningRate">Step size.</param>
/// <param name="momentum">μ, the share of the velocity that is kept.</param>
/// <param name="dampening">What the gradient loses on its way into the velocity. Give 0 at the first step: from a velocity of 0 this makes v = g.</param>
/// <param name="weightDecay">L2 penalty, added to the gradient as weightDecay·w.</param>
/// <param name="nesterov">Whether the step looks ahead.</param>
public readonly struct MomentumRule<T>(double learningRate, double momentum, double dampening, double weightDecay, bool nesterov) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _decay = T.CreateTruncating(weightDecay);
    private readonly T _momentum = T.CreateTruncating(momentum);
    private readonly T _share = T.CreateTruncating(1 - dampening);
    private readonly T _gradientStep = T.CreateTruncating(nesterov ? -learningRate : 0);
    private readonly T _velocityStep = T.CreateTruncating(nesterov ? -learningRate * momentum : -learningRate);

    /// <inheritdoc/>
    public static int StateCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V w, V g, ref V s1, ref V s2)
        where V : struct, ISimd<V, T>
    {
        g = V.FusedMultiplyAdd(V.Create(_decay), w, g);
        s1 = V.FusedMultiplyAdd(V.Create(_momentum), s1, V.Create(_share) * g);
        w = V.FusedMultiplyAdd(V.Create(_velocityStep), s1, V.FusedMultiplyAdd(V.Create(_gradientStep), g, w));
    }
}
