using System.Numerics;
using NetDsl.Kernels.Optimizers;

namespace NetDsl;

/// <summary>Adam: m ← β₁·m + (1 − β₁)·g; v ← β₂·v + (1 − β₂)·g²; w ← w − η·(m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε), g with λ·w added.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>Kingma and Ba 2014, "Adam: a method for stochastic optimization", algorithm 1.</remarks>
public sealed class Adam<T> : Optimizer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;
    private readonly bool _epsilonHat;
    private readonly bool _decoupledDecay;

    /// <summary>Sets the rule's numbers.</summary>
    /// <param name="learningRate">η, finite and not negative.</param>
    /// <param name="beta1">β₁ in [0, 1).</param>
    /// <param name="beta2">β₂ in [0, 1).</param>
    /// <param name="epsilon">ε, finite and above 0.</param>
    /// <param name="weightDecay">λ, finite and not negative.</param>
    /// <param name="epsilonHat">Whether ε is added before the bias correction: w ← w − η·√(1 − β₂ᵗ) / (1 − β₁ᵗ)·m / (√v + ε), the paper's reordered form.</param>
    /// <param name="decoupledDecay">Whether w shrinks by η·λ·w itself instead of λ·w joining the gradient: AdamW, Loshchilov and Hutter 2017.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public Adam(double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0, bool epsilonHat = false, bool decoupledDecay = false)
        : base(learningRate, weightDecay, "Adam", "firstMoment", "secondMoment")
    {
        _beta1 = Share(beta1, nameof(beta1));
        _beta2 = Share(beta2, nameof(beta2));
        _epsilon = Positive(epsilon, nameof(epsilon));
        (_epsilonHat, _decoupledDecay) = (epsilonHat, decoupledDecay);
    }

    private protected override void Apply(in UpdateRange<T> range, double learningRate, double weightDecay, long step) =>
        range.Run(new AdamRule<T>(
            learningRate, _beta1, _beta2, _epsilon, weightDecay, 1 - Math.Pow(_beta1, step), 1 - Math.Pow(_beta2, step), _epsilonHat, _decoupledDecay));
}
