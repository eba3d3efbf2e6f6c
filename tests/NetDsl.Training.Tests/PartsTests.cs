using NetDsl.Kernels.Losses;

namespace NetDsl.Training.Tests;

/// <summary>Parts of networks put together by hand: kept, cut, frozen, shared, and trained against each other.</summary>
public class PartsTests
{
    [Fact]
    public void AFrozenLayerStaysWhatWasCopiedIntoIt()
    {
        var source = new Body.Parameters(seed: 1);
        var parameters = new FrozenBody.Parameters(seed: 2);
        parameters.CopyMatching(source).Kept.Select(copy => copy.Tensor.Name).ShouldBe(["head.weight", "head.bias"]);
        parameters.Count.ShouldBe(3 * 12 + 3);
        parameters.Learnable.Length.ShouldBe(48 + 16);
        new FrozenBody.Gradients().Tensors.Select(tensor => tensor.Name).ShouldBe(["head.weight", "head.bias"]);

        var random = new Random(3);
        var x = Enumerable.Range(0, 40 * 6).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var labels = x.Chunk(6).Select(row => row[0] > 0.1f ? 2 : row[1] > 0 ? 1 : 0).ToArray();
        var start = parameters.Learnable.ToArray();
        new Trainer<float, int>(new FrozenBody(), parameters, new Adam<float>(0.01, weightDecay: 0.1)).Fit(new(x, labels, inputSize: 6), new() { Epochs = 2, BatchSize = 8 });
        parameters.Learnable.ToArray().ShouldNotBe(start);
        foreach (var name in new[] { "body.weight", "body.bias" })
            parameters[name].ToArray().ShouldBe(source[name].ToArray());
        new FrozenBody().CheckGradients(parameters, x.AsSpan(0, 48), labels.AsSpan(0, 8)).ToString().ShouldContain("passed");

        // And back into a network that learns it.
        var learnt = new Body.Parameters(seed: 4);
        learnt.CopyMatching(parameters).Copied.Count.ShouldBe(2);
        learnt["body.weight"].ToArray().ShouldBe(source["body.weight"].ToArray());
        FrozenBody.Description.ToString().ShouldContain("dense 12, frozen");
    }

    [Fact]
    public void PartsOfAnotherNetworkAreTold()
    {
        INetwork<float> network = new Body();
        var (parameters, workspace) = (network.CreateParameters(seed: 1), network.CreateWorkspace(1));
        Should.Throw<ArgumentException>(() => network.Forward(new FrozenBody.Parameters(seed: 1), new float[6], workspace, training: true)).Message
            .ShouldStartWith("This is a NetDsl.Training.Tests.FrozenBody+Parameters; expected a NetDsl.Training.Tests.Body+Parameters: each network has parameters, gradients and workspaces of its own.");
        Should.Throw<ArgumentException>(() => network.Forward(parameters, new float[6], new FrozenBody.Workspace(1), training: true)).ParamName.ShouldBe("workspace");
        Should.Throw<ArgumentNullException>(() => network.Forward(null!, new float[6], workspace, training: true)).ParamName.ShouldBe("parameters");
    }

    [Fact]
    public void ANetworkWithoutALossIsNoneForTheTrainer()
    {
        typeof(Body).GetInterfaces().ShouldBe([typeof(INetwork<float>)]);
        Body.Description.Loss.ShouldBe("outside the network");
    }

    [Fact]
    public void TwoPassesThroughOneSetOfParametersAddUp()
    {
        var network = new Body();
        var parameters = new Body.Parameters(seed: 1);
        var gradients = new Body.Gradients();
        var random = new Random(3);
        var (a, b) = (Numbers(random, 5 * 6), Numbers(random, 5 * 6));
        float[] same = [1, 0, 1, 0, 0];
        var (left, right) = (new Body.Workspace(5), new Body.Workspace(5));
        var (da, db) = (new float[5 * 12], new float[5 * 12]);
        Loss();
        network.OutputGradient(left, da);
        network.Backward(parameters, a, left, gradients);
        network.OutputGradient(right, db);
        network.Backward(parameters, b, right, gradients, accumulate: true);

        foreach (var element in new[] { 0, 17, 40, 71 })
        {
            var weight = parameters.Body.Weight[element];
            double At(float value)
            {
                parameters.Body.Weight[element] = value;
                return Loss();
            }

            var difference = (At(weight + 0.01f) - At(weight - 0.01f)) / 0.02;
            parameters.Body.Weight[element] = weight;
            ((double)gradients.Body.Weight[element]).ShouldBe(difference, 1e-3 + 0.01 * Math.Abs(difference));
        }

        double Loss()
        {
            network.Forward(parameters, a, left);
            network.Forward(parameters, b, right);
            return Contrastive.Evaluate<float>(left.LossInput, right.LossInput, same, da, db, [], 5, 12, LossReduction.Mean, margin: 3, oneMeansSimilar: true);
        }
    }

    [Fact]
    public void TheInputsGradientNeedsNoneOfParameters()
    {
        var network = new SmallDigits();
        var parameters = new SmallDigits.Parameters(seed: 1);
        var workspace = new SmallDigits.Workspace(4);
        var x = Numbers(new Random(1), 4 * 64);
        var (expected, dx) = (new float[x.Length], new float[x.Length]);
        network.Forward(parameters, x, workspace, training: false);
        Should.Throw<InvalidOperationException>(() => network.BackwardInput(parameters, workspace, dx));
        network.Loss(workspace, [1, 2, 3, 4]);
        network.Backward(parameters, x, workspace, new SmallDigits.Gradients());
        network.BackwardInput(parameters, workspace, expected);

        network.Forward(parameters, x, workspace, training: false);
        network.Loss(workspace, [1, 2, 3, 4]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        network.BackwardInput(parameters, workspace, dx);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        dx.ShouldBe(expected);
        network.BackwardInput(parameters, workspace, dx);
        dx.ShouldBe(expected);
        Should.Throw<InvalidOperationException>(() => network.Backward(parameters, x, workspace, new SmallDigits.Gradients())).Message.ShouldContain("the last pass was BackwardInput");
    }

    [Fact]
    public void OneNetworksInputGradientIsTheOthersOutputGradient()
    {
        // The gradient of critic(painter(z)) with respect to the painter's weights, through both.
        var (painter, critic) = (new Body(), new Critic());
        var (p, c) = (new Body.Parameters(seed: 1), new Critic.Parameters(seed: 2));
        var (pSpace, cSpace, gradients) = (new Body.Workspace(3), new Critic.Workspace(3), new Body.Gradients());
        var (z, dx) = (Numbers(new Random(5), 3 * 6), new float[3 * 12]);
        Loss();
        critic.BackwardInput(c, cSpace, dx);
        painter.OutputGradient(pSpace, dx);
        painter.Backward(p, z, pSpace, gradients);
        foreach (var element in new[] { 3, 30, 55 })
        {
            var weight = p.Body.Weight[element];
            double At(float value)
            {
                p.Body.Weight[element] = value;
                return Loss();
            }

            var difference = (At(weight + 0.01f) - At(weight - 0.01f)) / 0.02;
            p.Body.Weight[element] = weight;
            ((double)gradients.Body.Weight[element]).ShouldBe(difference, 1e-3 + 0.01 * Math.Abs(difference));
        }

        double Loss()
        {
            painter.Forward(p, z, pSpace);
            critic.Forward(c, pSpace.LossInput, cSpace);
            return critic.Loss(cSpace, [1, 1, 1]);
        }
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
}

[Network, Input(6)]
[Dense(12, Name = "body"), Tanh]
internal sealed partial class Body;

[Network, Input(6)]
[Dense(12, Name = "body", Frozen = true), Tanh]
[Dense(3, Name = "head"), SoftmaxCrossEntropy]
internal sealed partial class FrozenBody;

[Network, Input(12)]
[Dense(7), Tanh]
[Dense(1), Sigmoid, BinaryCrossEntropy]
internal sealed partial class Critic;
