using NetDsl.Kernels.Threading;

namespace NetDsl.Training.Tests;

/// <summary>Networks with several inputs, losses and answers, as a user drives them.</summary>
[Collection(nameof(WorkerPool))]
public class MemberTests
{
    private const int Count = 48;

    private static readonly float[] Boards = Numbers(1, Count * 2 * 36);

    private static readonly int[] Moves = [.. Boards.Chunk(72).Select(board => board[0] > 0.2f ? 0 : board[1] > 0 ? 1 : 2)];

    private static readonly float[] Results = [.. Boards.Chunk(72).Select(board => MathF.Tanh(board[2] + board[3]))];

    [Fact]
    public void MembersDescribeTheirLastLayers()
    {
        var network = new PolicyValueNet();
        network.Policy.ShouldBe(PolicyValueNet.Description.Layers.Single(layer => layer.Name == "policy.dense1"));
        network.Value.Name.ShouldBe("value.tanh1");
        new Towers().Picture.ToString().ShouldBe("picture: input → 1×4×4, 0 parameters, 0 flops");
        PolicyValueNet.Description.Outputs.Select(output => output.Name).ShouldBe(["policy", "value"]);
        PolicyValueNet.Description.Loss.ShouldBe("softmax_cross_entropy (mean) + 0.5 · squared_error (mean over the batch)");
        Towers.Match.OutputShape.ShouldBe([1]);
        new Towers().Picture.OutputShape.ShouldBe([1, 4, 4]);
        Towers.Description.Inputs.Select(input => input.Name).ShouldBe(["picture", "tag"]);
        Towers.Description.InputSize.ShouldBe(16 + 3);
        new Pair().Same.Operation.ShouldBe("contrastive, margin 1 (mean)");
    }

    [Fact]
    public void GradientsAreThoseOfTheWeightedSum()
    {
        var network = new PolicyValueNet();
        var parameters = new PolicyValueNet.Parameters(seed: 1);
        var x = Boards.AsSpan(0, 5 * 72).ToArray().Select(value => (double)value).ToArray();
        double[] results = [.. Results.Take(5).Select(value => (double)value)];
        network.CheckGradients(parameters, x, Moves.AsSpan(0, 5), results).ToString().ShouldContain("passed");
        network.CheckGradients(parameters, x, SideBySide.OneHot<double>(Moves.AsSpan(0, 5), 3), results).ToString().ShouldContain("passed");

        var workspace = new PolicyValueNet.Workspace(5);
        network.Forward(parameters, x, workspace);
        var loss = network.Loss(workspace, Moves.AsSpan(0, 5), results);
        loss.ShouldBe(workspace.PolicyLoss + 0.5 * workspace.ValueLoss);
        workspace.Policy.Length.ShouldBe(5 * 3);
        workspace.Value.ToArray().Zip(results, (y, t) => 0.5 * (y - t) * (y - t)).Average().ShouldBe(workspace.ValueLoss, 1e-12);

        var pairs = Numbers(3, 12).Select(value => (double)value).ToArray();
        new Pair().CheckGradients(new Pair.Parameters(seed: 2), pairs.AsSpan(0, 6), pairs.AsSpan(6, 6), [1, 0]).ToString().ShouldContain("passed");
        new Faces().CheckGradients(new Faces.Parameters(seed: 2), pairs.AsSpan(0, 4), pairs.AsSpan(4, 4), pairs.AsSpan(8, 4)).ToString().ShouldContain("passed");
        new TwoLabels().CheckGradients(new TwoLabels.Parameters(seed: 2), pairs, [1, 0, 2, 2], [0, 1, 1, 0]).ToString().ShouldContain("passed");
    }

    [Fact]
    public void ALoopAllocatesNothingAndGivesTheSameBitsForEveryNumberOfThreads()
    {
        var before = WorkerPool.Threads;
        try
        {
            var runs = new List<float[]>();
            foreach (var threads in new[] { 1, 2, 3 })
            {
                WorkerPool.Threads = threads;
                runs.Add(TrainTowers());
            }

            runs[1].ShouldBe(runs[0]);
            runs[2].ShouldBe(runs[0]);
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }

    [Fact]
    public void TheGradientOfOneInputIsTheSameWithoutTheOther()
    {
        var network = new Towers();
        var parameters = new Towers.Parameters(seed: 1);
        var workspace = new Towers.Workspace(4);
        var (pictures, tags) = (Numbers(2, 4 * 16), Numbers(3, 4 * 3));
        var (dPicture, dTag, alone) = (new float[4 * 16], new float[4 * 3], new float[4 * 3]);
        network.Forward(parameters, pictures, tags, workspace, training: false);
        network.Loss(workspace, [1, 0, 1, 1]);
        network.BackwardInput(parameters, workspace, dPicture, dTag);
        dPicture.ShouldContain(value => value != 0);
        network.BackwardInput(parameters, workspace, default, alone);
        alone.ShouldBe(dTag);
        Should.Throw<ArgumentException>(() => network.BackwardInput(parameters, workspace, new float[3], dTag))
            .Message.ShouldBe("The gradient of the input picture has 3 elements; expected 64: 4 samples of 16.");
        Should.Throw<ArgumentException>(() => network.Forward(parameters, pictures, tags.AsSpan(3), workspace))
            .Message.ShouldBe("The input tag has 9 elements; expected 12: 4 samples of 3.");
    }

    [Fact]
    public void TheTrainerTakesSeveralInputsSideBySide()
    {
        var network = new Towers();
        var parameters = new Towers.Parameters(seed: 1);
        var (pictures, tags) = (Numbers(2, Count * 16), Numbers(3, Count * 3));
        float[] matches = [.. Enumerable.Range(0, Count).Select(i => pictures[i * 16] > tags[i * 3] ? 1f : 0)];
        var data = new Dataset<float, float>(SideBySide.Join<float>(Count, pictures, tags), matches, inputSize: 19);
        var trainer = new Trainer<float, float>(network, parameters, new Adam<float>(0.01));
        trainer.Fit(data, new() { Epochs = 60, BatchSize = 16 });
        trainer.Evaluate(data).Accuracy!.Value.ShouldBeGreaterThan(0.9);

        // The same numbers by hand.
        var (y, workspace) = (new float[Count], new Towers.Workspace(Count, training: false));
        network.Predict(parameters, pictures, tags, y, workspace);
        trainer.Predict(SideBySide.Join<float>(Count, pictures, tags)).ShouldBe(y);
    }

    [Fact]
    public void TheTrainerTakesTheTargetsOfSeveralLossesSideBySide()
    {
        var network = new PolicyValueNet();
        var parameters = new PolicyValueNet.Parameters(seed: 1);
        double[] targets = SideBySide.Join<double>(Count, SideBySide.OneHot<double>(Moves, 3), Results.Select(result => (double)result).ToArray());
        var data = new Dataset<double, double>(Boards.Select(value => (double)value).ToArray(), targets, inputSize: 72, targetSize: 4);
        var trainer = new Trainer<double, double>(network, parameters, new Adam<double>(0.01));
        var before = trainer.Evaluate(data);
        before.MetricName.ShouldBe("loss");
        trainer.Fit(data, new() { Epochs = 60, BatchSize = 16, Validation = data });
        var after = trainer.Evaluate(data);
        after.Metric.ShouldBeLessThan(0.2 * before.Metric);

        var answers = trainer.Predict(data.Input(0));
        answers.Length.ShouldBe(4);
        answers.Take(3).Sum().ShouldBe(1, 1e-12);
    }

    [Fact]
    public void TargetsThatALossCannotMeanAreTold()
    {
        var trainer = new Trainer<float, float>(new Towers(), new Towers.Parameters(seed: 1), new Adam<float>());
        Should.Throw<ArgumentException>(() => trainer.Fit(new(new float[3 * 19], new[] { 1f, 0, 2 }, inputSize: 19), new())).Message
            .ShouldStartWith("A target of sample 2 (counted from 0) is 2; binary_cross_entropy takes numbers from 0 to 1.");
        var hinge = new Trainer<float, float>(new Perceptron(), new Perceptron.Parameters(seed: 1), new Adam<float>());
        Should.Throw<ArgumentException>(() => hinge.Evaluate(new(new float[6], new[] { 1f, 0 }, inputSize: 3))).Message
            .ShouldStartWith("A target of sample 1 (counted from 0) is 0; hinge takes -1 or 1.");
        var pairs = new Trainer<double, double>(new Pair(), new Pair.Parameters(seed: 1), new Adam<double>());
        Should.Throw<ArgumentException>(() => pairs.Fit(new(new double[12], new[] { 1.0, -1 }, inputSize: 6), new())).Message.ShouldContain("contrastive takes 0 or 1.");
        Pair.Description.Targets.ShouldBe([new("contrastive", 1, 0, 1, IsEnd: true)]);
        PolicyValueNet.Description.Targets.ShouldBeEmpty();
    }

    [Fact]
    public void EmbeddingsAndLabelsTrainToo()
    {
        var x = Numbers(4, Count * 3);
        int[] labels = [.. x.Chunk(3).SelectMany(row => new[] { row[0] > 0 ? 2 : row[1] > 0 ? 1 : 0, row[2] > 0 ? 1 : 0 })];
        var parameters = new TwoLabels.Parameters(seed: 1);
        Train(new Trainer<double, int>(new TwoLabels(), parameters, new Adam<double>(0.02)), new Dataset<double, int>(Widen(x), labels, inputSize: 3, targetSize: 2));
        Train(new Trainer<double, double>(new Pair(), new Pair.Parameters(seed: 1), new Adam<double>(0.02)), new Dataset<double, double>(Widen(x), Enumerable.Range(0, Count / 2).Select(i => i % 2.0).ToArray(), inputSize: 6));
        Train(new Trainer<double, double>(new Faces(), new Faces.Parameters(seed: 1), new Adam<double>(0.02)), new Dataset<double, double>(Widen(x), default, inputSize: 6, targetSize: 0));

        static void Train<TTarget>(Trainer<double, TTarget> trainer, Dataset<double, TTarget> data)
            where TTarget : unmanaged
        {
            var before = trainer.Evaluate(data).Loss;
            trainer.Fit(data, new() { Epochs = 40, BatchSize = 8 });
            trainer.Evaluate(data).Loss.ShouldBeLessThan(0.8 * before);
        }
    }

    private static float[] TrainTowers()
    {
        var network = new Towers();
        var parameters = new Towers.Parameters(seed: 1);
        var gradients = new Towers.Gradients();
        var workspace = new Towers.Workspace(Count);
        var optimizer = new Adam<float>(0.01);
        var (pictures, tags, targets) = (Numbers(2, Count * 16), Numbers(3, Count * 3), new float[Count]);
        var (dPicture, dTag, y) = (new float[Count * 16], new float[Count * 3], new float[Count]);
        void Step()
        {
            network.Forward(parameters, pictures, tags, workspace);
            network.Loss(workspace, targets);
            network.Backward(parameters, pictures, tags, workspace, gradients);
            network.BackwardInput(parameters, workspace, dPicture, dTag);
            optimizer.Step(parameters, gradients);
            network.Predict(parameters, pictures, tags, y, workspace);
        }

        Step();
        Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Step();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        return [.. parameters.Values, .. dPicture, .. dTag, .. y];
    }

    private static float[] Numbers(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
    }

    private static double[] Widen(float[] numbers) => [.. numbers.Select(number => (double)number)];
}

[Network(Precision = Precision.Double), Input(2, 6, 6)]
[Conv(6, 3, Padding = Padding.Same), ReLU]
public partial class PolicyValueNet
{
    [Conv(2, 1), ReLU, Flatten, Dense(3), SoftmaxCrossEntropy]
    public partial LayerDescription Policy { get; }

    [Conv(2, 1), ReLU, Flatten, Dense(1), Tanh, SquaredError(Weight = 0.5)]
    public partial LayerDescription Value { get; }
}

[Network]
public partial class Towers
{
    [Input(1, 4, 4)]
    public partial LayerDescription Picture { get; }

    [Input(3)]
    public partial LayerDescription Tag { get; }

    [Concat(nameof(A), nameof(B)), Dense(8), Tanh, Dense(1), Sigmoid, BinaryCrossEntropy]
    public static partial LayerDescription Match { get; }

    [Dense(6, From = nameof(Picture)), ReLU, Dropout(0.1)]
    internal partial LayerDescription A { get; }

    [Dense(6, From = nameof(Tag)), ReLU]
    private partial LayerDescription B { get; }
}

/// <summary>One network applied to both of a pair.</summary>
[Network(Precision = Precision.Double)]
public partial class Pair
{
    [Input(3)]
    public partial LayerDescription Left { get; }

    [Input(3)]
    public partial LayerDescription Right { get; }

    [Dense(5, From = nameof(Left)), Tanh, Dense(2)]
    public partial LayerDescription A { get; }

    [Shared(nameof(A), From = nameof(Right))]
    public partial LayerDescription B { get; }

    [Contrastive(nameof(A), nameof(B))]
    public partial LayerDescription Same { get; }
}

/// <summary>Triplets, which have no targets.</summary>
[Network(Precision = Precision.Double)]
public partial class Faces
{
    [Input(2), Dense(4, Name = "wide"), Tanh, Dense(2, Name = "narrow")]
    public partial LayerDescription Anchor { get; }

    [Input(2), Shared("Anchor.wide"), Tanh, Shared("Anchor.narrow")]
    public partial LayerDescription Positive { get; }

    [Input(2), Shared("Anchor.wide"), Tanh, Shared("Anchor.narrow")]
    public partial LayerDescription Negative { get; }

    [TripletMargin(nameof(Anchor), nameof(Positive), nameof(Negative), 0.5)]
    public partial LayerDescription Distances { get; }
}

[Network(Precision = Precision.Double), Input(3)]
[Dense(8), Tanh]
public partial class TwoLabels
{
    [Dense(3), SoftmaxCrossEntropy]
    public partial LayerDescription Kind { get; }

    [Dense(2), SoftmaxCrossEntropy(Weight = 2)]
    public partial LayerDescription Side { get; }
}
