using System.Numerics;
using NetDsl.Kernels.Optimizers;

namespace NetDsl;

/// <summary>Gradient descent with momentum: v ← μ·v + (1 − d)·(g + λ·w), where v starts as the first gradient; w ← w − η·v.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>Polyak 1964, "Some methods of speeding up the convergence of iteration methods".</remarks>
public sealed class Momentum<T> : Optimizer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _momentum;
    private readonly double _dampening;
    private readonly bool _textbook;

    /// <summary>Sets the rule's numbers.</summary>
    /// <param name="learningRate">η, finite and not negative.</param>
    /// <param name="momentum">μ in [0, 1).</param>
    /// <param name="dampening">d in [0, 1); not at work in the first step.</param>
    /// <param name="weightDecay">λ, finite and not negative.</param>
    /// <param name="textbook">
    /// Whether the velocity sums up steps instead of gradients: v ← μ·v − η·g; w ← w + v. It makes a difference where the learning rate changes;
    /// knows neither dampening nor weight decay.
    /// </param>
    /// <exception cref="ArgumentException">An argument is out of range, or doesn't go with <paramref name="textbook"/>.</exception>
    public Momentum(double learningRate, double momentum = 0.9, double dampening = 0, double weightDecay = 0, bool textbook = false)
        : base(learningRate, weightDecay, textbook ? "textbook Momentum" : "Momentum", "velocity")
    {
        _momentum = Share(momentum, nameof(momentum));
        _dampening = Share(dampening, nameof(dampening));
        _textbook = textbook;
        if (textbook && (dampening != 0 || weightDecay != 0))
            throw new ArgumentException("The textbook form has neither dampening nor weight decay: leave them 0.", nameof(textbook));
    }

    private protected override void Apply(in UpdateRange<T> range, double learningRate, double weightDecay, long step)
    {
        if (_textbook)
            range.Run(new MomentumTextbookRule<T>(learningRate, _momentum, nesterov: false));
        else
            range.Run(new MomentumRule<T>(learningRate, _momentum, step == 1 ? 0 : _dampening, weightDecay, nesterov: false));
    }
}
