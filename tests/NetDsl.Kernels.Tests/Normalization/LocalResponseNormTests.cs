using System.Numerics;
using NetDsl.Kernels.Normalization;
using NetDsl.Kernels.Tests.Cases;
using NetDsl.Kernels.Tests.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests.Normalization;

[Collection(nameof(WorkerPool))]
public sealed class LocalResponseNormTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    public static TheoryData<string> Cases => ReferenceCase.Names("layer_lrn");

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
        var shape = reference.Shape("inputs", "x");
        var (samples, channels, inner) = (shape[0], shape[1], shape[2..].Aggregate(1, (a, b) => a * b));
        var size = (int)reference.Number("size", 0);
        var alpha = reference.Number("alpha", 0) / (reference.Flag("alpha_over_size") ? size : 1);
        var beta = reference.Number("beta", 0);
        T[] x = reference.Values<T>("inputs", "x"), y = new T[x.Length], scale = new T[x.Length], dx = new T[x.Length];
        LocalResponseNorm.Forward<T, Store<T>>(x, y, scale, samples, channels, inner, size, alpha, beta, reference.Number("k", 0), default);
        LocalResponseNorm.Backward<T, Store<T>>(reference.Values<T>("grad_output", "y"), x, scale, dx, scale, samples, channels, inner, size, alpha, beta, default);
        reference.ShouldAgree<T>(y, "outputs", "y");
        reference.ShouldAgree<T>(dx, "grads", "x");
    }

    [Fact]
    public void EveryShapeIsRight()
    {
        for (var inner = 1; inner <= 34; inner++)
        {
            for (var size = 1; size <= 6; size++)
            {
                CheckNaive<float>(2, 5, inner, size, 0.75);
                CheckNaive<double>(1, 4, inner, size, 0.6);
            }
        }
        CheckNaive<float>(3, 33, 1, 5, 0.75);
        CheckNaive<float>(2, 3, 4, int.MaxValue, 0.75);
        CheckNaive<float>(40, 9, 401, 4, 0.75);
    }

    private static void CheckNaive<T>(int samples, int channels, int inner, int size, double beta)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const double Alpha = 0.3;
        const double K = 1.5;
        var (count, columns) = (samples * channels * inner, inner == 1 ? channels : inner);
        T[] x = Samples.Uniform<T>(count, inner), dy = Samples.Uniform<T>(count, size), factor = Samples.Uniform<T>(count, 3), y = new T[count], scale = new T[count], scratch = new T[count];
        double[] s = new double[count], expectedY = new double[count], expectedDx = new double[count];
        int Channel(int k) => k / inner % channels;
        IEnumerable<int> Neighbours(int k) =>
            from j in Enumerable.Range(0, channels)
            where j >= (long)Channel(k) - size / 2 && j <= (long)Channel(k) + (size - 1) / 2
            select k + (j - Channel(k)) * inner;
        for (var k = 0; k < count; k++)
        {
            s[k] = K + Alpha * Neighbours(k).Sum(j => double.CreateTruncating(x[j]) * double.CreateTruncating(x[j]));
            expectedY[k] = double.CreateTruncating(x[k]) * Math.Pow(s[k], -beta) * double.CreateTruncating(factor[k]);
        }
        for (var k = 0; k < count; k++)
        {
            expectedDx[k] += double.CreateTruncating(dy[k]) * Math.Pow(s[k], -beta);
            foreach (var j in Neighbours(k))
                expectedDx[j] -= 2 * Alpha * beta * double.CreateTruncating(dy[k]) * double.CreateTruncating(x[k]) * Math.Pow(s[k], -beta - 1) * double.CreateTruncating(x[j]);
        }
        for (var k = 0; k < count; k++)
            expectedDx[k] *= double.CreateTruncating(factor[k]);

        var message = $"{typeof(T).Name} {samples}×{channels}×{inner}, window {size}";
        LocalResponseNorm.Forward<T, Times<T>>(x, y, scale, samples, channels, inner, size, Alpha, beta, K, new(factor, columns));
        Samples.ShouldBeNear<T>(y, expectedY, message + " y");
        Samples.ShouldBeNear<T>(scale, s, message + " s");
        LocalResponseNorm.Backward<T, Times<T>>(dy, x, scale, dy, scratch, samples, channels, inner, size, Alpha, beta, new(factor, columns));
        Samples.ShouldBeNear<T>(dy, expectedDx, message + " dx", 5e-6, 2e-14);
        Samples.ShouldBeNear<T>(scale, s, message + " s after the backward pass");
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        float[] x = Samples.Uniform<float>(40 * 9 * 401, 1), dy = Samples.Uniform<float>(x.Length, 2);
        float[] Run(int threads)
        {
            WorkerPool.Threads = threads;
            float[] y = new float[x.Length], scale = new float[x.Length], dx = new float[x.Length];
            LocalResponseNorm.Forward<float, Store<float>>(x, y, scale, 40, 9, 401, 5, 0.1, 0.75, 2, default);
            LocalResponseNorm.Backward<float, Store<float>>(dy, x, scale, dx, scale, 40, 9, 401, 5, 0.1, 0.75, default);
            return [.. y, .. dx];
        }
        Run(3).AsSpan().SequenceEqual(Run(1)).ShouldBeTrue();
    }

    [Fact]
    public void NothingIsAllocated()
    {
        float[] x = Samples.Uniform<float>(24, 1), y = new float[24], scale = new float[24], dx = new float[24];
        long Step()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            LocalResponseNorm.Forward<float, Store<float>>(x, y, scale, 2, 3, 4, 5, 0.1, 0.75, 2, default);
            LocalResponseNorm.Backward<float, Store<float>>(y, x, scale, dx, scale, 2, 3, 4, 5, 0.1, 0.75, default);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Step();
        Step().ShouldBe(0);
    }

    [Fact]
    public void WrongInputIsNamed()
    {
        float[] x = new float[12], y = new float[12];
        Should.Throw<ArgumentOutOfRangeException>(() => LocalResponseNorm.Forward<float, Store<float>>(x, y, default, 1, 3, 4, 0, 1, 1, 1, default)).Message.ShouldContain("at least 1 channel");
        Should.Throw<ArgumentException>(() => LocalResponseNorm.Forward<float, Store<float>>(x, y, new float[3], 1, 3, 4, 5, 1, 1, 1, default)).Message.ShouldContain("scale has 3");
        Should.Throw<ArgumentException>(() => LocalResponseNorm.Backward<float, Store<float>>(x, x, y, y, new float[3], 1, 3, 4, 5, 1, 1, default)).Message.ShouldContain("scratch has 3");
    }
}
