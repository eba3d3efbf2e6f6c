// Real digits, 40 % of whose training labels are wrong: an activation, a loss and a regulariser of one's own beside the usual ones.
// Their derivatives stand, as mathematics and as code, in obj/…/generated/…/OwnNet.g.cs: look for Squareplus.
using System.Globalization;
using NetDsl;

var (train, test) = Dataset.FromCsv<float>(Path.Combine(AppContext.BaseDirectory, "digits.csv.gz"), classes: 10).Split(0.8, seed: 1, stratified: true);
var scaling = FeatureScaling.MinMax(train);
var (noisy, clean) = (OneHot(scaling.Apply(train), wrong: 0.4), OneHot(scaling.Apply(test), wrong: 0));

noisy.TryGetRange(0, 8, out var x, out var t);
Console.WriteLine(new OwnNet().CheckGradients(new OwnNet.Parameters(seed: 1), x, t));
var (usual, own) = (Train(new UsualNet()), Train(new OwnNet()));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"test accuracy: {own:F3} (with ReLU and cross-entropy {usual:F3})"));

double? Train(INetwork<float, float> network)
{
    var trainer = new Trainer<float, float>(network, network.CreateParameters(seed: 1), new Adam<float>(learningRate: 2e-3));
    trainer.Fit(noisy, new() { Epochs = 60, BatchSize = 32, Seed = 1 });
    return trainer.Evaluate(clean).Accuracy;
}

static Dataset<float, float> OneHot(Dataset<float, int> digits, double wrong)
{
    var random = new Random(1);
    var rows = Enumerable.Range(0, digits.Count).ToList();
    var labels = rows.Select(row => (digits.Target(row)[0] + (random.NextDouble() < wrong ? random.Next(1, 10) : 0)) % 10);
    var targets = labels.SelectMany(label => Enumerable.Range(0, 10).Select(digit => digit == label ? 1f : 0));
    return new(rows.SelectMany(row => digits.Input(row).ToArray()).ToArray(), targets.ToArray(), inputSize: 64, targetSize: 10);
}

// A hyperbola between 0 and x: Barron, "Squareplus: a softplus-like algebraic rectifier", 2021.
public sealed class SquareplusAttribute(double bend = 4) : ActivationAttribute
{
    public static double Value(double x, double bend) => (x + Math.Sqrt(x * x + bend)) / 2;
}

// Cross-entropy (q → 0) pulls hardest at labels that don't fit; this lets go of them: Zhang, Sabuncu, "Generalized cross entropy loss", 2018.
public sealed class GeneralizedCrossEntropyAttribute(double q = 0.7) : SampleLossAttribute
{
    public static double Hit(double prediction, double target) => prediction * target;

    public static double Value(double hit, double q) => (1 - Math.Pow(Math.Max(hit, 1e-6), q)) / q;
}

// Counts weights rather than their sizes: Weigend, Rumelhart, Huberman, "Generalization by weight-elimination", 1991.
public sealed class WeightEliminationAttribute(double lambda) : RegularizerAttribute
{
    public static double Value(double weight, double lambda) => lambda * weight * weight / (1 + weight * weight);
}

[Network, Input(64), WeightElimination(1e-4)]
[Dense(128), Squareplus]
[Dense(10), Softmax, GeneralizedCrossEntropy]
public partial class OwnNet;

[Network, Input(64)]
[Dense(128), ReLU]
[Dense(10), SoftmaxCrossEntropy]
public partial class UsualNet;
