using System.Numerics;
using NetDsl.Kernels.Tests.Cases;
using NetDsl.Kernels.Tests.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests;

[Collection(nameof(WorkerPool))]
public sealed class MaxoutTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    public static TheoryData<string> Cases => ReferenceCase.Names("activation_maxout");

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
        var shape = reference.Shape("outputs", "y");
        var pieces = (int)reference.Number("pieces", 0);
        var inner = shape[2..].Aggregate(1, (a, b) => a * b);
        var x = reference.Values<T>("inputs", "x");
        var y = new T[x.Length / pieces];
        Maxout.Forward<T>(x, y, shape[0], shape[1], pieces, inner);
        reference.ShouldAgree<T>(y, "outputs", "y");
        var dx = new T[x.Length];
        Maxout.Backward<T>(x, reference.Values<T>("grad_output", "y"), dx, shape[0], shape[1], pieces, inner);
        reference.ShouldAgree<T>(dx, "grads", "x");
    }

    [Fact]
    public void EveryLengthIsRight()
    {
        for (var length = 0; length <= 70; length++)
        {
            CheckNaive<float>(2, length, 3, 1);
            CheckNaive<double>(2, length, 2, 1);
            CheckNaive<float>(2, 3, 2, length);
            CheckNaive<double>(2, 3, 4, length);
        }
        CheckNaive<float>(5, 3, 1, 7);
        CheckNaive<float>(401, 211, 2, 1);
        CheckNaive<double>(31, 9, 3, 211);
    }

    private static void CheckNaive<T>(int outer, int channels, int pieces, int inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Few values, so that many groups have more than one largest piece.
        var x = Samples.Uniform<T>(outer * channels * pieces * inner, inner).Select(value => T.Round(value)).ToArray();
        var dy = Samples.Uniform<T>(outer * channels * inner, pieces);
        var (expected, gradient) = (new T[dy.Length], new T[x.Length]);
        for (var o = 0; o < outer; o++)
        {
            for (var c = 0; c < channels; c++)
            {
                for (var i = 0; i < inner; i++)
                {
                    var at = Enumerable.Range(0, pieces).Select(k => (o * channels * pieces + c * pieces + k) * inner + i).ToArray();
                    var index = (o * channels + c) * inner + i;
                    expected[index] = at.Max(k => x[k]);
                    gradient[at.First(k => x[k] == expected[index])] = dy[index];
                }
            }
        }
        var message = $"{typeof(T).Name} {outer}×{channels}·{pieces}×{inner}";
        var y = new T[dy.Length];
        Maxout.Forward<T>(x, y, outer, channels, pieces, inner);
        y.ShouldBe(expected, message);
        Maxout.Backward<T>(x, dy, x, outer, channels, pieces, inner);
        x.ShouldBe(gradient, message);
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        var (x, dy) = (Samples.Uniform<float>(1001 * 204, 3), Samples.Uniform<float>(1001 * 102, 4));
        float[] Run(int threads)
        {
            WorkerPool.Threads = threads;
            float[] y = new float[dy.Length], dx = new float[x.Length];
            Maxout.Forward<float>(x, y, 1001, 6, 2, 17);
            Maxout.Backward<float>(x, dy, dx, 1001, 6, 2, 17);
            return [.. y, .. dx];
        }
        Run(3).AsSpan().SequenceEqual(Run(1)).ShouldBeTrue();
    }

    [Fact]
    public void NotANumberPassesOnAndKeepsTheGradient()
    {
        float[] x = [1, float.NaN, 2, float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity], y = new float[2], dx = new float[6];
        Maxout.Forward<float>(x, y, 1, 2, 3, 1);
        y.ShouldBe([float.NaN, float.NegativeInfinity]);
        Maxout.Backward<float>(x, [7, 8], dx, 1, 2, 3, 1);
        dx.ShouldBe([7, 0, 0, 8, 0, 0]);
    }

    [Fact]
    public void WrongArgumentsAreNamed()
    {
        Should.Throw<ArgumentException>(() => Maxout.Forward<float>(new float[11], new float[6], 1, 2, 2, 3)).Message.ShouldContain("x has 11 elements, but 6×2 = 12");
        Should.Throw<ArgumentException>(() => Maxout.Backward<float>(new float[12], new float[5], new float[12], 1, 2, 2, 3)).Message.ShouldContain("dy has 5 elements, but 1×2×3 = 6");
        Should.Throw<ArgumentException>(() => Maxout.Backward<float>(new float[12], new float[6], new float[6], 1, 2, 2, 3)).Message.ShouldContain("dx has 6");
        Should.Throw<ArgumentOutOfRangeException>(() => Maxout.Forward<float>(new float[6], new float[6], 1, 2, 0, 3)).Message.ShouldContain("at least 1 piece");
        Should.Throw<ArgumentOutOfRangeException>(() => Maxout.Forward<float>(default, default, 1, -2, 2, 3)).Message.ShouldContain("1×-2×3");
    }

    [Fact]
    public void NothingIsAllocated()
    {
        float[] x = new float[12], y = new float[6];
        long Step()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Maxout.Forward<float>(x, y, 2, 3, 2, 1);
            Maxout.Backward<float>(x, y, x, 2, 3, 2, 1);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Step();
        Step().ShouldBe(0);
    }
}
