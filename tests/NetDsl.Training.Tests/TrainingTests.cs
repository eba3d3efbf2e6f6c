using NetDsl.Kernels.Threading;

namespace NetDsl.Training.Tests;

/// <summary>Whole training runs with fixed seeds.</summary>
// Some set the number of threads, which belongs to the process.
[Collection(nameof(WorkerPool))]
public class TrainingTests
{
    [Fact]
    public void RealDigitsAreLearned()
    {
        var (train, test) = Digits();
        var trainer = new Trainer<float, int>(new SmallDigits(), new SmallDigits.Parameters(seed: 1), new Adam<float>(2e-3));
        trainer.Fit(train, new() { Epochs = 25, BatchSize = 32, Seed = 1 });
        trainer.Evaluate(test).Accuracy!.Value.ShouldBeGreaterThan(0.96);
    }

    [Fact]
    public void FrozenFiltersStayAndStartingPointsLearn()
    {
        var (train, test) = Digits();
        var parameters = new FilteredDigits.Parameters(seed: 1);
        float[] edges = [.. Filters.SobelX.Concat(Filters.SobelY).Concat(Filters.Laplacian4).Select(weight => (float)weight)];
        float[] blur = [.. Enumerable.Repeat(Filters.Gaussian(1, 3, 3), 3).SelectMany(weights => weights).Select(weight => (float)weight)];
        parameters.Edges.Weight.ToArray().ShouldBe(edges);
        parameters.Blur.Weight.ToArray().ShouldBe(blur);
        new FilteredDigits.Gradients().Tensors.Select(tensor => tensor.Name).ShouldBe(["blur.weight", "blur.bias", "dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias"]);
        var trainer = new Trainer<float, int>(new FilteredDigits(), parameters, new Adam<float>(2e-3, weightDecay: 1e-4));
        trainer.Fit(train, new() { Epochs = 15, BatchSize = 32, Seed = 1 });
        parameters.Edges.Weight.ToArray().ShouldBe(edges);
        foreach (var (weight, start) in parameters.Blur.Weight.ToArray().Zip(blur))
            weight.ShouldNotBe(start);
        trainer.Evaluate(test).Accuracy!.Value.ShouldBeGreaterThan(0.95);
    }

    [Fact]
    public void EveryNumberOfThreadsGivesTheSameBits()
    {
        // Large enough that products, masks and updates are all shared out.
        var random = new Random(5);
        var x = Enumerable.Range(0, 900 * 301).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var train = new Dataset<float, float>(x, x[..(900 * 5)], inputSize: 301, targetSize: 5);
        var before = WorkerPool.Threads;
        try
        {
            var runs = new[] { 1, 2, 3, 5 }.Select(threads =>
            {
                WorkerPool.Threads = threads;
                var parameters = new Wide.Parameters(seed: 3);
                new Trainer<float, float>(new Wide(), parameters, new Momentum<float>(0.05)).Fit(train, new() { Epochs = 2, BatchSize = 450, Seed = 2 });
                return parameters.Values.ToArray();
            }).ToList();
            foreach (var run in runs.Skip(1))
                run.ShouldBe(runs[0]);
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }

    [Fact]
    public void ATrainingStepAllocatesNothing()
    {
        var network = new Wide();
        var parameters = new Wide.Parameters();
        var workspace = new Wide.Workspace(16);
        var gradients = new Wide.Gradients();
        var optimizer = new Adam<float>();
        var (x, t) = (new float[16 * 301], new float[16 * 5]);
        void Step()
        {
            network.Forward(parameters, x, workspace);
            network.Loss(workspace, t);
            network.Backward(parameters, x, workspace, gradients);
            optimizer.Step(parameters, gradients);
        }

        Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Step();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void APerceptronSeparatesTheSeparable()
    {
        var network = new Perceptron();
        var parameters = new Perceptron.Parameters(seed: 1);
        var random = new Random(1);
        var x = Enumerable.Range(0, 300).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var t = x.Chunk(3).Select(row => row[0] - 2 * row[1] + 0.1f > 0 ? 1f : -1f).ToArray();
        var trainer = new Trainer<float, float>(network, parameters, new Adam<float>(0.05));
        trainer.Fit(new Dataset<float, float>(x, t, inputSize: 3), new() { Epochs = 150, BatchSize = 20 });
        trainer.Predict(x).Zip(t, (y, target) => y * target > 0).Count(right => right).ShouldBeGreaterThan(95);
    }

    [Fact]
    public void LogisticRegressionPredictsProbabilities()
    {
        var network = new LogisticRegression();
        var parameters = new LogisticRegression.Parameters(seed: 2);
        float[] x = [1, 2, 3, 4, -1, 0, 1, 2];
        var y = new float[2];
        network.Predict(parameters, x, y, new LogisticRegression.Workspace(2, training: false));
        for (var i = 0; i < 2; i++)
        {
            var z = parameters.Dense1.Bias[0];
            for (var j = 0; j < 4; j++)
                z += parameters.Dense1.Weight[j] * x[4 * i + j];
            y[i].ShouldBe(1 / (1 + MathF.Exp(-z)), 1e-6f);
        }
    }

    [Fact]
    public void HooksSeeTheGradientOfTheirLayer()
    {
        var network = new DoubleNet();
        var parameters = new DoubleNet.Parameters(seed: 4);
        var random = new Random(4);
        var x = Enumerable.Range(0, 18).Select(_ => random.NextDouble() - 0.5).ToArray();
        network.CheckGradients(parameters, x, [0, 3, 1]).Passed.ShouldBeTrue();

        network.HiddenGradients.Clear();
        var gradients = new DoubleNet.Gradients();
        var workspace = new DoubleNet.Workspace(3);
        network.Forward(parameters, x, workspace);
        network.Loss(workspace, [0, 3, 1]);
        network.Backward(parameters, x, workspace, gradients);
        network.HiddenGradients.ShouldHaveSingleItem().Length.ShouldBe(21);
        for (var unit = 0; unit < 7; unit++)
            Enumerable.Range(0, 3).Sum(sample => network.HiddenGradients[0][7 * sample + unit]).ShouldBe(gradients.Hidden.Bias[unit], 1e-12);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    public void TheCheckOfGradientsIsNotMisledByKinksNorByFloat(int samples)
    {
        var network = new SmallRelu();
        for (ulong seed = 0; seed < 25; seed++)
        {
            var random = new Random((int)seed);
            var x = Enumerable.Range(0, 4 * samples).Select(_ => 3 * random.NextSingle() - 1.5f).ToArray();
            var labels = Enumerable.Range(0, samples).Select(_ => random.Next(3)).ToArray();
            var report = network.CheckGradients(new SmallRelu.Parameters(seed), x, labels);
            report.Passed.ShouldBeTrue($"seed {seed}:\n{report}");
        }
    }

    [Fact]
    public void PassesOutOfOrderAreErrors()
    {
        var network = new LogisticRegression();
        var parameters = new LogisticRegression.Parameters();
        var workspace = new LogisticRegression.Workspace(2);
        var gradients = new LogisticRegression.Gradients();
        Should.Throw<InvalidOperationException>(() => network.Backward(parameters, new float[4], workspace, gradients)).Message.ShouldContain("Forward, Loss, Backward");
        network.Forward(parameters, new float[4], workspace);
        Should.Throw<InvalidOperationException>(() => network.Backward(parameters, new float[4], workspace, gradients));
        network.Loss(workspace, [1f]);
        network.Backward(parameters, new float[4], workspace, gradients);
        Should.Throw<InvalidOperationException>(() => network.Backward(parameters, new float[4], workspace, gradients));
        network.BackwardInput(parameters, workspace, new float[4]);
    }

    [Fact]
    public void APassThatFailsLeavesTheOrderAsItWas()
    {
        var network = new SmallDigits();
        var parameters = new SmallDigits.Parameters();
        var workspace = new SmallDigits.Workspace(1);
        var gradients = new SmallDigits.Gradients();
        var x = new float[64];
        network.Forward(parameters, x, workspace);
        Should.Throw<ArgumentOutOfRangeException>(() => network.Loss(workspace, [10])).Message.ShouldContain("0 … 9");
        Should.Throw<InvalidOperationException>(() => network.Backward(parameters, x, workspace, gradients));
        network.Loss(workspace, [9]);
        Should.Throw<ArgumentException>(() => network.Backward(parameters, new float[128], workspace, gradients));
        network.Backward(parameters, x, workspace, gradients);
    }

    [Fact]
    public void GivenMasksServeOnePass()
    {
        var network = new SmallDigits();
        var parameters = new SmallDigits.Parameters();
        var workspace = new SmallDigits.Workspace(2);
        var x = Enumerable.Repeat(0.5f, 128).ToArray();
        network.Forward(parameters, x, workspace);
        workspace.Dropout1Mask.Fill(3);
        workspace.KeepMasks = true;
        network.Forward(parameters, x, workspace);
        workspace.Dropout1Mask.ToArray().ShouldAllBe(factor => factor == 3);
        network.Forward(parameters, x, workspace);
        workspace.Dropout1Mask.ToArray().ShouldAllBe(factor => factor == 0 || factor == 1.25f);
    }

    [Fact]
    public void BadSizesSayWhatWasExpected()
    {
        var network = new LogisticRegression();
        var parameters = new LogisticRegression.Parameters();
        var workspace = new LogisticRegression.Workspace(2);
        Should.Throw<ArgumentException>(() => network.Forward(parameters, new float[12], workspace)).Message.ShouldContain("capacity of 3");
        Should.Throw<ArgumentException>(() => network.Forward(parameters, new float[5], workspace)).Message.ShouldContain("multiple of 4");
        Should.Throw<ArgumentException>(() => network.Forward(parameters, [], workspace)).Message.ShouldContain("multiple of 4");
        network.Forward(parameters, new float[8], workspace);
        Should.Throw<ArgumentException>(() => network.Loss(workspace, [1f])).Message.ShouldContain("expected 2");
        Should.Throw<ArgumentOutOfRangeException>(() => new LogisticRegression.Workspace(0));
        var inference = new LogisticRegression.Workspace(2, training: false);
        Should.Throw<InvalidOperationException>(() => network.Forward(parameters, new float[4], inference)).Message.ShouldContain("training: true");
    }

    private static (Dataset<float, int> Train, Dataset<float, int> Test) Digits()
    {
        var (train, test) = Dataset.FromCsv<float>(Path.Combine(AppContext.BaseDirectory, "digits.csv.gz"), classes: 10).Split(0.8, seed: 1, stratified: true);
        var scaling = FeatureScaling.MinMax(train);
        return (scaling.Apply(train), scaling.Apply(test));
    }
}
