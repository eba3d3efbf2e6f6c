using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Upsampling;

/// <content>Bilinear interpolation.</content>
public static partial class Upsample
{
    private const int TileColumns = 256;

    /// <summary>
    /// y interpolates x linearly in height and width. Pixels are areas whose outer borders meet (corners are not aligned): place i reads at
    /// (i + ½)·size/outputSize − ½, and what lies outside the first and last pixel's middle takes their value.
    /// </summary>
    /// <param name="x">Input [planes × size.Height × size.Width].</param>
    /// <param name="y">Output [planes × outputSize.Height × outputSize.Width].</param>
    /// <param name="planes">Samples times channels.</param>
    /// <param name="size">Extents of an input plane, of depth 1.</param>
    /// <param name="outputSize">Extents of an output plane, of depth 1.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An extent is below 1, or a depth is not 1.</exception>
    public static void Bilinear<T>(ReadOnlySpan<T> x, Span<T> y, int planes, PlaneSize size, PlaneSize outputSize)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckFlat(planes, size, outputSize);
        Require.Length(x.Length, planes, size.Count, nameof(x));
        Require.Length(y.Length, planes, outputSize.Count, nameof(y));
        var tasks = Chunks.Count(y.Length, planes);
        WorkerPool.Run(tasks, new BilinearBody<T>(tasks, x, y, planes, size, outputSize));
    }

    /// <summary>The gradient of <see cref="Bilinear"/>: each place gives its gradient to the pixels that it read, by their weights.</summary>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="dx">Receives the gradient of the input.</param>
    /// <param name="planes">Samples times channels.</param>
    /// <param name="size">Extents of an input plane, of depth 1.</param>
    /// <param name="outputSize">Extents of an output plane, of depth 1.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An extent is below 1, or a depth is not 1.</exception>
    public static void BilinearBackward<T>(ReadOnlySpan<T> dy, Span<T> dx, int planes, PlaneSize size, PlaneSize outputSize)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckFlat(planes, size, outputSize);
        Require.Length(dy.Length, planes, outputSize.Count, nameof(dy));
        Require.Length(dx.Length, planes, size.Count, nameof(dx));
        var tasks = Chunks.Count(dy.Length, planes);
        WorkerPool.Run(tasks, new BilinearBackwardBody<T>(tasks, dy, dx, planes, size, outputSize));
    }

    private static void CheckFlat(int planes, PlaneSize size, PlaneSize outputSize)
    {
        Check(planes, size, outputSize);
        if (size.Depth != 1 || outputSize.Depth != 1)
            ThrowDepth(size.Depth, outputSize.Depth);
    }

    [DoesNotReturn]
    private static void ThrowDepth(int depth, int outputDepth) =>
        throw new ArgumentOutOfRangeException("size", $"Bilinear interpolation has no depth, but {depth} → {outputDepth} was given; use depths of 1, or Nearest.");

    /// <summary>The pixels that a place reads, and the second one's weight.</summary>
    private static (int First, int Second, T Weight) Neighbours<T>(int place, int size, int outputSize)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var position = Math.Max((place + 0.5) * size / outputSize - 0.5, 0);
        var first = Math.Min((int)position, size - 1);
        return (first, Math.Min(first + 1, size - 1), T.CreateTruncating(position - first));
    }

    /// <summary>The neighbours of up to <see cref="TileColumns"/> places from <paramref name="start"/> on.</summary>
    private static void Neighbours<T>(int start, int size, int outputSize, Span<int> first, Span<int> second, Span<T> weight)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < first.Length; i++)
            (first[i], second[i], weight[i]) = Neighbours<T>(start + i, size, outputSize);
    }

    private readonly ref struct BilinearBody<T>(int tasks, ReadOnlySpan<T> x, Span<T> y, int planes, PlaneSize size, PlaneSize outputSize) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly int _tasks = tasks;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _y = y;
        private readonly int _planes = planes;
        private readonly PlaneSize _size = size;
        private readonly PlaneSize _outputSize = outputSize;

        public void Execute(int task)
        {
            Span<int> lefts = stackalloc int[TileColumns], rights = stackalloc int[TileColumns];
            Span<T> weights = stackalloc T[TileColumns];
            var (start, end) = (Chunks.Start(task, _tasks, _planes), Chunks.Start(task + 1, _tasks, _planes));
            for (var column = 0; column < _outputSize.Width; column += TileColumns)
            {
                var count = Math.Min(TileColumns, _outputSize.Width - column);
                Neighbours(column, _size.Width, _outputSize.Width, lefts[..count], rights[..count], weights);
                for (var row = start * _outputSize.Height; row < end * _outputSize.Height; row++)
                {
                    var plane = row / _outputSize.Height;
                    var (above, below, weight) = Neighbours<T>(row - plane * _outputSize.Height, _size.Height, _outputSize.Height);
                    var upper = _x.Slice((plane * _size.Height + above) * _size.Width, _size.Width);
                    var lower = _x.Slice((plane * _size.Height + below) * _size.Width, _size.Width);
                    Row(upper, lower, weight, lefts, rights, weights, _y.Slice(row * _outputSize.Width + column, count));
                }
            }
        }

        private static void Row(ReadOnlySpan<T> upper, ReadOnlySpan<T> lower, T weight, ReadOnlySpan<int> lefts, ReadOnlySpan<int> rights, ReadOnlySpan<T> weights, Span<T> y)
        {
            for (var i = 0; i < y.Length; i++)
            {
                var (left, right, share) = (lefts[i], rights[i], weights[i]);
                var top = upper[left] + share * (upper[right] - upper[left]);
                var bottom = lower[left] + share * (lower[right] - lower[left]);
                y[i] = top + weight * (bottom - top);
            }
        }
    }

    private readonly ref struct BilinearBackwardBody<T>(int tasks, ReadOnlySpan<T> dy, Span<T> dx, int planes, PlaneSize size, PlaneSize outputSize) : IParallelBody
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
            Span<int> lefts = stackalloc int[TileColumns], rights = stackalloc int[TileColumns];
            Span<T> weights = stackalloc T[TileColumns];
            var (start, end) = (Chunks.Start(task, _tasks, _planes), Chunks.Start(task + 1, _tasks, _planes));
            _dx[(start * _size.Count)..(end * _size.Count)].Clear();
            for (var column = 0; column < _outputSize.Width; column += TileColumns)
            {
                var count = Math.Min(TileColumns, _outputSize.Width - column);
                Neighbours(column, _size.Width, _outputSize.Width, lefts[..count], rights[..count], weights);
                for (var row = start * _outputSize.Height; row < end * _outputSize.Height; row++)
                {
                    var plane = row / _outputSize.Height;
                    var (above, below, weight) = Neighbours<T>(row - plane * _outputSize.Height, _size.Height, _outputSize.Height);
                    var upper = _dx.Slice((plane * _size.Height + above) * _size.Width, _size.Width);
                    var lower = _dx.Slice((plane * _size.Height + below) * _size.Width, _size.Width);
                    Row(_dy.Slice(row * _outputSize.Width + column, count), weight, lefts, rights, weights, upper, lower);
                }
            }
        }

        private static void Row(ReadOnlySpan<T> dy, T weight, ReadOnlySpan<int> lefts, ReadOnlySpan<int> rights, ReadOnlySpan<T> weights, Span<T> upper, Span<T> lower)
        {
            for (var i = 0; i < dy.Length; i++)
            {
                var (left, right, share) = (lefts[i], rights[i], weights[i]);
                var bottom = weight * dy[i];
                var top = dy[i] - bottom;
                upper[left] += top - share * top;
                upper[right] += share * top;
                lower[left] += bottom - share * bottom;
                lower[right] += share * bottom;
            }
        }
    }
}
