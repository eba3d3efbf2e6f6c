using NetDsl.Tests.Networks;

namespace NetDsl.Tests.Core;

/// <summary>Tensors that are learnt, and behind them those that aren't.</summary>
public sealed class ParameterArenaTests
{
    private static readonly TensorInfo[] Layout =
    [
        new("norm.gamma", [3], 0, Initializer.Constant(1), 0, 0),
        new("norm.runningMean", [3], 16, Initializer.Zeros, 0, 0, IsLearnable: false),
        new("norm.runningVariance", [3], 32, Initializer.Constant(1), 0, 0, IsLearnable: false),
    ];

    [Fact]
    public void Gradients_cover_the_learnable_part_alone()
    {
        var parameters = Create();
        var gradients = new Gradients<float>(Layout, 16);
        parameters.Count.ShouldBe(3);
        parameters.Learnable.Length.ShouldBe(16);
        parameters.State.Length.ShouldBe(32);
        gradients.Values.Length.ShouldBe(parameters.Learnable.Length);
        gradients.Tensors.Select(tensor => tensor.Name).ShouldBe(["norm.gamma"]);
    }

    [Fact]
    public void State_starts_by_its_initialisers_and_is_copied()
    {
        var parameters = Create();
        parameters["norm.runningMean"].ToArray().ShouldBe([0, 0, 0]);
        parameters["norm.runningVariance"].ToArray().ShouldBe([1, 1, 1]);
        parameters["norm.runningMean"].Fill(7);
        var copy = Create();
        copy.CopyFrom(parameters);
        copy["norm.runningMean"].ToArray().ShouldBe([7, 7, 7]);
    }

    [Fact]
    public void Optimisers_leave_state_as_it_is()
    {
        var parameters = Create();
        var gradients = new Gradients<float>(Layout, 16);
        gradients["norm.gamma"].Fill(1);
        foreach (var optimizer in new Optimizer<float>[] { new Sgd<float>(0.5, weightDecay: 0.1), new Momentum<float>(0.5, weightDecay: 0.1), new Adam<float>(0.5, weightDecay: 0.1, decoupledDecay: true) })
        {
            parameters.Initialize(0);
            optimizer.Step(parameters, gradients);
            parameters["norm.gamma"].ToArray().ShouldAllBe(value => value < 0.6f);
            parameters["norm.runningMean"].ToArray().ShouldBe([0, 0, 0]);
            parameters["norm.runningVariance"].ToArray().ShouldBe([1, 1, 1]);
        }
    }

    [Fact]
    public void Learnable_tensors_behind_state_are_refused() =>
        Should.Throw<ArgumentException>(() => new Parameters<float>([.. Layout.Reverse()], 48)).Message.ShouldStartWith("The learnable tensor 'norm.gamma' stands behind 'norm.runningVariance', which isn't learnt: state comes last.");

    private static Parameters<float> Create()
    {
        var parameters = new Parameters<float>(Layout, 48);
        parameters.Initialize(seed: 1);
        return parameters;
    }
}
