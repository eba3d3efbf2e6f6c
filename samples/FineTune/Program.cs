// A network that reads digits learns to tell even from odd ones: its head is cut off, the rest is kept, and thirty examples are enough.
using System.Globalization;
using NetDsl;
using Samples;

var (train, test) = DigitImages.Load();
var old = new DigitsNet.Parameters(seed: 1);
new Trainer<float, int>(new DigitsNet(), old, new Adam<float>(2e-3)).Fit(train, new() { Epochs = 30, BatchSize = 32, Seed = 1 });

var (tuned, scratch, runs) = (0.0, 0.0, 5);
for (var run = 1; run <= runs; run++)
{
    var (examples, _) = train.Split(30.0 / train.Count, seed: (ulong)run, stratified: true);

    // The filters are frozen and cost no backward pass; the features, which only have to move a little, learn at a tenth of the rate.
    var parameters = new TunedNet.Parameters(seed: (ulong)run);
    var report = parameters.CopyMatching(old);
    if (run == 1)
        Console.WriteLine(report);
    var optimizer = new Adam<float>(5e-3);
    optimizer.ScaleLearningRate("features", 0.1);
    tuned += Train(new TunedNet(), parameters, optimizer, examples);
    scratch += Train(new ScratchNet(), new ScratchNet.Parameters(seed: (ulong)run), new Adam<float>(5e-3), examples);
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"test accuracy, even or odd from 30 examples: {tuned / runs:F3} (from scratch {scratch / runs:F3})"));

double Train(INetwork<float, int> network, ParameterArena<float> parameters, Optimizer<float> optimizer, Dataset<float, int> examples)
{
    var trainer = new Trainer<float, int>(network, parameters, optimizer);
    trainer.Fit(Parity(examples), new() { Epochs = 60, BatchSize = 10, Seed = 1 });
    return trainer.Evaluate(Parity(test)).Accuracy!.Value;
}

static Dataset<float, int> Parity(Dataset<float, int> digits)
{
    var (x, labels) = digits.Batch();
    return new(x, Array.ConvertAll(labels, digit => digit % 2), inputSize: 64, classes: 2);
}

[Network, Input(1, 8, 8)]
[Conv(24, 3, Padding = Padding.Same, Name = "filters"), ReLU, MaxPool(2)]
[Flatten, Dense(64, Name = "features"), ReLU]
[Dense(10, Name = "digit"), SoftmaxCrossEntropy]
public partial class DigitsNet;

[Network, Input(1, 8, 8)]
[Conv(24, 3, Padding = Padding.Same, Name = "filters", Frozen = true), ReLU, MaxPool(2)]
[Flatten, Dense(64, Name = "features"), ReLU]
[Dense(2, Name = "parity"), SoftmaxCrossEntropy]
public partial class TunedNet;

[Network, Input(1, 8, 8)]
[Conv(24, 3, Padding = Padding.Same, Name = "filters"), ReLU, MaxPool(2)]
[Flatten, Dense(64, Name = "features"), ReLU]
[Dense(2, Name = "parity"), SoftmaxCrossEntropy]
public partial class ScratchNet;
