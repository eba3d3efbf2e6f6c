using System.Numerics;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Tests.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests;

[Collection(nameof(WorkerPool))]
public sealed class ReduceTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    [Fact]
    public void EveryLengthIsRight()
    {
        for (var length = 0; length <= 70; length++)
        {
            Check<float>(3, length);
            Check<double>(3, length);
            Check<float>(length, 5);
            Check<double>(length, 5);
        }
        Check<float>(1, 300_001);
        Check<float>(701, 211);
        Check<double>(5003, 29);
    }

    private static void Check<T>(int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (x, scale) = (Samples.Uniform<T>(rows * columns, rows), Samples.Uniform<T>(rows * columns, columns));
        var (expected, magnitude) = (new double[columns], new double[columns]);
        for (var i = 0; i < x.Length; i++)
        {
            expected[i % columns] += double.CreateTruncating(x[i]) * double.CreateTruncating(scale[i]);
            magnitude[i % columns] += Math.Abs(double.CreateTruncating(x[i]) * double.CreateTruncating(scale[i]));
        }
        var message = $"{typeof(T).Name} {rows}×{columns}";
        var e = new Product<T>(scale, columns);
        ShouldBeWithin(Reduce.Sum<T, Product<T>>(x, rows, columns, e), expected.Sum(), magnitude.Sum(), message);

        var sums = new T[columns];
        Reduce.Columns<T, Product<T>>(x, sums, rows, columns, e, accumulate: false);
        for (var c = 0; c < columns; c++)
            ShouldBeWithin(sums[c], expected[c], magnitude[c], $"{message} [{c}]");
        var twice = sums.ToArray();
        Reduce.Columns<T, Product<T>>(x, twice, rows, columns, e, accumulate: true);
        twice.ShouldBe(sums.Select(sum => sum + sum));
    }

    // Three roundings: of the product, of the sum and of what the test adds up.
    private static void ShouldBeWithin<T>(T sum, double expected, double magnitude, string message)
        where T : INumberBase<T>
        => Math.Abs(double.CreateTruncating(sum) - expected).ShouldBeLessThanOrEqualTo((typeof(T) == typeof(float) ? 1.2e-7 : 1e-13) * magnitude, message);

    [Fact]
    public void EveryChannelIsRight()
    {
        for (var inner = 0; inner <= 70; inner++)
        {
            CheckChannels<float>(3, 4, inner);
            CheckChannels<double>(2, 5, inner);
        }
        CheckChannels<float>(31, 7, 1001);
        CheckChannels<double>(3, 503, 101);
    }

    private static void CheckChannels<T>(int samples, int channels, int inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (x, scale) = (Samples.Uniform<T>(samples * channels * inner, inner), Samples.Uniform<T>(samples * channels * inner, channels));
        var (expected, magnitude) = (new double[channels], new double[channels]);
        for (var i = 0; i < x.Length; i++)
        {
            expected[i / inner % channels] += double.CreateTruncating(x[i]) * double.CreateTruncating(scale[i]);
            magnitude[i / inner % channels] += Math.Abs(double.CreateTruncating(x[i]) * double.CreateTruncating(scale[i]));
        }
        var sums = new T[channels];
        Reduce.Channels<T, Product<T>>(x, sums, samples, channels, inner, new Product<T>(scale, inner), accumulate: false);
        for (var c = 0; c < channels; c++)
            ShouldBeWithin(sums[c], expected[c], magnitude[c], $"{typeof(T).Name} {samples}×{channels}×{inner} [{c}]");
        var twice = sums.ToArray();
        Reduce.Channels<T, Product<T>>(x, twice, samples, channels, inner, new Product<T>(scale, inner), accumulate: true);
        twice.ShouldBe(sums.Select(sum => sum + sum));
    }

    [Fact]
    public void TheErrorDoesNotGrowWithTheRows()
    {
        const int Rows = 1_000_000;
        // 0.1 in float32, of which plain float32 sums lose about one in a thousand here.
        var x = Enumerable.Repeat(0.1f, Rows).ToArray();
        var expected = (float)(Rows * (double)0.1f);
        Reduce.Sum<float, Store<float>>(x, Rows, 1, default).ShouldBe(expected);
        Reduce.Sum<float, Store<float>>(x, 1, Rows, default).ShouldBe(expected);
        var sums = new float[1];
        Reduce.Columns<float, Store<float>>(x, sums, Rows, 1, default, accumulate: false);
        sums[0].ShouldBe(expected);
        Reduce.Channels<float, Store<float>>(x, sums, Rows / 10, 1, 10, default, accumulate: false);
        sums[0].ShouldBe(expected);
    }

    [Fact]
    public void InfinitiesAndNotANumberPass()
    {
        float[] x = [1, 1, 1, 1, float.PositiveInfinity, float.NegativeInfinity, float.NaN, float.PositiveInfinity, 2, 2, 2, float.NegativeInfinity], sums = new float[4];
        Reduce.Columns<float, Store<float>>(x, sums, 3, 4, default, accumulate: false);
        sums.ShouldBe([float.PositiveInfinity, float.NegativeInfinity, float.NaN, float.NaN]);
        Reduce.Sum<float, Store<float>>([1, float.NegativeInfinity], 1, 2, default).ShouldBe(float.NegativeInfinity);
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        var (x, scale) = (Samples.Uniform<float>(300 * 1001, 3), Samples.Uniform<float>(300 * 1001, 4));
        float[] Run(int threads)
        {
            WorkerPool.Threads = threads;
            float[] columns = new float[1001], channels = new float[25];
            Reduce.Columns<float, Product<float>>(x, columns, 300, 1001, new Product<float>(scale, 1001), accumulate: false);
            Reduce.Channels<float, Product<float>>(x, channels, 12, 25, 1001, new Product<float>(scale, 1001), accumulate: false);
            return
            [
                Reduce.Sum<float, Product<float>>(x, 300, 1001, new Product<float>(scale, 1001)),
                Reduce.Sum<float, Product<float>>(x, 1, 300 * 1001, new Product<float>(scale, 300 * 1001)),
                .. columns,
                .. channels,
            ];
        }
        Run(3).AsSpan().SequenceEqual(Run(1)).ShouldBeTrue();
    }

    [Fact]
    public void WrongLengthsAreNamed()
    {
        Should.Throw<ArgumentException>(() => Reduce.Sum<float, Store<float>>(new float[5], 2, 3, default)).Message.ShouldContain("x has 5 elements, but 2×3 = 6");
        Should.Throw<ArgumentException>(() => Reduce.Columns<float, Store<float>>(new float[6], new float[2], 2, 3, default, false)).Message.ShouldContain("sums has 2");
        Should.Throw<ArgumentException>(() => Reduce.Channels<float, Store<float>>(new float[6], new float[2], 1, 2, 4, default, false)).Message.ShouldContain("x has 6 elements, but 1×2×4 = 8");
        Should.Throw<ArgumentException>(() => Reduce.Channels<float, Store<float>>(new float[8], new float[1], 1, 2, 4, default, false)).Message.ShouldContain("sums has 1");
        Should.Throw<ArgumentOutOfRangeException>(() => Reduce.Sum<float, Store<float>>(default, -1, 3, default)).Message.ShouldContain("-1×3");
    }

    [Fact]
    public void NothingIsAllocated()
    {
        float[] x = new float[12], sums = new float[3];
        long Step()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Reduce.Sum<float, Store<float>>(x, 3, 4, default);
            Reduce.Columns<float, Store<float>>(x, sums, 4, 3, default, accumulate: true);
            Reduce.Channels<float, Store<float>>(x, sums, 2, 3, 2, default, accumulate: true);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Step();
        Step().ShouldBe(0);
    }

    /// <summary>value·scale[row, column].</summary>
    private readonly ref struct Product<T>(ReadOnlySpan<T> scale, int columns) : IEpilogue<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _scale = scale;
        private readonly int _columns = columns;

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, T>
            => value * V.Load(_scale, row * _columns + column);
    }
}
