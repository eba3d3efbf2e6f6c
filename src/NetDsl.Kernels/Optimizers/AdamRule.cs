using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Optimizers;

/// <summary>Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2014): g += weightDecay·w; m = β₁·m + (1 − β₁)·g; v = β₂·v + (1 − β₂)·g²;
/// w −= learningRate·(m/c₁)/(√(v/c₂) + ε).</summary>
/// <param name="learningRate">Step size.</param>
/// <param name="beta1">β₁.</param>
/// <param name="beta2">β₂.</param>
/// <param name="epsilon">ε, added after the bias correction.</param>
/// <param name="weightDecay">L2 penalty, added to the gradient; with decoupledDecay the weight shrinks by learningRate·weightDecay instead.</param>
/// <param name="biasCorrection1">c₁ = 1 − β₁ᵗ, t counting from 1.</param>
/// <param name="biasCorrection2">c₂ = 1 − β₂ᵗ.</param>
/// <param name="epsilonHat">Whether ε is added before the bias correction: w −= learningRate·√c₂/c₁·m/(√v + ε), the paper's reordered form.</param>
/// <param name="decoupledDecay">Decay after Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2017): w ·= 1 − learningRate·weightDecay.</param>
public readonly struct AdamRule<T>(double learningRate, double beta1, double beta2, double epsilon, double weightDecay, double biasCorrection1, double biasCorrection2, bool epsilonHat = false, bool decoupledDecay = false) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _decay = T.CreateTruncating(decoupledDecay ? 0 : weightDecay);
    private readonly T _shrink = T.CreateTruncating(decoupledDecay ? 1 - learningRate * weightDecay : 1);
    private readonly T _beta1 = T.CreateTruncating(beta1);
    private readonly T _share1 = T.CreateTruncating(1 - beta1);
    private readonly T _beta2 = T.CreateTruncating(beta2);
    private readonly T _share2 = T.CreateTruncating(1 - beta2);
    private readonly T _step = T.CreateTruncating(-learningRate / biasCorrection1);
    private readonly T _rootScale = T.CreateTruncating(1 / Math.Sqrt(biasCorrection2));
    private readonly T _epsilon = T.CreateTruncating(epsilonHat ? epsilon / Math.Sqrt(biasCorrection2) : epsilon);

    /// <inheritdoc/>
    public static int StateCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V w, V g, ref V s1, ref V s2)
        where V : struct, ISimd<V, T>
    {
        g = V.FusedMultiplyAdd(V.Create(_decay), w, g);
        s1 = V.FusedMultiplyAdd(V.Create(_beta1), s1, V.Create(_share1) * g);
        s2 = V.FusedMultiplyAdd(V.Create(_beta2), s2, V.Create(_share2) * g * g);
        var denominator = V.FusedMultiplyAdd(V.Sqrt(s2), V.Create(_rootScale), V.Create(_epsilon));
        w = V.FusedMultiplyAdd(V.Create(_shrink), w, V.Create(_step) * s1 / denominator);
    }
}
