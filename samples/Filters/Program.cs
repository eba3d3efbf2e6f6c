// The filters that have a name, on a picture: writes what went in and what each filter makes of it as PNG files.
using System.Diagnostics;
using System.Globalization;
using NetDsl;

const int Size = 256;
var folder = args.Length > 0 ? args[0] : "pictures";
Directory.CreateDirectory(folder);

// A ball over stripes that get narrower, beside a square.
var picture = new float[Size * Size];
for (var i = 0; i < picture.Length; i++)
{
    var (x, y) = (i % Size, i / Size);
    var (fromBall, stripes) = (Math.Sqrt(Math.Pow(x - 90, 2) + Math.Pow(y - 100, 2)), 0.5 + 0.3 * Math.Sin(y * y / 700.0));
    picture[i] = (float)(fromBall < 60 ? 1 - Math.Pow(fromBall / 60, 2) * 0.8 : x is > 170 and < 230 && y is > 30 and < 90 ? 0.95 : stripes);
}

Save("picture", picture, Size, Size);
var seconds = Show(new Small(), ["sobel-x", "sobel-y", "sobel-down", "sobel-up", "prewitt-x", "prewitt-y", "scharr-x", "scharr-y", "laplacian-4", "laplacian-8", "sharpen", "emboss", "box"])
    + Show(new Blurs(), ["gaussian", "laplacian-of-gaussian"])
    + Show(new Waves(), ["gabor-0", "gabor-45", "gabor-90", "gabor-135"])
    + Show(new Own(), ["own"]);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Directory.GetFiles(folder, "*.png").Length} pictures in {folder}; 20 filters over {Size}×{Size} pixels: {1000 * seconds:F2} ms"));

// Returns the seconds of the fastest of some runs.
double Show(INetwork<float> network, string[] names)
{
    var (parameters, workspace, shape) = (network.CreateParameters(seed: 0), network.CreateWorkspace(1, training: false), network.Description.OutputShape);
    var y = new float[network.Description.OutputSize];
    var seconds = Enumerable.Range(0, 20).Min(_ =>
    {
        var start = Stopwatch.GetTimestamp();
        network.Predict(parameters, picture, y, workspace);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    });
    for (var i = 0; i < names.Length; i++)
        Save(names[i], y.AsSpan(i * shape[1] * shape[2], shape[1] * shape[2]), shape[1], shape[2]);
    return seconds;
}

// What has both signs is shown around a middle grey.
void Save(string name, ReadOnlySpan<float> values, int height, int width)
{
    var shown = values.ToArray();
    var (low, largest) = (shown.Min(), shown.Max(Math.Abs));
    ImageFile.SavePng<float>(Path.Combine(folder, name + ".png"), Array.ConvertAll(shown, value => low < 0 ? 0.5f + value / (2 * largest) : value / largest), 1, height, width);
}

[Network, Input(1, 256, 256), Filter(Filter.SobelX, Filter.SobelY, Filter.SobelDown, Filter.SobelUp, Filter.PrewittX, Filter.PrewittY, Filter.ScharrX, Filter.ScharrY, Filter.Laplacian4, Filter.Laplacian8, Filter.Sharpen, Filter.Emboss, Filter.Box), SquaredError]
public partial class Small;

[Network, Input(1, 256, 256), Filter(Filter.Gaussian, Filter.LaplacianOfGaussian, Sigma = 2), SquaredError]
public partial class Blurs;

[Network, Input(1, 256, 256), Filter(Filter.Gabor, Wavelength = 8, Orientation = new[] { 0, 45, 90, 135 }), SquaredError]
public partial class Waves;

[Network, Input(1, 256, 256), Filter(Size = 3, Weights = new double[] { 0, 0, 0, -1, 2, -1, 0, 0, 0 }), SquaredError]
public partial class Own;
