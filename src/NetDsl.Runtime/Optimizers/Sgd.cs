using System.Numerics;
using NetDsl.Kernels.Optimizers;

namespace NetDsl;

/// <summary>Stochastic gradient descent: w ← w − η·(g + λ·w).</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="learningRate">η, finite and not negative.</param>
/// <param name="weightDecay">λ, finite and not negative.</param>
/// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
public sealed class Sgd<T>(double learningRate, double weightDecay = 0) : Optimizer<T>(learningRate, weightDecay, "Sgd")
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private protected override void Apply(in UpdateRange<T> range, double learningRate, double weightDecay, long step) =>
        range.Run(new SgdRule<T>(learningRate, weightDecay));
}
