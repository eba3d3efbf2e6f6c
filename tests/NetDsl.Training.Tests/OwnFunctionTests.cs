using NetDsl.Kernels.Threading;

namespace NetDsl.Training.Tests;

/// <summary>Training with functions that are declared in this project.</summary>
// Some set the number of threads, which belongs to the process.
[Collection(nameof(WorkerPool))]
public class OwnFunctionTests
{
    [Fact]
    public void ARightDerivativeOfOnesOwnPassesTheCheckOfGradients()
    {
        Wrong(new RightActivation()).ShouldBeEmpty();
        Wrong(new RightLearnable()).ShouldBeEmpty();
        Wrong(new RightLoss()).ShouldBeEmpty();
        Wrong(new RightRegularizer()).ShouldBeEmpty();
        Wrong(new RightGate()).ShouldBeEmpty();
        Wrong(new RightSampleLoss()).ShouldBeEmpty();
    }

    [Fact]
    public void AWrongDerivativeOfOnesOwnFailsTheCheckOfGradients()
    {
        Wrong(new WrongActivation()).ShouldBe(["dense1.weight", "dense1.bias", "input"]);
        Wrong(new WrongLearnable()).ShouldBe(["bendWithoutChain1.slope"]);
        Wrong(new WrongLoss()).ShouldBe(["dense1.weight", "dense1.bias", "input"]);
        Wrong(new WrongRegularizer()).ShouldBe(["dense1.weight"]);
        Wrong(new WrongGate()).ShouldBe(["dense1.weight", "dense1.bias", "input"]);
        Wrong(new WrongSampleLoss()).ShouldBe(["dense1.weight", "dense1.bias", "input"]);
    }

    /// <summary>Activation, loss and regulariser, differentiated by hand.</summary>
    [Fact]
    public void TrainingTakesTheStepsThatCalculusSays()
    {
        const int n = 20;
        var random = new Random(3);
        var x = Enumerable.Range(0, n).Select(_ => random.NextDouble() - 0.5).ToArray();
        var t = x.Select(value => Math.Sin(6 * value) + random.NextDouble()).ToArray();
        var parameters = new Quantile.Parameters(seed: 2);
        double[] w1 = [.. parameters.Dense1.Weight], b1 = [.. parameters.Dense1.Bias], w2 = [.. parameters.Dense2.Weight], b2 = [.. parameters.Dense2.Bias];
        for (var step = 0; step < 100; step++)
        {
            var (dw1, db1, dw2, db2) = (new double[4], new double[4], new double[4], 0.0);
            for (var i = 0; i < n; i++)
            {
                var z = w1.Zip(b1, (weight, bias) => weight * x[i] + bias).ToArray();
                var a = z.Select(value => (value + Math.Sqrt(value * value + 1)) / 2).ToArray();
                var dp = (t[i] > w2.Zip(a, (weight, value) => weight * value).Sum() + b2[0] ? -0.9 : 0.1) / n;
                db2 += dp;
                for (var unit = 0; unit < 4; unit++)
                {
                    var dz = dp * w2[unit] * (1 + z[unit] / Math.Sqrt(z[unit] * z[unit] + 1)) / 2;
                    dw2[unit] += dp * a[unit];
                    dw1[unit] += dz * x[i];
                    db1[unit] += dz;
                }
            }

            for (var unit = 0; unit < 4; unit++)
            {
                w1[unit] -= 0.2 * (dw1[unit] + 0.01 * w1[unit]);
                b1[unit] -= 0.2 * db1[unit];
                w2[unit] -= 0.2 * dw2[unit];
            }

            b2[0] -= 0.2 * db2;
        }

        var trainer = new Trainer<double, double>(new Quantile(), parameters, new Sgd<double>(0.2));
        trainer.Fit(new Dataset<double, double>(x, t, inputSize: 1), new() { Epochs = 100, BatchSize = n });
        parameters.Dense1.Weight.ToArray().ShouldBe(w1, 1e-12);
        parameters.Dense1.Bias.ToArray().ShouldBe(b1, 1e-12);
        parameters.Dense2.Weight.ToArray().ShouldBe(w2, 1e-12);
        parameters.Dense2.Bias.ToArray().ShouldBe(b2, 1e-12);
    }

    [Fact]
    public void AQuantileIsLearned()
    {
        var random = new Random(4);
        var x = Enumerable.Range(0, 1000).Select(_ => 2 * random.NextDouble() - 1).ToArray();
        var t = x.Select(value => value + (1.2 + value) * random.NextDouble()).ToArray();
        var trainer = new Trainer<double, double>(new Quantile(), new Quantile.Parameters(seed: 1), new Adam<double>(0.02));
        trainer.Fit(new Dataset<double, double>(x, t, inputSize: 1), new() { Epochs = 100, BatchSize = 100, Seed = 1 });
        var isBelow = trainer.Predict(x).Zip(t, (prediction, target) => target < prediction).ToArray();
        foreach (var from in new[] { -1, -0.5, 0, 0.5 })
            isBelow.Where((_, i) => x[i] >= from && x[i] < from + 0.5).Average(below => below ? 1 : 0).ShouldBe(0.9, 0.04, $"from {from} on");
    }

    /// <summary>What cross-entropy learns by heart, a loss of one's own lets go of.</summary>
    [Fact]
    public void ARobustLossBearsWrongLabels()
    {
        var (train, test) = Dataset.FromCsv<float>(Path.Combine(AppContext.BaseDirectory, "digits.csv.gz"), classes: 10).Split(0.8, seed: 1, stratified: true);
        var scaling = FeatureScaling.MinMax(train);
        var (noisy, clean) = (OneHot(scaling.Apply(train), wrong: 0.4), OneHot(scaling.Apply(test), wrong: 0));
        double Accuracy(INetwork<float, float> network)
        {
            var trainer = new Trainer<float, float>(network, network.CreateParameters(seed: 1), new Adam<float>(3e-3));
            trainer.Fit(noisy, new() { Epochs = 40, BatchSize = 32, Seed = 1 });
            return trainer.Evaluate(clean).Accuracy!.Value;
        }

        var own = Accuracy(new RobustDigits());
        own.ShouldBeGreaterThan(0.92);
        own.ShouldBeGreaterThan(Accuracy(new TrustfulDigits()) + 0.03);
    }

    [Fact]
    public void EveryNumberOfThreadsGivesTheSameBits()
    {
        var x = Numbers(600 * 301);
        var t = Enumerable.Range(0, 600 * 5).Select(i => i % 5 == i / 5 % 5 ? 1f : 0).ToArray();
        var train = new Dataset<float, float>(Array.ConvertAll(x, value => (float)value), t, inputSize: 301, targetSize: 5);
        var before = WorkerPool.Threads;
        try
        {
            var runs = new[] { 1, 2, 3 }.Select(threads =>
            {
                WorkerPool.Threads = threads;
                var parameters = new WideOwn.Parameters(seed: 3);
                new Trainer<float, float>(new WideOwn(), parameters, new Momentum<float>(0.05)).Fit(train, new() { Epochs = 2, BatchSize = 300, Seed = 2 });
                parameters.ShiftedSwish1.Shift[0].ShouldNotBe(0.1f);
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
        var network = new WideOwn();
        var parameters = new WideOwn.Parameters();
        var workspace = new WideOwn.Workspace(16);
        var gradients = new WideOwn.Gradients();
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

    /// <summary>The tensors whose gradients aren't those that differences give.</summary>
    private static IEnumerable<string> Wrong(INetwork<double, double> network)
    {
        var report = GradientCheck.Run(network, network.CreateParameters(seed: 1), Numbers(4 * network.Description.InputSize), Numbers(4 * network.TargetSize));
        return report.Tensors.Where(tensor => tensor.MaxRelativeError > report.Tolerance).Select(tensor => tensor.Name);
    }

    private static double[] Numbers(int count)
    {
        var random = new Random(5);
        return Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5).ToArray();
    }

    private static Dataset<float, float> OneHot(Dataset<float, int> digits, double wrong)
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, digits.Count).ToList();
        var labels = rows.Select(row => (digits.Target(row)[0] + (random.NextDouble() < wrong ? random.Next(1, 10) : 0)) % 10);
        var targets = labels.SelectMany(label => Enumerable.Range(0, 10).Select(digit => digit == label ? 1f : 0));
        return new(rows.SelectMany(row => digits.Input(row).ToArray()).ToArray(), targets.ToArray(), inputSize: 64, targetSize: 10);
    }
}
