// What do the hidden units of a network look for? Climb from a grey image along the input's gradient and see where each of them gets.
// Erhan, Bengio, Courville, Vincent, "Visualizing higher-layer features of a deep network", 2009.
using System.Globalization;
using NetDsl;
using Samples;

const int Units = 32;
var (train, test) = DigitImages.Load();
var trained = new DigitsNet.Parameters(seed: 1);
new Trainer<float, int>(new DigitsNet(), trained, new Adam<float>(2e-3)).Fit(train, new() { Epochs = 30, BatchSize = 32, Seed = 1 });

// The network without its last layer, and one image for each unit.
var (network, parameters, workspace) = (new HiddenNet(), new HiddenNet.Parameters(), new HiddenNet.Workspace(Units));
parameters.CopyMatching(trained);
var (x, dx, dy) = (new float[Units * 64], new float[Units * 64], new float[Units * Units]);
Array.Fill(x, 0.5f);
for (var unit = 0; unit < Units; unit++)
    dy[unit * Units + unit] = 1;
for (var step = 0; step < 200; step++)
{
    network.Forward(parameters, x, workspace);
    network.OutputGradient(workspace, dy);
    network.BackwardInput(parameters, workspace, dx);
    for (var i = 0; i < x.Length; i++)
        x[i] = Math.Clamp(x[i] + 0.02f * dx[i], 0, 1);
}

var (digits, _) = test.Batch();
var (best, real) = (Answers(x), Answers(digits).Chunk(Units).ToList());
var largest = Enumerable.Range(0, Units).Select(unit => real.Max(row => row[unit])).ToList();
var ratio = Enumerable.Range(0, Units).Average(unit => best[unit * Units + unit] / largest[unit]);
DigitImages.Save("units", x, columns: 8);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"units excite: their image {ratio:F1} times as much as the digit they like best of {test.Count}"));

float[] Answers(float[] images)
{
    var y = new float[images.Length / 64 * Units];
    network.Predict(parameters, images, y, new HiddenNet.Workspace(images.Length / 64, training: false));
    return y;
}

[Network, Input(64)]
[Dense(64, Name = "first"), Tanh]
[Dense(32, Name = "second"), Tanh]
[Dense(10), SoftmaxCrossEntropy]
public partial class DigitsNet;

[Network, Input(64)]
[Dense(64, Name = "first"), Tanh]
[Dense(32, Name = "second")]
public partial class HiddenNet;
