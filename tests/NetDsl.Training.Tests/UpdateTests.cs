namespace NetDsl.Training.Tests;

/// <summary>The fused backward pass and step, against the two one after the other: not a bit may differ.</summary>
public class UpdateTests
{
    public static TheoryData<string> Rules => ["sgd", "momentum", "momentum, textbook", "nesterov", "adam"];

    [Theory]
    [MemberData(nameof(Rules))]
    public void FusedStepGivesTheBitsOfBackwardAndStep(string rule)
    {
        var network = new Wide();
        var (fused, separate) = (new Wide.Parameters(seed: 1), new Wide.Parameters(seed: 1));
        var (fusedRule, separateRule) = (Create(rule), Create(rule));
        var workspace = new Wide.Workspace(capacity: 24);
        var gradients = new Wide.Gradients();
        var (x, t) = Batch();
        for (ulong step = 0; step < 3; step++)
        {
            workspace.Step = step;
            network.Forward(separate, x, workspace);
            var loss = network.Loss(workspace, t);
            network.Backward(separate, x, workspace, gradients);
            separateRule.Step(separate, gradients);
            gradients.Clear();

            workspace.Step = step;
            network.Forward(fused, x, workspace);
            network.Loss(workspace, t).ShouldBe(loss);
            fusedRule.Step(network, fused, x, workspace, gradients);
        }

        gradients.Values.ToArray().ShouldAllBe(gradient => gradient == 0, "the fused step stores no gradient");
        fused.Values.ToArray().ShouldBe(separate.Values.ToArray());
    }

    [Fact]
    public void ABatchTooLargeToFuseTakesTheLongWay()
    {
        const int Count = 1500;
        var network = new Wide();
        var parameters = new Wide.Parameters();
        var workspace = new Wide.Workspace(Count);
        var gradients = new Wide.Gradients();
        var x = new float[Count * 301];
        Array.Fill(x, 0.01f);
        network.Forward(parameters, x, workspace);
        network.Loss(workspace, new float[Count * 5]);
        new Sgd<float>(0.1).Step(network, parameters, x, workspace, gradients);
        gradients.Values.ToArray().ShouldContain(gradient => gradient != 0);
    }

    private static Optimizer<float> Create(string rule) => rule switch
    {
        "sgd" => new Sgd<float>(0.05, weightDecay: 0.01),
        "momentum" => new Momentum<float>(0.05, dampening: 0.1),
        "momentum, textbook" => new Momentum<float>(0.05, textbook: true),
        "nesterov" => new Nesterov<float>(0.05),
        _ => new Adam<float>(0.01),
    };

    private static (float[] X, float[] T) Batch()
    {
        var random = new Random(7);
        return ([.. Enumerable.Range(0, 24 * 301).Select(_ => random.NextSingle() - 0.5f)], [.. Enumerable.Range(0, 24 * 5).Select(_ => random.NextSingle())]);
    }
}
