using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Losses;

/// <content>Blurred images.</content>
public static partial class Targets
{
    // The taps and a strip of a row stand on the stack.
    private const int MostRadius = 1024;
    private const int StripColumns = 256;

    /// <summary>y[p] = x[p] convolved with g·gᵀ, g[d] ∝ exp(−d²/(2·σ²)) for |d| ≤ radius with the sum 1; around the image are zeros.</summary>
    /// <param name="x">Images [planes × height × width].</param>
    /// <param name="y">Receives the blurred images, of the same shape; it must not overlap <paramref name="x"/>.</param>
    /// <param name="planes">Images.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Columns of an image.</param>
    /// <param name="sigma">σ, in pixels.</param>
    /// <param name="radius">Pixels that g reaches to each side, 0 to 1024; 3·σ leaves out less than a percent.</param>
    /// <exception cref="ArgumentOutOfRangeException">σ is not above 0, or the radius is not in [0, 1024].</exception>
    /// <exception cref="ArgumentException">A span's length does not fit, or the spans overlap.</exception>
    public static void GaussianBlur<T>(ReadOnlySpan<T> x, Span<T> y, int planes, int height, int width, double sigma, int radius)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require.Shape(planes, height, width);
        Require.Length(x.Length, planes, height, width, nameof(x));
        Require.Length(y.Length, planes, height, width, nameof(y));
        CheckSigma(sigma);
        if (radius is < 0 or > MostRadius)
            ThrowRadius(radius);
        if (x.Overlaps(y))
            ThrowOverlap();
        Span<T> taps = stackalloc T[radius + 1];
        FillTaps(taps, sigma);
        var tasks = Chunks.Count(x.Length, planes * height);
        WorkerPool.Run(tasks, new BlurBody<T>(x, y, taps, planes * height, height, width, tasks));
    }

    private static void FillTaps<T>(Span<T> taps, double sigma)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = 1.0;
        for (var d = 1; d < taps.Length; d++)
            sum += 2 * Tap(d);
        for (var d = 0; d < taps.Length; d++)
            taps[d] = T.CreateTruncating(Tap(d) / sum);

        double Tap(int d) => Math.Exp(-0.5 * (d / sigma) * (d / sigma));
    }

    [DoesNotReturn]
    private static void ThrowRadius(int radius) =>
        throw new ArgumentOutOfRangeException(nameof(radius), radius, $"The radius is a number of pixels from 0 to {MostRadius}; about 3·σ is enough.");

    [DoesNotReturn]
    private static void ThrowOverlap() =>
        throw new ArgumentException("y overlaps x, which is read again for each row; give it memory of its own.", "y");

    /// <summary>Each row in strips: down the columns into a strip on the stack, then along the strip.</summary>
    private readonly ref struct BlurBody<T>(ReadOnlySpan<T> x, Span<T> y, ReadOnlySpan<T> taps, int rows, int height, int width, int tasks) : IParallelBody
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _y = y;
        private readonly ReadOnlySpan<T> _taps = taps;
        private readonly int _rows = rows;
        private readonly int _height = height;
        private readonly int _width = width;
        private readonly int _tasks = tasks;

        public void Execute(int task)
        {
            var radius = _taps.Length - 1;
            Span<T> strip = stackalloc T[StripColumns + 2 * radius];
            var end = Chunks.Start(task + 1, _tasks, _rows);
            for (var row = Chunks.Start(task, _tasks, _rows); row < end; row++)
            {
                for (var column = 0; column < _width; column += StripColumns)
                {
                    // Where the strip reaches beyond the image it stays 0.
                    strip.Clear();
                    var down = new DownBody<T>(_x, strip, _taps, _width, row % _height, _height, column - radius);
                    Lanes.Run<T, DownBody<T>>(row, row + 1, Math.Max(0, column - radius), Math.Min(column + StripColumns + radius, _width), in down);
                    var along = new AlongBody<T>(strip, _y, _taps, _width, column - radius);
                    Lanes.Run<T, AlongBody<T>>(row, row + 1, column, Math.Min(column + StripColumns, _width), in along);
                }
            }
        }
    }

    private readonly ref struct DownBody<T>(ReadOnlySpan<T> x, Span<T> strip, ReadOnlySpan<T> taps, int width, int imageRow, int height, int start) : ILaneBody<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _strip = strip;
        private readonly ReadOnlySpan<T> _taps = taps;
        private readonly int _width = width;
        private readonly int _above = Math.Min(imageRow, taps.Length - 1);
        private readonly int _below = Math.Min(height - 1 - imageRow, taps.Length - 1);
        private readonly int _start = start;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var index = row * _width + column;
            var sum = V.Create(_taps[0]) * V.Load(_x, index);
            for (var d = 1; d <= _above; d++)
                sum = V.FusedMultiplyAdd(V.Create(_taps[d]), V.Load(_x, index - d * _width), sum);
            for (var d = 1; d <= _below; d++)
                sum = V.FusedMultiplyAdd(V.Create(_taps[d]), V.Load(_x, index + d * _width), sum);
            sum.Store(_strip, column - _start);
        }
    }

    private readonly ref struct AlongBody<T>(ReadOnlySpan<T> strip, Span<T> y, ReadOnlySpan<T> taps, int width, int start) : ILaneBody<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _strip = strip;
        private readonly Span<T> _y = y;
        private readonly ReadOnlySpan<T> _taps = taps;
        private readonly int _width = width;
        private readonly int _start = start;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var centre = column - _start;
            var sum = V.Create(_taps[0]) * V.Load(_strip, centre);
            for (var d = 1; d < _taps.Length; d++)
                sum = V.FusedMultiplyAdd(V.Create(_taps[d]), V.Load(_strip, centre - d) + V.Load(_strip, centre + d), sum);
            sum.Store(_y, row * _width + column);
        }
    }
}
