using System.Numerics;
using NetDsl.Kernels.Losses;
using NetDsl.Kernels.Tests.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests.Losses;

[Collection(nameof(WorkerPool))]
public sealed class KullbackLeiblerTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    [Fact]
    public void EveryLengthIsRight()
    {
        for (var classes = 1; classes <= 70; classes++)
        {
            Check<float>(3, classes, LossReduction.BatchMean, 3);
            Check<double>(3, classes, LossReduction.Mean, 3 * classes);
        }
        Check<float>(701, 211, LossReduction.Sum, 1);
        Check<double>(701, 211, LossReduction.BatchMean, 701);
    }

    /// <summary>With weights, zeros among the targets, and rows that don't sum to 1.</summary>
    private static void Check<T>(int rows, int classes, LossReduction reduction, int divisor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (x, w) = (Samples.Uniform<T>(rows * classes, 1), Samples.Uniform<T>(rows, 2, 0, 2));
        var t = Samples.Uniform<T>(x.Length, 3, -1, 4).Select(value => T.Max(value, T.Zero) / T.CreateChecked(classes)).ToArray();
        var (expected, losses) = (new double[x.Length], new double[rows]);
        var sum = 0.0;
        for (var row = 0; row < rows; row++)
        {
            var at = Enumerable.Range(row * classes, classes).ToArray();
            var weight = double.CreateTruncating(w[row]);
            var norm = at.Sum(i => Math.Exp(double.CreateTruncating(x[i])));
            var mass = at.Sum(i => double.CreateTruncating(t[i]));
            foreach (var i in at)
            {
                var (logit, target) = (double.CreateTruncating(x[i]), double.CreateTruncating(t[i]));
                losses[row] += target == 0 ? 0 : target * (Math.Log(target) - logit + Math.Log(norm));
                expected[i] = weight * (Math.Exp(logit) / norm * mass - target) / divisor;
            }
            sum += weight * losses[row];
        }
        var (gradient, terms) = (new T[x.Length], new T[rows]);
        var message = $"{typeof(T).Name} {rows}×{classes}";
        var loss = KullbackLeibler.Evaluate<T>(x, t, gradient, w, terms, rows, classes, reduction);
        KullbackLeibler.Evaluate<T>(x, t, default, w, default, rows, classes, reduction).ShouldBe(loss);
        Samples.ShouldBeNear<T>([loss], [sum / divisor], message);
        Samples.ShouldBeNear<T>(terms, losses, message);
        Samples.ShouldBeNear<T>(gradient, expected, message);
    }

    [Fact]
    public void AnImpossibleClassCostsNothingWhereTheTargetIsZero()
    {
        var gradient = new float[2];
        KullbackLeibler.Evaluate<float>([0, float.NegativeInfinity], [1, 0], gradient, default, default, 1, 2, LossReduction.Sum).ShouldBe(0);
        gradient.ShouldBe([0, 0]);
        KullbackLeibler.Evaluate<float>([0, float.NegativeInfinity], [0, 1], default, default, default, 1, 2, LossReduction.Sum).ShouldBe(float.PositiveInfinity);
    }

    [Fact]
    public void LargeLogitsStayFinite()
    {
        var gradient = new float[2];
        KullbackLeibler.Evaluate<float>([1e30f, -1e30f], [0, 1], gradient, default, default, 1, 2, LossReduction.Sum).ShouldBe(2e30f);
        gradient.ShouldBe([1, -1]);
    }

    [Fact]
    public void TheBatchMeanCountsSamples()
    {
        KullbackLeibler.Evaluate<double>(new double[8], [1, 0, 1, 0, 1, 0, 1, 0], default, default, default, 4, 2, LossReduction.BatchMean, rowsPerSample: 2)
            .ShouldBe(2 * Math.Log(2), 1e-15);
        KullbackLeibler.Evaluate<double>(default, default, default, default, default, 0, 2, LossReduction.Mean).ShouldBe(0);
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        var (x, t) = (Samples.Uniform<float>(1001 * 203, 1), Samples.Uniform<float>(1001 * 203, 2, 0, 1));
        float[] Run(int threads)
        {
            WorkerPool.Threads = threads;
            var gradient = new float[x.Length];
            return [KullbackLeibler.Evaluate<float>(x, t, gradient, default, default, 1001, 203, LossReduction.Mean), .. gradient];
        }
        Run(3).AsSpan().SequenceEqual(Run(1)).ShouldBeTrue();
    }

    [Fact]
    public void AWrongLengthIsNamed()
    {
        Should.Throw<ArgumentException>(() => KullbackLeibler.Evaluate<float>(new float[6], new float[5], default, default, default, 2, 3, LossReduction.Mean))
            .Message.ShouldContain("target has 5 elements, but 2×3 = 6");
        Should.Throw<ArgumentException>(() => KullbackLeibler.Evaluate<float>(new float[6], new float[6], new float[3], default, default, 2, 3, LossReduction.Mean))
            .Message.ShouldContain("gradient has 3");
    }

    [Fact]
    public void NothingIsAllocated()
    {
        float[] x = new float[6], t = new float[6], gradient = new float[6];
        long Step()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            KullbackLeibler.Evaluate<float>(x, t, gradient, default, default, 2, 3, LossReduction.Mean);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Step();
        Step().ShouldBe(0);
    }
}
