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
}
