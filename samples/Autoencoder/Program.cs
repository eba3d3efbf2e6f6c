// Eight numbers for a digit of 64 pixels: what a network that reconstructs its input loses, beside the best linear map of the same size.
// Hinton, Salakhutdinov, "Reducing the dimensionality of data with neural networks", 2006.
using System.Globalization;
using NetDsl;
using Samples;

const int Code = 8;
var (train, test) = DigitImages.Load();
var (x, y) = (train.Batch().X, test.Batch().X);
var trainer = new Trainer<float, float>(new Autoencoder(), new Autoencoder.Parameters(seed: 1), new Adam<float>(2e-3));
trainer.Fit(new(x, x, inputSize: 64, targetSize: 64), new() { Epochs = 150, BatchSize = 32, Seed = 1 });

var (reconstructed, linear) = (trainer.Predict(y), PrincipalComponents(x, y));
DigitImages.Save("reconstructed", [.. new[] { y, reconstructed, linear }.SelectMany(images => images[..(16 * 64)])], columns: 16);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mean squared error of test digits from {Code} numbers: {Error(reconstructed):F4} (principal components {Error(linear):F4})"));

double Error(float[] images) => y.Zip(images, (pixel, other) => (pixel - other) * (double)(pixel - other)).Average();

// Power iteration: the direction in which the rows still vary most, taken off them again, once for each component.
static float[] PrincipalComponents(float[] known, float[] asked)
{
    var mean = Enumerable.Range(0, 64).Select(column => known.Chunk(64).Average(row => row[column])).ToArray();
    float[][] Centred(float[] images) => [.. images.Chunk(64).Select(row => row.Select((pixel, column) => pixel - mean[column]).ToArray())];
    var (rows, rest) = (Centred(known), Centred(asked));
    for (var component = 0; component < Code; component++)
    {
        var direction = Enumerable.Range(1, 64).Select(i => 1f / i).ToArray();
        for (var iteration = 0; iteration < 50; iteration++)
        {
            var next = new float[64];
            foreach (var row in rows)
                Add(next, row, Dot(row, direction));
            var length = MathF.Sqrt(Dot(next, next));
            direction = [.. next.Select(element => element / length)];
        }

        foreach (var row in rows.Concat(rest))
            Add(row, direction, -Dot(row, direction));
    }

    return [.. asked.Chunk(64).Zip(rest, (row, lost) => row.Zip(lost, (pixel, part) => pixel - part)).SelectMany(row => row)];

    static float Dot(float[] a, float[] b) => a.Zip(b, (p, q) => p * q).Sum();

    static void Add(float[] to, float[] row, float factor)
    {
        for (var i = 0; i < to.Length; i++)
            to[i] += factor * row[i];
    }
}

[Network, Input(64)]
[Dense(96), ReLU]
[Dense(8, Name = "code")]
[Dense(96), ReLU]
[Dense(64), Sigmoid, MeanSquaredError]
public partial class Autoencoder;
