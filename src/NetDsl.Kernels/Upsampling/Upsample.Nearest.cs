using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Upsampling;

/// <summary>Larger (or smaller) images: tensors [planes × depth × height × width], a plane being one channel of one sample.</summary>
public static partial class Upsample
{
    /// <summary>y[p, i] = x[p, ⌊i·size/outputSize⌋], for each axis alike. Extents of 1 stand for axes that are not there.</summary>
    /// <param name="x">Input [planes × size.Depth × size.Height × size.Width].</param>
    /// <param name="y">Output [planes × outputSize.Depth × outputSize.Height × outputSize.Width].</param>
    /// <param name="planes">Samples times channels.</param>
    /// <param name="size">Extents of an input plane.</param>
    /// <param name="outputSize">Extents of an output plane.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An extent is below 1.</exception>
    public static void Nearest<T>(ReadOnlySpan<T> x, Span<T> y, int planes, PlaneSize size, PlaneSize outputSize)
        where T : unmanaged
    {
        Check(planes, size, outputSize);
        Require.Length(x.Length, planes, size.Count, nameof(x));
        Require.Length(y.Length, planes, outputSize.Count, nameof(y));
        var tasks = Chunks.Count(y.Length, planes);
        WorkerPool.Run(tasks, new NearestBody<T>(tasks, x, y, planes, size, outputSize));
    }

    /// <summary>The gradient of <see cref="Nearest"/>: dx[p, j] is the sum of dy over the places that j was copied to.</summary>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="dx">Receives the gradient of the input.</param>
    /// <param name="planes">Samples times channels.</param>
    /// <param name="size">Extents of an input plane.</param>
    /// <param name="outputSize">Extents of an output plane.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An extent is below 1.</exception>
    public static void NearestBackward<T>(ReadOnlySpan<T> dy, Span<T> dx, int planes, PlaneSize size, PlaneSize outputSize)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check(planes, size, outputSize);
        Require.Length(dy.Length, planes, outputSize.Count, nameof(dy));
        Require.Length(dx.Length, planes, size.Count, nameof(dx));
        var tasks = Chunks.Count(dy.Length, planes);
        WorkerPool.Run(tasks, new NearestBackwardBody<T>(tasks, dy, dx, planes, size, outputSize));
    }

    private static void Check(int planes, PlaneSize size, PlaneSize outputSize)
    {
        Require.Shape(planes, 1);
        size.Check(nameof(size));
        outputSize.Check(nameof(outputSize));
    }

    /// <summary>The first place that reads <paramref name="index"/> or one behind it; places end where the next index's begin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FirstCopy(int index, int size, int outputSize) => (int)(((long)index * outputSize + size - 1) / size);

    private static int Source(int place, int size, int outputSize) => (int)((long)place * size / outputSize);

    private readonly ref struct NearestBody<T>(int tasks, ReadOnlySpan<T> x, Span<T> y, int planes, PlaneSize size, PlaneSize outputSize) : IParallelBody
        where T : unmanaged
    {
        private readonly int _tasks = tasks;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _y = y;
        private readonly int _planes = planes;
        private readonly PlaneSize _size = size;
        private readonly PlaneSize _outputSize = outputSize;

        public void Execute(int task)
        {
            var end = Chunks.Start(task + 1, _tasks, _planes);
            for (var plane = Chunks.Start(task, _tasks, _planes); plane < end; plane++)
                Plane(_x.Slice(plane * _size.Count, _size.Count), _y.Slice(plane * _outputSize.Count, _outputSize.Count));
        }

        private void Plane(ReadOnlySpan<T> x, Span<T> y)
        {
            var layer = _outputSize.Height * _outputSize.Width;
            for (var d = 0; d < _outputSize.Depth; d++)
            {
                var depth = Source(d, _size.Depth, _outputSize.Depth);
                var target = y.Slice(d * layer, layer);
                if (d > 0 && depth == Source(d - 1, _size.Depth, _outputSize.Depth))
                {
                    y.Slice((d - 1) * layer, layer).CopyTo(target);
                    continue;
                }
                for (var h = 0; h < _outputSize.Height; h++)
                {
                    var height = Source(h, _size.Height, _outputSize.Height);
                    var row = target.Slice(h * _outputSize.Width, _outputSize.Width);
                    // A row that repeats the one above is copied whole.
                    if (h > 0 && height == Source(h - 1, _size.Height, _outputSize.Height))
                        target.Slice((h - 1) * _outputSize.Width, _outputSize.Width).CopyTo(row);
                    else
                        Row(x.Slice((depth * _size.Height + height) * _size.Width, _size.Width), row);
                }
            }
        }

        private static void Row(ReadOnlySpan<T> x, Span<T> y)
        {
            var start = 0;
            for (var j = 0; j < x.Length; j++)
            {
                var end = FirstCopy(j + 1, x.Length, y.Length);
                for (; start < end; start++)
                    y[start] = x[j];
            }
        }
    }

    private readonly ref struct NearestBackwardBody<T>(int tasks, ReadOnlySpan<T> dy, Span<T> dx, int planes, PlaneSize size, PlaneSize outputSize) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly int _tasks = tasks;
        private readonly ReadOnlySpan<T> _dy = dy;
        private readonly Span<T> _dx = dx;
        private readonly int _planes = planes;
        private readonly PlaneSize _size = size;
        private readonly PlaneSize _outputSize = outputSize;

        public void Execute(int task)
        {
            var end = Chunks.Start(task + 1, _tasks, _planes);
            for (var plane = Chunks.Start(task, _tasks, _planes); plane < end; plane++)
                Plane(_dy.Slice(plane * _outputSize.Count, _outputSize.Count), _dx.Slice(plane * _size.Count, _size.Count));
        }

        private void Plane(ReadOnlySpan<T> dy, Span<T> dx)
        {
            dx.Clear();
            for (var d = 0; d < _outputSize.Depth; d++)
            {
                var depth = Source(d, _size.Depth, _outputSize.Depth);
                for (var h = 0; h < _outputSize.Height; h++)
                {
                    var height = Source(h, _size.Height, _outputSize.Height);
                    Row(
                        dy.Slice((d * _outputSize.Height + h) * _outputSize.Width, _outputSize.Width),
                        dx.Slice((depth * _size.Height + height) * _size.Width, _size.Width));
                }
            }
        }

        private static void Row(ReadOnlySpan<T> dy, Span<T> dx)
        {
            var start = 0;
            for (var j = 0; j < dx.Length; j++)
            {
                var end = FirstCopy(j + 1, dx.Length, dy.Length);
                var sum = T.Zero;
                for (; start < end; start++)
                    sum += dy[start];
                dx[j] += sum;
            }
        }
    }
}
