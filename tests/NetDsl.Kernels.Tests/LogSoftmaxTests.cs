using System.Numerics;
using NetDsl.Kernels.Tests.Cases;
using NetDsl.Kernels.Tests.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests;

[Collection(nameof(WorkerPool))]
public sealed class LogSoftmaxTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    public static TheoryData<string> Cases => ReferenceCase.Names("activation_log_softmax");

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
        var axis = (int)reference.Number("axis", 1);
        var outer = shape[..axis].Aggregate(1, (a, b) => a * b);
        var inner = shape[(axis + 1)..].Aggregate(1, (a, b) => a * b);
        var x = reference.Values<T>("inputs", "x");
        var y = new T[x.Length];
        LogSoftmax.Forward<T>(x, y, outer, shape[axis], inner);
        reference.ShouldAgree<T>(y, "outputs", "y");
        var dx = new T[x.Length];
        LogSoftmax.Backward<T>(y, reference.Values<T>("grad_output", "y"), dx, outer, shape[axis], inner);
        reference.ShouldAgree<T>(dx, "grads", "x");
    }

    [Fact]
    public void EveryLengthIsRight()
    {
        for (var length = 0; length <= 70; length++)
        {
            CheckNaive<float>(2, length, 1);
            CheckNaive<double>(2, length, 1);
            CheckNaive<float>(2, 3, length);
            CheckNaive<double>(2, 3, length);
        }
        CheckNaive<float>(701, 211, 1);
        CheckNaive<double>(77, 9, 211);
    }

    private static void CheckNaive<T>(int outer, int axis, int inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var x = Samples.Uniform<T>(outer * axis * inner, axis + inner);
        var dy = Samples.Uniform<T>(x.Length, axis);
        var (expected, gradient) = (new double[x.Length], new double[x.Length]);
        for (var o = 0; o < outer; o++)
        {
            for (var i = 0; i < inner; i++)
            {
                var at = Enumerable.Range(0, axis).Select(a => (o * axis + a) * inner + i).ToArray();
                var norm = at.Sum(k => Math.Exp(double.CreateTruncating(x[k])));
                var sum = at.Sum(k => double.CreateTruncating(dy[k]));
                foreach (var k in at)
                {
                    expected[k] = double.CreateTruncating(x[k]) - Math.Log(norm);
                    gradient[k] = double.CreateTruncating(dy[k]) - Math.Exp(double.CreateTruncating(x[k])) / norm * sum;
                }
            }
        }
        var message = $"{typeof(T).Name} {outer}×{axis}×{inner}";
        LogSoftmax.Forward<T>(x, x, outer, axis, inner);
        Samples.ShouldBeNear<T>(x, expected, message);
        LogSoftmax.Backward<T>(x, dy, dy, outer, axis, inner);
        Samples.ShouldBeNear<T>(dy, gradient, message);
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        var (rows, dy) = (Samples.Uniform<float>(1001 * 203, 3), Samples.Uniform<float>(1001 * 203, 4));
        float[] Run(int threads)
        {
            WorkerPool.Threads = threads;
            float[] y = new float[rows.Length], dx = new float[rows.Length];
            LogSoftmax.Forward<float>(rows, y, 1001, 203, 1);
            LogSoftmax.Backward<float>(y, dy, dx, 1001, 7, 29);
            return [.. y, .. dx];
        }
        Run(3).AsSpan().SequenceEqual(Run(1)).ShouldBeTrue();
    }

    [Fact]
    public void ImprobableEntriesStayFinite()
    {
        var y = new float[4];
        LogSoftmax.Forward<float>([1e30f, float.NegativeInfinity, 1e30f, -1e30f], y, 1, 4, 1);
        y.ShouldBe([-MathF.Log(2), float.NegativeInfinity, -MathF.Log(2), -2e30f]);
        LogSoftmax.Forward<float>([1, float.NaN, 1, 1], y, 1, 4, 1);
        y.ShouldAllBe(value => float.IsNaN(value));
    }

    [Fact]
    public void AWrongLengthIsNamed()
    {
        Should.Throw<ArgumentException>(() => LogSoftmax.Forward<float>(new float[5], new float[6], 1, 2, 3)).Message.ShouldContain("x has 5 elements, but 1×2×3 = 6");
        Should.Throw<ArgumentException>(() => LogSoftmax.Backward<float>(new float[6], new float[6], new float[7], 1, 2, 3)).Message.ShouldContain("dx has 7");
        Should.Throw<ArgumentOutOfRangeException>(() => LogSoftmax.Forward<float>(default, default, 1, -2, 3)).Message.ShouldContain("1×-2×3");
        // 2^16·2^16 is 0 in 32 bits.
        Should.Throw<ArgumentException>(() => LogSoftmax.Forward<float>(default, default, 1, 1 << 16, 1 << 16)).Message.ShouldContain("4294967296");
    }

    [Fact]
    public void NothingIsAllocated()
    {
        float[] x = new float[12], dx = new float[12];
        long Step()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            LogSoftmax.Forward<float>(x, x, 2, 6, 1);
            LogSoftmax.Backward<float>(x, dx, dx, 2, 2, 3);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Step();
        Step().ShouldBe(0);
    }
}
