// A small step along the sign of the input's gradient fools a network that reads nearly all digits.
// Goodfellow, Shlens, Szegedy, "Explaining and harnessing adversarial examples", 2014.
using System.Globalization;
using NetDsl;
using Samples;

var (train, test) = DigitImages.Load();
var (network, parameters) = (new DigitsNet(), new DigitsNet.Parameters(seed: 1));
var trainer = new Trainer<float, int>(network, parameters, new Adam<float>(2e-3));
trainer.Fit(train, new() { Epochs = 30, BatchSize = 32, Seed = 1 });

var (x, labels) = test.Batch();
var workspace = new DigitsNet.Workspace(test.Count);
foreach (var epsilon in new[] { 0.05f, 0.1f, 0.15f })
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pixels changed by {epsilon:F2}: accuracy {Accuracy(Attack(epsilon)):F3}"));

// Each digit above, what became of it below.
var (attacked, shown) = (Attack(0.15f), Enumerable.Range(0, 10).Select(digit => Array.IndexOf(labels, digit)).ToList());
DigitImages.Save("adversarial", [.. new[] { x, attacked }.SelectMany(images => shown.SelectMany(row => images[(row * 64)..(row * 64 + 64)]))], columns: 10);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"test accuracy: {Accuracy(x):F3}, with every pixel changed by at most 0.15: {Accuracy(attacked):F3}"));

float[] Attack(float epsilon)
{
    var dx = new float[x.Length];
    network.Forward(parameters, x, workspace, training: false);
    network.Loss(workspace, labels);
    network.BackwardInput(parameters, workspace, dx);
    return [.. x.Zip(dx, (pixel, slope) => Math.Clamp(pixel + epsilon * Math.Sign(slope), 0, 1))];
}

double Accuracy(float[] images) => trainer.Evaluate(new(images, labels, inputSize: 64, classes: 10)).Accuracy!.Value;

[Network, Input(1, 8, 8)]
[Conv(16, 3, Padding = Padding.Same), ReLU, MaxPool(2)]
[Flatten, Dense(64), ReLU]
[Dense(10), SoftmaxCrossEntropy]
public partial class DigitsNet;
