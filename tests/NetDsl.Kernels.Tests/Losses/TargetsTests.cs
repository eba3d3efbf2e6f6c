using System.Numerics;
using NetDsl.Kernels.Losses;
using NetDsl.Kernels.Tests.Cases;
using NetDsl.Kernels.Tests.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests.Losses;

[Collection(nameof(WorkerPool))]
public sealed class TargetsTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    public static TheoryData<string> Cases => ReferenceCase.Names("loss_gaussian");

    [Theory]
    [MemberData(nameof(Cases))]
    public void AgreesWithTheReference(string name)
    {
        Check<float>(ReferenceCase.Load(name));
        Check<double>(ReferenceCase.Load(name));
    }

    private static void Check<T>(ReferenceCase reference)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = reference.Shape("outputs", "blurred_target");
        var sigma = reference.Number("sigma", 0);
        var target = new T[shape.Aggregate(1, (a, b) => a * b)];
        switch (reference.Text("function"))
        {
            case "gaussian_labels_cross_entropy":
                Targets.GaussianLabels<T>(reference.Values<int>("inputs", "target"), target, shape[1], sigma);
                break;
            case "gaussian_heatmap_mse":
                Targets.GaussianHeatmap<T>(reference.Values<T>("inputs", "target"), target, shape[2], shape[3], sigma);
                break;
            default:
                Targets.GaussianBlur<T>(reference.Values<T>("inputs", "target"), target, shape[0] * shape[1], shape[2], shape[3], sigma, (int)reference.Number("radius", 0));
                break;
        }
        reference.ShouldAgree<T>(target, "outputs", "blurred_target");
    }

    [Fact]
    public void LabelsOfEveryLengthAreRight()
    {
        for (var classes = 1; classes <= 70; classes++)
        {
            CheckLabels<float>(3, classes, 0.8);
            CheckLabels<double>(3, classes, 5);
        }
        CheckLabels<float>(701, 211, 20);
        CheckLabels<double>(701, 211, 0.01);
        Targets.GaussianLabels<float>(default, default, 5, 1);
    }

    private static void CheckLabels<T>(int rows, int classes, double sigma)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var labels = Enumerable.Range(0, rows).Select(row => row * 7 % classes).ToArray();
        var expected = labels.SelectMany(label =>
        {
            var bell = Enumerable.Range(0, classes).Select(k => Math.Exp(-(k - label) * (k - label) / (2 * sigma * sigma))).ToArray();
            return bell.Select(value => value / bell.Sum());
        }).ToArray();
        var target = new T[rows * classes];
        Targets.GaussianLabels<T>(labels, target, classes, sigma);
        Samples.ShouldBeNear<T>(target, expected, $"{typeof(T).Name} {rows}×{classes}");
    }

    [Fact]
    public void HeatmapsOfEveryLengthAreRight()
    {
        for (var length = 0; length <= 70; length++)
        {
            CheckHeatmap<float>(2, 5, length);
            CheckHeatmap<double>(2, 5, length);
            CheckHeatmap<float>(1, length, 7);
        }
        CheckHeatmap<float>(17, 90, 101);
        CheckHeatmap<double>(17, 90, 101);
    }

    private static void CheckHeatmap<T>(int count, int height, int width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var centres = Samples.Uniform<T>(2 * count, 1, -3, Math.Max(height, width));
        var expected = new double[count * height * width];
        for (var i = 0; i < expected.Length; i++)
        {
            var map = i / (height * width);
            var down = i / width % height - double.CreateTruncating(centres[2 * map]);
            var along = i % width - double.CreateTruncating(centres[2 * map + 1]);
            expected[i] = Math.Exp(-(down * down + along * along) / (2 * 2.5 * 2.5));
        }
        var maps = new T[expected.Length];
        Targets.GaussianHeatmap<T>(centres, maps, height, width, 2.5);
        Samples.ShouldBeNear<T>(maps, expected, $"{typeof(T).Name} {count}×{height}×{width}");
    }

    [Fact]
    public void BlursOfEveryLengthAreRight()
    {
        for (var length = 0; length <= 70; length++)
        {
            CheckBlur<float>(2, 5, length, 1.2, 3);
            CheckBlur<double>(1, length, 3, 4, 9);
        }
        CheckBlur<float>(1, 3, 300, 30, 100);
        CheckBlur<double>(2, 2, 513, 1, 0);
        CheckBlur<float>(5, 101, 301, 0.7, 2);
    }

    private static void CheckBlur<T>(int planes, int height, int width, double sigma, int radius)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var x = Samples.Uniform<T>(planes * height * width, radius);
        var taps = Enumerable.Range(-radius, 2 * radius + 1).Select(d => Math.Exp(-d * d / (2 * sigma * sigma))).ToArray();
        taps = [.. taps.Select(tap => tap / taps.Sum())];
        var down = Convolve([.. x.Select(double.CreateTruncating)], height, width);
        var expected = Convolve(down, width, 1);
        var y = new T[x.Length];
        Targets.GaussianBlur<T>(x, y, planes, height, width, sigma, radius);
        Samples.ShouldBeNear<T>(y, expected, $"{typeof(T).Name} {planes}×{height}×{width}");

        double[] Convolve(double[] values, int length, int stride)
        {
            var result = new double[values.Length];
            for (var i = 0; i < values.Length; i++)
            {
                for (var d = -radius; d <= radius; d++)
                {
                    var place = i / stride % length + d;
                    result[i] += place >= 0 && place < length ? taps[d + radius] * values[i + d * stride] : 0;
                }
            }
            return result;
        }
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        var x = Samples.Uniform<float>(15 * 100 * 101, 1);
        var labels = Enumerable.Range(0, 1500).Select(row => row % 101).ToArray();
        float[] Run(int threads)
        {
            WorkerPool.Threads = threads;
            float[] target = new float[x.Length], maps = new float[x.Length], y = new float[x.Length];
            Targets.GaussianLabels<float>(labels, target, 101, 3);
            Targets.GaussianHeatmap<float>(x.AsSpan(0, 30), maps, 100, 101, 3);
            Targets.GaussianBlur<float>(x, y, 15, 100, 101, 2, 3);
            return [.. target, .. maps, .. y];
        }
        Run(3).AsSpan().SequenceEqual(Run(1)).ShouldBeTrue();
    }

    [Fact]
    public void WrongArgumentsAreNamedBeforeAnythingIsWritten()
    {
        float[] x = new float[12], y = [.. Enumerable.Repeat(7f, 12)];
        Should.Throw<ArgumentOutOfRangeException>(() => Targets.GaussianLabels<float>([0, 4, 1], y, 4, 1)).Message.ShouldContain("Row 1 has label 4, but with 4 classes labels are 0 … 3");
        Should.Throw<ArgumentException>(() => Targets.GaussianLabels<float>([0, 3], y, 4, 1)).Message.ShouldContain("target has 12 elements, but 2×4 = 8");
        Should.Throw<ArgumentException>(() => Targets.GaussianHeatmap<float>(new float[5], y, 2, 3, 1)).Message.ShouldContain("centres has 5 elements, but 2×2 = 4");
        Should.Throw<ArgumentException>(() => Targets.GaussianHeatmap<float>(new float[4], y, 2, 4, 1)).Message.ShouldContain("maps has 12 elements, but 2×2×4 = 16");
        Should.Throw<ArgumentException>(() => Targets.GaussianBlur<float>(x, y.AsSpan(1), 1, 3, 4, 1, 1)).Message.ShouldContain("y has 11 elements");
        Should.Throw<ArgumentException>(() => Targets.GaussianBlur<float>(y, y, 1, 3, 4, 1, 1)).Message.ShouldContain("y overlaps x");
        foreach (var radius in (int[])[-1, 1025])
            Should.Throw<ArgumentOutOfRangeException>(() => Targets.GaussianBlur<float>(x, y, 1, 3, 4, 1, radius)).Message.ShouldContain("from 0 to 1024");
        foreach (var sigma in (double[])[0, -1, double.NaN, double.PositiveInfinity])
        {
            Should.Throw<ArgumentOutOfRangeException>(() => Targets.GaussianLabels<float>([0, 3, 1], y, 4, sigma)).Message.ShouldContain("above 0");
            Should.Throw<ArgumentOutOfRangeException>(() => Targets.GaussianHeatmap<float>(new float[4], y, 2, 3, sigma)).Message.ShouldContain("above 0");
            Should.Throw<ArgumentOutOfRangeException>(() => Targets.GaussianBlur<float>(x, y, 1, 3, 4, sigma, 1)).Message.ShouldContain("above 0");
        }
        y.ShouldAllBe(value => value == 7);
    }

    [Fact]
    public void NothingIsAllocated()
    {
        float[] x = new float[12], y = new float[12];
        int[] labels = [0, 3, 1];
        long Step()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Targets.GaussianLabels<float>(labels, y, 4, 1);
            Targets.GaussianHeatmap<float>(x.AsSpan(0, 4), y, 2, 3, 1);
            Targets.GaussianBlur<float>(x, y, 1, 3, 4, 1, 2);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Step();
        Step().ShouldBe(0);
    }
}
