using System.Numerics;
using NetDsl.Kernels.Losses;
using NetDsl.Kernels.Tests.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests.Losses;

[Collection(nameof(WorkerPool))]
public sealed class MulticlassHingeTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    [Fact]
    public void EveryLengthIsRight()
    {
        for (var classes = 1; classes <= 70; classes++)
        {
            Check<float>(5, classes, overClasses: true);
            Check<double>(5, classes, overClasses: false);
        }
        Check<float>(701, 211, overClasses: true);
        Check<double>(701, 211, overClasses: false);
    }

    /// <summary>With row and class weights, rows that are ignored, and the gradient in place.</summary>
    private static void Check<T>(int rows, int classes, bool overClasses)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (x, w, c) = (Samples.Uniform<T>(rows * classes, 1), Samples.Uniform<T>(rows, 2, 0, 2), Samples.Uniform<T>(classes, 3, 0.5, 2));
        var labels = Enumerable.Range(0, rows).Select(row => row % 5 == 3 ? -1 : row * 7 % classes).ToArray();
        var (expected, losses) = (new double[x.Length], new double[rows]);
        var (sum, total) = (0.0, 0.0);
        for (var row = 0; row < rows; row++)
        {
            if (labels[row] < 0)
                continue;
            var label = row * classes + labels[row];
            var share = double.CreateTruncating(c[labels[row]]) / (overClasses ? classes : 1);
            var weight = double.CreateTruncating(w[row]);
            for (var i = row * classes; i < (row + 1) * classes; i++)
            {
                var gap = 1.5 - double.CreateTruncating(x[label]) + double.CreateTruncating(x[i]);
                if (i == label || gap <= 0)
                    continue;
                losses[row] += share * gap;
                expected[i] += weight * share;
                expected[label] -= weight * share;
            }
            sum += weight * losses[row];
            total += double.CreateTruncating(c[labels[row]]);
        }
        var terms = new T[rows];
        var message = $"{typeof(T).Name} {rows}×{classes}";
        var loss = MulticlassHinge.Evaluate<T>(x, labels, default, w, terms, rows, classes, LossReduction.Mean, 1.5, overClasses, c, -1);
        MulticlassHinge.Evaluate<T>(x, labels, x, w, default, rows, classes, LossReduction.Mean, 1.5, overClasses, c, -1).ShouldBe(loss);
        Samples.ShouldBeNear<T>([loss], [sum / total], message);
        Samples.ShouldBeNear<T>(terms, losses, message);
        Samples.ShouldBeNear<T>(x, expected.Select(value => value / total).ToArray(), message);
    }

    [Fact]
    public void TheKinkHasNoSlope()
    {
        var gradient = new float[3];
        MulticlassHinge.Evaluate<float>([3, 2, 2.5f], [0], gradient, default, default, 1, 3, LossReduction.Sum, 1, false, default, null).ShouldBe(0.5f);
        gradient.ShouldBe([-1, 0, 1]);
    }

    [Fact]
    public void TheReductionDividesByRowsOrSamples()
    {
        float Evaluate(LossReduction reduction, int rowsPerSample) =>
            MulticlassHinge.Evaluate<float>(new float[12], new int[4], default, default, default, 4, 3, reduction, 1, false, default, null, rowsPerSample);
        Evaluate(LossReduction.Sum, 2).ShouldBe(8);
        Evaluate(LossReduction.Mean, 2).ShouldBe(2);
        Evaluate(LossReduction.BatchMean, 2).ShouldBe(4);
        MulticlassHinge.Evaluate<float>(new float[3], [-1], default, default, default, 1, 3, LossReduction.Mean, 1, false, default, -1).ShouldBe(0);
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        var x = Samples.Uniform<float>(1001 * 203, 1);
        var labels = Enumerable.Range(0, 1001).Select(row => row % 203).ToArray();
        float[] Run(int threads)
        {
            WorkerPool.Threads = threads;
            var gradient = new float[x.Length];
            return [MulticlassHinge.Evaluate<float>(x, labels, gradient, default, default, 1001, 203, LossReduction.Mean, 1, true, default, null), .. gradient];
        }
        Run(3).AsSpan().SequenceEqual(Run(1)).ShouldBeTrue();
    }

    [Fact]
    public void WrongArgumentsAreNamedBeforeAnythingIsWritten()
    {
        float[] gradient = [7, 7, 7, 7, 7, 7], scores = new float[6];
        void Throws<TException>(string message, Action action)
            where TException : Exception
            => Should.Throw<TException>(action).Message.ShouldContain(message);
        Throws<ArgumentOutOfRangeException>("Row 1 has label 3, but with 3 classes", () =>
            MulticlassHinge.Evaluate<float>(scores, [0, 3], gradient, default, default, 2, 3, LossReduction.Mean, 1, false, default, null));
        Throws<ArgumentException>("labels has 1 elements", () =>
            MulticlassHinge.Evaluate<float>(scores, [0], gradient, default, default, 2, 3, LossReduction.Mean, 1, false, default, null));
        Throws<ArgumentException>("scores has 6 elements, but 2×4 = 8", () =>
            MulticlassHinge.Evaluate<float>(scores, [0, 0], gradient, default, default, 2, 4, LossReduction.Mean, 1, false, default, null));
        Throws<ArgumentException>("classWeights has 2", () =>
            MulticlassHinge.Evaluate<float>(scores, [0, 0], gradient, default, default, 2, 3, LossReduction.Mean, 1, false, new float[2], null));
        gradient.ShouldAllBe(value => value == 7);
    }

    [Fact]
    public void NothingIsAllocated()
    {
        var (x, gradient, labels) = (new float[6], new float[6], new int[2]);
        long Step()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            MulticlassHinge.Evaluate<float>(x, labels, gradient, default, default, 2, 3, LossReduction.Mean, 1, false, default, null);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Step();
        Step().ShouldBe(0);
    }
}
