using System.Numerics;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests;

[Collection(nameof(WorkerPool))]
public sealed class LinearUpsamplingTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    // torch.nn.functional.interpolate of PyTorch 1.13.1, scale_factor=(3, 2), mode='bilinear'; dy[i] = i % 7 - 3.
    [Fact]
    public void AnImageIsInterpolatedAsPyTorchDoes()
    {
        double[] x = [1, 4, -2, 0, 3, 5];
        double[] dy = [.. Enumerable.Range(0, 36).Select(i => i % 7 - 3.0)];
        double[] y = new double[36], dx = new double[6];
        LinearUpsampling.Forward<double, Image, Store<double>>(x, y, 1, default);
        ShouldBe(y,
        [
            1, 1.75, 3.25, 2.5, -0.5, -2, 1, 1.75, 3.25, 2.5, -0.5, -2,
            2 / 3.0, 17 / 12.0, 35 / 12.0, 17 / 6.0, 7 / 6.0, 1 / 3.0, 1 / 3.0, 13 / 12.0, 31 / 12.0, 19 / 6.0, 17 / 6.0, 8 / 3.0,
            0, 0.75, 2.25, 3.5, 4.5, 5, 0, 0.75, 2.25, 3.5, 4.5, 5,
        ], 1e-15);
        LinearUpsampling.BackwardInput<double, Image, Store<double>>(dy, dx, 1, default);
        ShouldBe(dx, [-13 / 12.0, -37 / 6.0, 19 / 12.0, 23 / 6.0, 31 / 6.0, -19 / 3.0], 1e-14);

        LinearUpsampling.Forward<double, Corners, Store<double>>(x, y, 1, default);
        ShouldBe(y,
        [
            1, 2.2, 3.4, 2.8, 0.4, -2, 0.8, 2, 3.2, 2.92, 1.16, -0.6, 0.6, 1.8, 3, 3.04, 1.92, 0.8,
            0.4, 1.6, 2.8, 3.16, 2.68, 2.2, 0.2, 1.4, 2.6, 3.28, 3.44, 3.6, 0, 1.2, 2.4, 3.4, 4.2, 5,
        ], 1e-14);
        LinearUpsampling.BackwardInput<double, Corners, Store<double>>(dy, dx, 1, default);
        ShouldBe(dx, [-0.52, -5.36, 0.88, 3.12, 4.16, -5.28], 1e-14);
    }

    [Fact]
    public void EveryRankAndPrecisionIsRight()
    {
        var random = new Random(4);
        for (var i = 0; i < 120; i++)
        {
            int[] sizes = [i % 3 == 0 ? random.Next(1, 4) : 1, i % 3 < 2 ? random.Next(1, 8) : 1, random.Next(1, 45)];
            int[] factors = [i % 3 == 0 ? random.Next(1, 4) : 1, i % 3 < 2 ? random.Next(1, 4) : 1, random.Next(1, 5)];
            Check<double>(random.Next(1, 4), random.Next(1, 4), sizes, factors, random.Next(2) == 0, 1e-14);
            Check<float>(random.Next(1, 4), random.Next(1, 4), sizes, factors, random.Next(2) == 0, 1e-6);
        }
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        var map = Make<float>(7, [2, 33, 41], [1, 2, 3], alignCorners: false);
        var x = Reference.Uniform<float>(5 * 7 * 2 * 33 * 41, 1);
        var runs = new[] { 1, 2, 3, 5 }.Select(threads =>
        {
            WorkerPool.Threads = threads;
            float[] y = new float[6 * x.Length], dx = new float[x.Length];
            map.Run(x, "x", y, "y", 5, default(Store<float>));
            map.Transposed().Run(y, "dy", dx, "dx", 5, default(Store<float>));
            return (float[])[.. y, .. dx];
        }).ToList();
        foreach (var run in runs.Skip(1))
            run.ShouldBe(runs[0]);
    }

    [Fact]
    public void WhatDoesNotFitIsRejected()
    {
        Should.Throw<ArgumentException>(() => LinearUpsampling.Forward<float, Image, Store<float>>(new float[7], new float[36], 1, default)).Message.ShouldStartWith("x has 7 elements, but 1×1");
        Should.Throw<ArgumentException>(() => LinearUpsampling.BackwardInput<float, Image, Store<float>>(new float[36], new float[7], 1, default)).Message.ShouldStartWith("dx has 7 elements");
        Should.Throw<ArgumentException>(() => AxisMap<float>.Interpolate(0, 2, false)).Message.ShouldContain("the input has 0 elements");
    }

    private static Resampling<T> Make<T>(int channels, int[] sizes, int[] factors, bool alignCorners)
        where T : unmanaged
    {
        AxisMap<T>[] axes = [.. sizes.Zip(factors, (size, factor) => AxisMap<T>.Interpolate(size, factor, alignCorners))];
        return new(channels, axes[0], axes[1], axes[2]);
    }

    // Against the hat function around each position, in double.
    private static void Check<T>(int samples, int channels, int[] sizes, int[] factors, bool alignCorners, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (size, results) = (sizes.Aggregate(1, (a, b) => a * b), sizes.Zip(factors, (a, b) => a * b).Aggregate(1, (a, b) => a * b));
        List<(int Result, int Source, double Share)> shares = [(0, 0, 1)];
        for (var axis = 0; axis < 3; axis++)
        {
            var (n, factor) = (sizes[axis], factors[axis]);
            shares = [.. from share in shares
                from i in Enumerable.Range(0, n * factor)
                let position = alignCorners ? i * (n - 1.0) / Math.Max(1, n * factor - 1) : Math.Clamp((i + 0.5) / factor - 0.5, 0, n - 1)
                from k in Enumerable.Range(0, n)
                where Math.Abs(position - k) < 1
                select (share.Result * n * factor + i, share.Source * n + k, share.Share * (1 - Math.Abs(position - k)))];
        }

        var map = Make<T>(channels, sizes, factors, alignCorners);
        var units = samples * channels;
        T[] x = Reference.Uniform<T>(units * size, 1), dy = Reference.Uniform<T>(units * results, 2), y = new T[dy.Length], dx = new T[x.Length];
        double[] expectedY = new double[y.Length], expectedDx = new double[dx.Length];
        for (var unit = 0; unit < units; unit++)
        {
            foreach (var (result, source, share) in shares)
            {
                expectedY[unit * results + result] += share * double.CreateChecked(x[unit * size + source]);
                expectedDx[unit * size + source] += share * double.CreateChecked(dy[unit * results + result]);
            }
        }

        var visits = new int[y.Length];
        map.Run(x, "x", y, "y", samples, new Visits<T>(visits, results));
        visits.ShouldAllBe(count => count == 1);
        var positions = Enumerable.Range(0, y.Length).Select(i => 1000.0 * (i / results) + i % results);
        ShouldBe(y, [.. expectedY.Zip(positions, (value, position) => value + position)], 10_000 * tolerance);
        map.Run(x, "x", y, "y", samples, default(Store<T>));
        ShouldBe(y, expectedY, tolerance);
        map.Transposed().Run(dy, "dy", dx, "dx", samples, default(Store<T>));
        ShouldBe(dx, expectedDx, 20 * tolerance);
    }

    private static void ShouldBe<T>(T[] actual, double[] expected, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < actual.Length; i++)
            double.CreateChecked(actual[i]).ShouldBe(expected[i], tolerance);
    }

    private readonly struct Image : IUpsamplingShape
    {
        public static int Channels => 1;

        public static int Height => 2;

        public static int Width => 3;

        public static int FactorHeight => 3;

        public static int FactorWidth => 2;
    }

    private readonly struct Corners : IUpsamplingShape
    {
        public static int Channels => 1;

        public static int Height => 2;

        public static int Width => 3;

        public static int FactorHeight => 3;

        public static int FactorWidth => 2;

        public static bool AlignCorners => true;
    }
}
