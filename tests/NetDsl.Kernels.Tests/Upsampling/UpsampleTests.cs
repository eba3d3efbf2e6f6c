using System.Numerics;
using NetDsl.Kernels.Tests.Simd;
using NetDsl.Kernels.Threading;
using NetDsl.Kernels.Upsampling;

namespace NetDsl.Kernels.Tests.Upsampling;

[Collection(nameof(WorkerPool))]
public sealed class UpsampleTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    [Fact]
    public void KnownValues()
    {
        var y = new float[6];
        Upsample.Nearest<float>([1, 2, 3], y, 1, new(1, 1, 3), new(1, 1, 6));
        y.ShouldBe([1, 1, 2, 2, 3, 3]);
        Upsample.Nearest<float>([1, 2, 3, 4], y, 1, new(1, 1, 4), new(1, 1, 6));
        y.ShouldBe([1, 1, 2, 3, 3, 4]);
        // A factor of 2: quarters from the middle of each pixel, constant beyond the outer middles.
        var image = new float[16];
        Upsample.Bilinear<float>([0, 4, 8, 12], image, 1, new(1, 2, 2), new(1, 4, 4));
        image.ShouldBe([0, 1, 3, 4, 2, 3, 5, 6, 6, 7, 9, 10, 8, 9, 11, 12]);
    }

    [Fact]
    public void EveryShapeIsRight()
    {
        for (var width = 1; width <= 9; width++)
        {
            for (var outputWidth = 1; outputWidth <= 20; outputWidth++)
            {
                Check<float>(2, new(1, 1, width), new(1, 1, outputWidth));
                Check<double>(1, new(1, 3, width), new(1, 7, outputWidth));
                Check<float>(2, new(2, width, 3), new(5, outputWidth, 6));
            }
        }
        Check<float>(3, new(1, 2, 150), new(1, 5, 601));
        Check<float>(40, new(1, 30, 31), new(1, 61, 60));
    }

    /// <summary>Both ways: y = A·x by the definition, and dx = Aᵀ·dy.</summary>
    private static void Check<T>(int planes, PlaneSize size, PlaneSize outputSize)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (count, outputCount) = (size.Depth * size.Height * size.Width, outputSize.Depth * outputSize.Height * outputSize.Width);
        T[] x = Samples.Uniform<T>(planes * count, 1), dy = Samples.Uniform<T>(planes * outputCount, 2), y = new T[dy.Length], dx = new T[x.Length];
        foreach (var bilinear in (bool[])[false, true])
        {
            if (bilinear && (size.Depth > 1 || outputSize.Depth > 1))
                continue;
            var (expected, gradient) = (new double[y.Length], new double[x.Length]);
            for (var i = 0; i < y.Length; i++)
            {
                var (plane, place) = Math.DivRem(i, outputCount);
                foreach (var (d, a) in Read(place / outputSize.Width / outputSize.Height, size.Depth, outputSize.Depth, bilinear))
                {
                    foreach (var (h, b) in Read(place / outputSize.Width % outputSize.Height, size.Height, outputSize.Height, bilinear))
                    {
                        foreach (var (w, c) in Read(place % outputSize.Width, size.Width, outputSize.Width, bilinear))
                        {
                            var source = plane * count + (d * size.Height + h) * size.Width + w;
                            expected[i] += a * b * c * double.CreateTruncating(x[source]);
                            gradient[source] += a * b * c * double.CreateTruncating(dy[i]);
                        }
                    }
                }
            }
            var message = $"{typeof(T).Name} {planes}×{size} → {outputSize}, bilinear {bilinear}";
            if (bilinear)
            {
                Upsample.Bilinear<T>(x, y, planes, size, outputSize);
                Upsample.BilinearBackward<T>(dy, dx, planes, size, outputSize);
            }
            else
            {
                Upsample.Nearest<T>(x, y, planes, size, outputSize);
                Upsample.NearestBackward<T>(dy, dx, planes, size, outputSize);
            }
            Samples.ShouldBeNear<T>(y, expected, message);
            Samples.ShouldBeNear<T>(dx, gradient, message + " dx", 1e-5, 3e-14);
        }
    }

    private static (int Index, double Weight)[] Read(int place, int size, int outputSize, bool linear)
    {
        if (!linear)
            return [((int)Math.Floor(place * (double)size / outputSize + 1e-9), 1)];
        var position = Math.Clamp((place + 0.5) * size / outputSize - 0.5, 0, size - 1);
        var first = Math.Min((int)position, Math.Max(size - 2, 0));
        return size == 1 ? [(0, 1)] : [(first, 1 - (position - first)), (first + 1, position - first)];
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        PlaneSize size = new(1, 30, 31), outputSize = new(1, 61, 60);
        float[] x = Samples.Uniform<float>(40 * 30 * 31, 1), dy = Samples.Uniform<float>(40 * 61 * 60, 2);
        float[] Run(int threads)
        {
            WorkerPool.Threads = threads;
            float[] y = new float[dy.Length], z = new float[dy.Length], dx = new float[x.Length], dz = new float[x.Length];
            Upsample.Nearest<float>(x, y, 40, size, outputSize);
            Upsample.NearestBackward<float>(dy, dx, 40, size, outputSize);
            Upsample.Bilinear<float>(x, z, 40, size, outputSize);
            Upsample.BilinearBackward<float>(dy, dz, 40, size, outputSize);
            return [.. y, .. z, .. dx, .. dz];
        }
        Run(3).AsSpan().SequenceEqual(Run(1)).ShouldBeTrue();
    }

    [Fact]
    public void NothingIsAllocated()
    {
        float[] x = new float[12], y = new float[48];
        PlaneSize size = new(1, 2, 3), outputSize = new(1, 4, 6);
        long Step()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Upsample.Nearest<float>(x, y, 2, size, outputSize);
            Upsample.NearestBackward<float>(y, x, 2, size, outputSize);
            Upsample.Bilinear<float>(x, y, 2, size, outputSize);
            Upsample.BilinearBackward<float>(y, x, 2, size, outputSize);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Step();
        Step().ShouldBe(0);
    }

    [Fact]
    public void WrongInputIsNamed()
    {
        float[] x = new float[12], y = new float[48];
        Should.Throw<ArgumentException>(() => Upsample.Nearest<float>(x, y, 2, new(1, 2, 4), new(1, 4, 6))).Message.ShouldContain("x has 12 elements, but 2×8 = 16");
        Should.Throw<ArgumentOutOfRangeException>(() => Upsample.Nearest<float>(x, y, 2, new(0, 2, 4), new(1, 4, 6))).Message.ShouldContain("size is 0×2×4");
        Should.Throw<ArgumentOutOfRangeException>(() => Upsample.Bilinear<float>(x, y, 1, new(2, 2, 3), new(1, 6, 8))).Message.ShouldContain("no depth");
        Should.Throw<ArgumentOutOfRangeException>(() => Upsample.BilinearBackward<float>(y, x, -1, new(1, 2, 3), new(1, 4, 6))).Message.ShouldContain("-1×1");
    }
}
