using System.Numerics;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Tests.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests;

[Collection(nameof(WorkerPool))]
public sealed class PassTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    [Fact]
    public void EveryLengthAndShapeIsRight()
    {
        Check<float>();
        Check<double>();
    }

    private static void Check<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var bias = Samples.Uniform<T>(256, 1);
        var scale = Samples.Uniform<T>(7 * 256, 2);
        for (var columns = 0; columns <= 256; columns++)
        {
            foreach (var rows in (int[])[1, 3, 7])
            {
                var x = Samples.Uniform<T>(rows * columns, columns);
                var y = new T[x.Length];
                Pass.Apply<T, Affine<T>>(x, y, rows, columns, new Affine<T>(bias, scale, columns));
                for (var i = 0; i < x.Length; i++)
                    y[i].ShouldBe((x[i] + bias[i % columns]) * scale[i]);
                Pass.Apply<T, Affine<T>>(x, x, rows, columns, new Affine<T>(bias, scale, columns));
                x.ShouldBe(y);
            }
        }
    }

    [Fact]
    public void RowsMayLieApart()
    {
        for (var columns = 0; columns <= 70; columns++)
        {
            CheckStrided<float>(5, columns);
            CheckStrided<double>(5, columns);
        }
        CheckStrided<float>(1, 140_001);
        CheckStrided<double>(701, 211);
    }

    /// <summary>A gated linear unit in both directions: y = a·b of x = [a | b], and the first half of its gradient, dy·b.</summary>
    private static void CheckStrided<T>(int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (x, dy) = (Samples.Uniform<T>(rows * 2 * columns, columns), Samples.Uniform<T>(rows * columns, rows));
        var (y, dx) = (new T[dy.Length], x.ToArray());
        var second = x.AsSpan(columns);
        Pass.Apply<T, Gate<T>>(x, y, rows, columns, 2 * columns, columns, new Gate<T>(second, 2 * columns));
        Pass.Apply<T, Gate<T>>(dy, dx, rows, columns, columns, 2 * columns, new Gate<T>(second, 2 * columns));
        for (var i = 0; i < dy.Length; i++)
        {
            var (r, c) = Math.DivRem(i, columns);
            var (a, b) = (x[r * 2 * columns + c], x[(r * 2 + 1) * columns + c]);
            y[i].ShouldBe(a * b);
            dx[r * 2 * columns + c].ShouldBe(dy[i] * b);
            dx[(r * 2 + 1) * columns + c].ShouldBe(b);
        }
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        const int Rows = 1001;
        const int Columns = 203;
        var x = Samples.Uniform<float>(Rows * Columns, 3);
        var scale = Samples.Uniform<float>(Rows * Columns, 4);
        WorkerPool.Threads = 1;
        var expected = new float[x.Length];
        Pass.Apply<float, Affine<float>>(x, expected, Rows, Columns, new Affine<float>(x, scale, Columns));
        WorkerPool.Threads = 3;
        var y = new float[x.Length];
        Pass.Apply<float, Affine<float>>(x, y, Rows, Columns, new Affine<float>(x, scale, Columns));
        y.AsSpan().SequenceEqual(expected).ShouldBeTrue();
    }

    [Fact]
    public void AWrongStrideIsNamed()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Pass.Apply<float, Store<float>>(new float[9], new float[9], 3, 3, 2, 3, default))
            .Message.ShouldContain("rows of x overlap; give a stride of at least its 3 columns");
        Should.Throw<ArgumentException>(() => Pass.Apply<float, Store<float>>(new float[9], new float[12], 3, 3, 3, 5, default))
            .Message.ShouldContain("y has 12 elements, but 3 rows of 3 columns with a stride of 5 reach to 13");
        Should.Throw<ArgumentOutOfRangeException>(() => Pass.Apply<float, Store<float>>(default, default, 1, -3, 3, 3, default)).Message.ShouldContain("1×-3");
        Pass.Apply<float, Store<float>>(new float[11], new float[9], 3, 3, 4, 3, default);
        Pass.Apply<float, Store<float>>(default, default, 0, 3, 4, 3, default);
    }

    [Fact]
    public void NothingIsAllocated()
    {
        float[] x = new float[12], y = new float[6];
        long Step()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Pass.Apply<float, Gate<float>>(x, y, 2, 3, 6, 3, new Gate<float>(x.AsSpan(3), 6));
            Pass.Apply<float, Store<float>>(x, x, 3, 4, default);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Step();
        Step().ShouldBe(0);
    }

    [Fact]
    public void AWrongLengthIsNamed()
    {
        var message = Should.Throw<ArgumentException>(() => Pass.Apply<float, Affine<float>>(new float[5], new float[6], 2, 3, default)).Message;
        message.ShouldContain("x has 5 elements");
        message.ShouldContain("2×3");
        Should.Throw<ArgumentOutOfRangeException>(() => Pass.Apply<float, Affine<float>>(default, default, -1, 3, default));
    }

    /// <summary>(value + bias[column])·scale[row, column].</summary>
    private readonly ref struct Affine<T>(ReadOnlySpan<T> bias, ReadOnlySpan<T> scale, int columns) : IEpilogue<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _bias = bias;
        private readonly ReadOnlySpan<T> _scale = scale;
        private readonly int _columns = columns;

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, T>
            => (value + V.Load(_bias, column)) * V.Load(_scale, row * _columns + column);
    }

    /// <summary>value·other[row, column].</summary>
    private readonly ref struct Gate<T>(ReadOnlySpan<T> other, int stride) : IEpilogue<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _other = other;
        private readonly int _stride = stride;

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, T>
            => value * V.Load(_other, row * _stride + column);
    }
}
