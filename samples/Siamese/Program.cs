// One network reads two digits and learns to place equal ones side by side and others apart; then one example of each digit is enough to read by.
// Hadsell, Chopra, LeCun, "Dimensionality reduction by learning an invariant mapping", 2006.
using System.Globalization;
using NetDsl;
using Samples;

const int Pairs = 64, Size = 8;
var (train, test) = DigitImages.Load();
var (network, parameters, gradients, workspace) = (new Siamese(), new Siamese.Parameters(seed: 1), new Siamese.Gradients(), new Siamese.Workspace(Pairs));
var optimizer = new Adam<float>(1e-3);
var (random, byDigit) = (new Random(1), Enumerable.Range(0, train.Count).ToLookup(row => train.Target(row)[0]));
int Draw(int digit) => byDigit[digit].ElementAt(random.Next(byDigit[digit].Count()));

var (left, right, same) = (new float[Pairs * 64], new float[Pairs * 64], new float[Pairs]);
for (var step = 1; step <= 1500; step++)
{
    for (var pair = 0; pair < Pairs; pair++)
    {
        var digit = random.Next(10);
        same[pair] = pair % 2;
        train.Input(Draw(digit)).CopyTo(left.AsSpan(pair * 64));
        train.Input(Draw(pair % 2 == 1 ? digit : (digit + random.Next(1, 10)) % 10)).CopyTo(right.AsSpan(pair * 64));
    }

    network.Forward(parameters, left, right, workspace);
    var loss = network.Loss(workspace, same);
    network.Backward(parameters, left, right, workspace, gradients);
    optimizer.Step(parameters, gradients);
    if (step % 300 == 0)
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {step}: loss {loss:F4}"));
}

// Every test digit beside each of ten examples.
var (asked, examples) = (test.Batch(), train.Select([.. Enumerable.Range(0, 10).Select(digit => byDigit[digit].First())]).Batch().X);
float[][] firsts = [.. asked.X.Chunk(64).SelectMany(digit => Enumerable.Repeat(digit, 10))], seconds = [.. Enumerable.Repeat(examples.Chunk(64), test.Count).SelectMany(ten => ten)];
var (a, b) = (new float[firsts.Length * Size], new float[firsts.Length * Size]);
network.Predict(parameters, [.. firsts.SelectMany(pixel => pixel)], [.. seconds.SelectMany(pixel => pixel)], a, b, new Siamese.Workspace(firsts.Length, training: false));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"test accuracy by the nearest of ten examples: {Nearest(a.Chunk(Size), b.Chunk(Size)):F3} (by pixels {Nearest(firsts, seconds):F3})"));

double Nearest(IEnumerable<float[]> digits, IEnumerable<float[]> examples) =>
    digits.Zip(examples, (p, q) => p.Zip(q, (s, t) => (s - t) * (s - t)).Sum()).Chunk(10).Zip(asked.Labels, (distances, label) => Array.IndexOf(distances, distances.Min()) == label ? 1.0 : 0).Average();

[Network]
public partial class Siamese
{
    [Input(1, 8, 8), Conv(16, 3, Padding = Padding.Same), ReLU, MaxPool(2), Flatten, Dense(64), ReLU, Dense(8)]
    public partial LayerDescription A { get; }

    [Input(1, 8, 8), Shared(nameof(A))]
    public partial LayerDescription B { get; }

    [Contrastive(nameof(A), nameof(B))]
    public partial LayerDescription Same { get; }
}
