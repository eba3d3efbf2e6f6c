using NetDsl.Kernels.Threading;

namespace NetDsl.Training.Tests;

/// <summary>Batch normalisation through whole networks: its state beside what is learnt, and its two kinds of passes.</summary>
[Collection(nameof(WorkerPool))]
public class BatchNormTests
{
    [Fact]
    public void TheGradientCheckIsThatOfATrainingPassAndLeavesTheState()
    {
        var parameters = new NormalisedInDouble.Parameters(seed: 1);
        parameters.BatchNorm1.RunningMean.Fill(0.25);
        var state = parameters.State.ToArray();
        var x = Numbers(6 * 2 * 7 * 6);
        var report = new NormalisedInDouble().CheckGradients(parameters, [.. x.Select(value => (double)value)], (ReadOnlySpan<int>)[0, 1, 2, 0, 1, 2]);
        report.Passed.ShouldBeTrue(report.ToString());
        report.Tensors.ShouldNotContain(tensor => tensor.Name.Contains("running"));
        parameters.State.ToArray().ShouldBe(state);
    }

    [Fact]
    public void PredictIsAForwardPassWithTheRunningStatistics()
    {
        var network = new Normalised();
        var parameters = new Normalised.Parameters(seed: 2);
        var (x, labels) = (Numbers(24 * 2 * 7 * 6), Enumerable.Range(0, 24).Select(i => i % 3).ToArray());
        new Trainer<float, int>(network, parameters, new Adam<float>(0.01)).Fit(new(x, labels, inputSize: 84), new() { Epochs = 5, BatchSize = 8 });
        parameters.BatchNorm1.RunningMean.ToArray().ShouldNotContain(0);

        var workspace = new Normalised.Workspace(5);
        var batch = x.AsSpan(0, 5 * 84);
        var state = parameters.State.ToArray();
        network.Forward(parameters, batch, workspace, training: false);
        var scores = workspace.LossInput.ToArray();
        parameters.State.ToArray().ShouldBe(state);
        var answer = new float[5 * 3];
        network.Predict(parameters, batch, answer, workspace);
        for (var i = 0; i < answer.Length; i++)
        {
            var row = scores.AsSpan(i / 3 * 3, 3).ToArray();
            ((double)answer[i]).ShouldBe(Math.Exp(scores[i]) / row.Sum(score => Math.Exp(score)), 1e-5);
        }

        network.Predict(parameters, batch[..84], answer.AsSpan(0, 3), workspace);
        answer.AsSpan(0, 3).ToArray().Sum().ShouldBe(1, 1e-5f);
    }

    [Fact]
    public void OneValueAChannelIsRefusedInTraining()
    {
        var network = new NormalisedFeatures();
        var parameters = new NormalisedFeatures.Parameters(seed: 1);
        var workspace = new NormalisedFeatures.Workspace(4);
        Should.Throw<ArgumentException>(() => network.Forward(parameters, [1, 2, 3], workspace, training: true)).Message.ShouldContain("1 value(s) a channel (1 sample(s) of 1 position(s)) and needs 2");
        network.Forward(parameters, [1, 2, 3], workspace, training: false);
    }

    [Fact]
    public void AStepAllocatesNothing()
    {
        var network = new Normalised();
        var (parameters, gradients, workspace, optimizer) = (new Normalised.Parameters(1), new Normalised.Gradients(), new Normalised.Workspace(8), new Momentum<float>(0.01));
        var (x, labels, y) = (Numbers(8 * 84), new int[8], new float[24]);
        long Step()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            network.Forward(parameters, x, workspace);
            network.Loss(workspace, labels);
            network.Backward(parameters, x, workspace, gradients);
            optimizer.Step(parameters, gradients);
            network.Predict(parameters, x, y, workspace);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Step();
        Step().ShouldBe(0);
    }

    private static float[] Numbers(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 4 - 1)];
    }
}
