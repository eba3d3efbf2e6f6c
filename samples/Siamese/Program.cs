// One network reads two digits and learns to place equal ones side by side and others apart; then one example of each digit is enough to read by.
// Hadsell, Chopra, LeCun, "Dimensionality reduction by learning an invariant mapping", 2006.
using System.Globalization;
using NetDsl;
using NetDsl.Kernels.Losses;
using Samples;

const int Pairs = 64, Size = 8;
var (train, test) = DigitImages.Load();
var (network, parameters, gradients) = (new Encoder(), new Encoder.Parameters(seed: 1), new Encoder.Gradients());
var (left, right) = (new Encoder.Workspace(Pairs), new Encoder.Workspace(Pairs));
var optimizer = new Adam<float>(1e-3);
var (random, byDigit) = (new Random(1), Enumerable.Range(0, train.Count).ToLookup(row => train.Target(row)[0]));
int Draw(int digit) => byDigit[digit].ElementAt(random.Next(byDigit[digit].Count()));

var (a, b, same) = (new float[Pairs * 64], new float[Pairs * 64], new float[Pairs]);
var (da, db) = (new float[Pairs * Size], new float[Pairs * Size]);
for (var step = 1; step <= 1500; step++)
{
    for (var pair = 0; pair < Pairs; pair++)
    {
        var digit = random.Next(10);
        same[pair] = pair % 2;
        train.Input(Draw(digit)).CopyTo(a.AsSpan(pair * 64));
        train.Input(Draw(pair % 2 == 1 ? digit : (digit + random.Next(1, 10)) % 10)).CopyTo(b.AsSpan(pair * 64));
    }

    // One set of parameters, two workspaces; the second backward pass adds its gradients to those of the first.
    network.Forward(parameters, a, left);
    network.Forward(parameters, b, right);
    var loss = Contrastive.Evaluate<float>(left.LossInput, right.LossInput, same, da, db, [], Pairs, Size, LossReduction.Mean, margin: 1, oneMeansSimilar: true);
    network.OutputGradient(left, da);
    network.Backward(parameters, a, left, gradients);
    network.OutputGradient(right, db);
    network.Backward(parameters, b, right, gradients, accumulate: true);
    optimizer.Step(parameters, gradients);
    if (step % 300 == 0)
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {step}: loss {loss:F4}"));
}

var examples = train.Select([.. Enumerable.Range(0, 10).Select(digit => byDigit[digit].First())]);
var (embedded, pixels) = (Nearest(Embed(examples), Embed(test), Size), Nearest(examples.Batch().X, test.Batch().X, 64));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"test accuracy by the nearest of ten examples: {embedded:F3} (by pixels {pixels:F3})"));

float[] Embed(Dataset<float, int> digits)
{
    var y = new float[digits.Count * Size];
    network.Predict(parameters, digits.Batch().X, y, new Encoder.Workspace(digits.Count, training: false));
    return y;
}

double Nearest(float[] known, float[] asked, int size) =>
    asked.Chunk(size).Select((row, i) => known.Chunk(size).Select((other, digit) => (Distance: row.Zip(other, (p, q) => (p - q) * (p - q)).Sum(), digit)).Min().digit == test.Target(i)[0]).Average(right => right ? 1.0 : 0);

// No loss: it lies outside, between two passes.
[Network, Input(1, 8, 8)]
[Conv(16, 3, Padding = Padding.Same), ReLU, MaxPool(2)]
[Flatten, Dense(64), ReLU]
[Dense(8)]
public partial class Encoder;
