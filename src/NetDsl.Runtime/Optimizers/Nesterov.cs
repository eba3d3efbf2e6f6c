using System.Numerics;
using NetDsl.Kernels.Optimizers;

namespace NetDsl;

/// <summary>Momentum that looks ahead: v ← μ·v + g, g with λ·w added; w ← w − η·(g + μ·v).</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>
/// Nesterov 1983, in the form of Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning", with the
/// parameters kept at the point that looks ahead, so that the gradient is that of the current parameters.
/// </remarks>
public sealed class Nesterov<T> : Optimizer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _momentum;
    private readonly bool _textbook;

    /// <summary>Sets the rule's numbers.</summary>
    /// <param name="learningRate">η, finite and not negative.</param>
    /// <param name="momentum">μ in [0, 1).</param>
    /// <param name="weightDecay">λ, finite and not negative.</param>
    /// <param name="textbook">
    /// Whether the velocity sums up steps instead of gradients: u ← v; v ← μ·v − η·g; w ← w − μ·u + (1 + μ)·v. It makes a difference where the
    /// learning rate changes; knows no weight decay.
    /// </param>
    /// <exception cref="ArgumentException">An argument is out of range, or doesn't go with <paramref name="textbook"/>.</exception>
    public Nesterov(double learningRate, double momentum = 0.9, double weightDecay = 0, bool textbook = false)
        : base(learningRate, weightDecay, textbook ? "textbook Nesterov" : "Nesterov", "velocity")
    {
        _momentum = Share(momentum, nameof(momentum));
        _textbook = textbook;
        if (textbook && weightDecay != 0)
            throw new ArgumentException("The textbook form has no weight decay: leave it 0.", nameof(textbook));
    }

    private protected override void Apply(in UpdateRange<T> range, double learningRate, double weightDecay, long step)
    {
        if (_textbook)
            range.Run(new MomentumTextbookRule<T>(learningRate, _momentum, nesterov: true));
        else
            range.Run(new MomentumRule<T>(learningRate, _momentum, 0, weightDecay, nesterov: true));
    }
}
