using System.Numerics;
using NetDsl.Kernels.Losses;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Tests.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests.Losses;

[Collection(nameof(WorkerPool))]
public sealed class SampleLossTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    [Fact]
    public void EveryLengthIsRight()
    {
        for (var columns = 1; columns <= 70; columns++)
        {
            Check<float>(3, columns, LossReduction.Mean);
            Check<double>(3, columns, LossReduction.BatchMean);
        }
        Check<float>(1, 1000, LossReduction.Sum);
        Check<float>(701, 211, LossReduction.Mean);
        Check<double>(701, 211, LossReduction.Sum);
    }

    /// <summary>Cosine distance, with weights, in place.</summary>
    private static void Check<T>(int rows, int columns, LossReduction reduction)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (p, t, w) = (Samples.Uniform<T>(rows * columns, 1, 0.5, 4), Samples.Uniform<T>(rows * columns, 2), Samples.Uniform<T>(rows, 3, 0, 2));
        var (expected, distances) = (new double[p.Length], new double[rows]);
        var (scale, sum) = (reduction == LossReduction.Sum ? 1 : 1.0 / rows, 0.0);
        for (var row = 0; row < rows; row++)
        {
            var at = Enumerable.Range(row * columns, columns).ToArray();
            var (a, b) = (at.Select(i => double.CreateTruncating(p[i])).ToArray(), at.Select(i => double.CreateTruncating(t[i])).ToArray());
            var (dot, pp, tt) = (a.Zip(b, (x, y) => x * y).Sum(), a.Sum(x => x * x), b.Sum(x => x * x));
            var weight = double.CreateTruncating(w[row]);
            distances[row] = 1 - dot / Math.Sqrt(pp * tt);
            sum += scale * weight * distances[row];
            for (var c = 0; c < columns; c++)
                expected[at[c]] = scale * weight * (a[c] * dot / pp - b[c]) / Math.Sqrt(pp * tt);
        }
        var terms = new T[rows];
        var message = $"{typeof(T).Name} {rows}×{columns}";
        var loss = SampleLoss.Evaluate<T, CosineDistance<T>>(p, t, default, w, terms, rows, columns, reduction, default);
        SampleLoss.Evaluate<T, CosineDistance<T>>(p, t, p, w, default, rows, columns, reduction, default).ShouldBe(loss);
        Samples.ShouldBeNear<T>([loss], [sum], message);
        Samples.ShouldBeNear<T>(terms, distances, message);
        Samples.ShouldBeNear<T>(p, expected, message);
    }

    [Fact]
    public void RowAndColumnReachTheTerm()
    {
        // Σ (row + column)·p, whose gradient is row + column.
        var gradient = new float[6];
        SampleLoss.Evaluate<float, Positional>([1, 2, 3, 4, 5, 6], new float[6], gradient, default, default, 2, 3, LossReduction.Sum, default).ShouldBe(8 + 32);
        gradient.ShouldBe([0, 1, 2, 1, 2, 3]);
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        var (p, t) = (Samples.Uniform<float>(1001 * 203, 1), Samples.Uniform<float>(1001 * 203, 2));
        float[] Run(int threads)
        {
            WorkerPool.Threads = threads;
            float[] gradient = new float[p.Length], terms = new float[1001];
            var loss = SampleLoss.Evaluate<float, CosineDistance<float>>(p, t, gradient, default, terms, 1001, 203, LossReduction.Mean, default);
            return [loss, .. gradient, .. terms];
        }
        Run(3).AsSpan().SequenceEqual(Run(1)).ShouldBeTrue();
    }

    [Fact]
    public void NothingToSumGivesZero()
    {
        SampleLoss.Evaluate<float, Positional>(default, default, default, default, default, 0, 3, LossReduction.Mean, default).ShouldBe(0);
        SampleLoss.Evaluate<float, Positional>(default, default, default, default, default, 3, 0, LossReduction.Mean, default).ShouldBe(0);
    }

    [Fact]
    public void WrongArgumentsAreNamed()
    {
        Should.Throw<ArgumentException>(() => SampleLoss.Evaluate<float, Positional>(new float[5], new float[6], default, default, default, 2, 3, LossReduction.Mean, default))
            .Message.ShouldContain("prediction has 5 elements, but 2×3 = 6");
        Should.Throw<ArgumentException>(() => SampleLoss.Evaluate<float, Positional>(new float[6], new float[6], new float[5], default, default, 2, 3, LossReduction.Mean, default))
            .Message.ShouldContain("gradient has 5");
        Should.Throw<ArgumentException>(() => SampleLoss.Evaluate<float, Positional>(new float[6], new float[6], default, new float[6], default, 2, 3, LossReduction.Mean, default))
            .Message.ShouldContain("weights has 6 elements, but 2×1 = 2");
        Should.Throw<ArgumentException>(() => SampleLoss.Evaluate<float, Positional>(new float[6], new float[6], default, default, new float[6], 2, 3, LossReduction.Mean, default))
            .Message.ShouldContain("terms has 6");
        Should.Throw<ArgumentOutOfRangeException>(() => SampleLoss.Evaluate<float, TooManySums>(new float[6], new float[6], default, default, default, 2, 3, LossReduction.Mean, default))
            .Message.ShouldContain("1 to 8 sums; this one has 9");
    }

    [Fact]
    public void NothingIsAllocated()
    {
        float[] p = new float[6], t = [1, 2, 3, 4, 5, 6], gradient = new float[6];
        long Step()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            SampleLoss.Evaluate<float, CosineDistance<float>>(p, t, gradient, default, default, 2, 3, LossReduction.Mean, default);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Step();
        Step().ShouldBe(0);
    }

    /// <summary>1 − Σpt/√(Σpp·Σtt).</summary>
    private readonly ref struct CosineDistance<T> : ISampleLossTerm<T>
        where T : unmanaged
    {
        public static int Sums => 3;

        public V Term<V>(int sum, V prediction, V target, int row, int column)
            where V : struct, ISimd<V, T>
            => sum switch { 0 => prediction * target, 1 => prediction * prediction, _ => target * target };

        public V Value<V>(ReadOnlySpan<V> sums)
            where V : struct, ISimd<V, T>
            => V.One - sums[0] / V.Sqrt(sums[1] * sums[2]);

        public V Slope<V>(int sum, ReadOnlySpan<V> sums)
            where V : struct, ISimd<V, T>
        {
            var norm = V.Sqrt(sums[1] * sums[2]);
            return sum switch
            {
                0 => -V.One / norm,
                1 => V.Create(0.5) * sums[0] / (sums[1] * norm),
                _ => V.Create(0.5) * sums[0] / (sums[2] * norm),
            };
        }

        public V Gradient<V>(int sum, V prediction, V target, int row, int column)
            where V : struct, ISimd<V, T>
            => sum switch { 0 => target, 1 => prediction + prediction, _ => V.Zero };
    }

    private readonly struct Positional : ISampleLossTerm<float>
    {
        public static int Sums => 1;

        public V Term<V>(int sum, V prediction, V target, int row, int column)
            where V : struct, ISimd<V, float>
            => Gradient(sum, prediction, target, row, column) * prediction;

        public V Value<V>(ReadOnlySpan<V> sums)
            where V : struct, ISimd<V, float>
            => sums[0];

        public V Slope<V>(int sum, ReadOnlySpan<V> sums)
            where V : struct, ISimd<V, float>
            => V.One;

        public V Gradient<V>(int sum, V prediction, V target, int row, int column)
            where V : struct, ISimd<V, float>
        {
            // Rows of three are worked on element by element, so that one number is the position.
            V.Count.ShouldBe(1);
            return V.Create((double)(row + column));
        }
    }

    private readonly struct TooManySums : ISampleLossTerm<float>
    {
        public static int Sums => 9;

        public V Term<V>(int sum, V prediction, V target, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Zero;

        public V Value<V>(ReadOnlySpan<V> sums)
            where V : struct, ISimd<V, float>
            => V.Zero;

        public V Slope<V>(int sum, ReadOnlySpan<V> sums)
            where V : struct, ISimd<V, float>
            => V.Zero;

        public V Gradient<V>(int sum, V prediction, V target, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Zero;
    }
}
