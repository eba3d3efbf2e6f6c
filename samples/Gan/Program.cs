// Two networks against each other: one draws digits from noise, the other tells them from real ones, and each learns from the other.
// Goodfellow et al., "Generative adversarial nets", 2014.
using System.Globalization;
using NetDsl;
using Samples;

const int Batch = 64, Noise = 16;
var (train, test) = DigitImages.Load();
var (painter, p, dp, pSpace) = (new Painter(), new Painter.Parameters(seed: 1), new Painter.Gradients(), new Painter.Workspace(Batch));
var (critic, c, dc, cSpace) = (new Critic(), new Critic.Parameters(seed: 2), new Critic.Gradients(), new Critic.Workspace(Batch));
var (pAdam, cAdam) = (new Adam<float>(1e-3, beta1: 0.5), new Adam<float>(1e-3, beta1: 0.5));
var random = new Random(1);
var (real, labels, noise, dx) = (new float[Batch * 64], new int[Batch], new float[Batch * Noise], new float[Batch * 64]);
float[] yes = [.. Enumerable.Repeat(0.9f, Batch)], no = new float[Batch], wished = [.. Enumerable.Repeat(1f, Batch)];

for (var step = 1; step <= 6000; step++)
{
    // The critic: real digits, then painted ones, whose gradients are added.
    train.Gather([.. Enumerable.Range(0, Batch).Select(_ => random.Next(train.Count))], real, labels);
    critic.Forward(c, real, cSpace);
    var loss = critic.Loss(cSpace, yes);
    critic.Backward(c, real, cSpace, dc);
    Paint();
    critic.Forward(c, pSpace.LossInput, cSpace);
    loss += critic.Loss(cSpace, no);
    critic.Backward(c, pSpace.LossInput, cSpace, dc, accumulate: true);
    cAdam.Step(c, dc);

    // The painter: what would make the critic take its pictures for real ones? Only the gradient of the pictures is asked for.
    critic.Forward(c, pSpace.LossInput, cSpace);
    var fooled = critic.Loss(cSpace, wished);
    critic.BackwardInput(c, cSpace, dx);
    painter.OutputGradient(pSpace, dx);
    painter.Backward(p, noise, pSpace, dp);
    pAdam.Step(p, dp);
    if (step % 1000 == 0)
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {step}: loss of the critic {loss:F3}, of the painter {fooled:F3}"));
}

// A reader of real digits says how clear the pictures are, and how many different ones there are.
var reader = new Trainer<float, int>(new Reader(), new Reader.Parameters(seed: 1), new Adam<float>(2e-3));
reader.Fit(train, new() { Epochs = 20, BatchSize = 32, Seed = 1 });
var pictures = Enumerable.Range(0, 10).SelectMany(_ => { Paint(); return pSpace.LossInput.ToArray(); }).ToArray();
var read = reader.Predict(pictures).Chunk(10).Select(row => (Digit: Array.IndexOf(row, row.Max()), Sure: row.Max())).ToList();
DigitImages.Save("painted", pictures.AsSpan(0, 64 * 64), columns: 16);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"painted digits: {read.Average(answer => answer.Sure):F2} sure on average (of real ones {reader.Predict(test.Batch().X).Chunk(10).Average(row => row.Max()):F2}), {read.GroupBy(answer => answer.Digit).Count(digit => digit.Count() >= read.Count / 50)} of 10 digits"));

void Paint()
{
    for (var i = 0; i < noise.Length; i++)
        noise[i] = 2 * random.NextSingle() - 1;
    painter.Forward(p, noise, pSpace);
}

[Network, Input(16)]
[Dense(128), ReLU]
[Dense(128), ReLU]
[Dense(64), Sigmoid]
public partial class Painter;

[Network, Input(64)]
[Dense(128), LeakyReLU(0.2), Dropout(0.3)]
[Dense(64), LeakyReLU(0.2), Dropout(0.3)]
[Dense(1), Sigmoid, BinaryCrossEntropy]
public partial class Critic;

[Network, Input(64)]
[Dense(128), ReLU, Dropout(0.3)]
[Dense(10), SoftmaxCrossEntropy]
public partial class Reader;
