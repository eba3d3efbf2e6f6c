using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Normalization;

/// <summary>
/// Local response normalisation across the channels of a tensor [samples × channels × inner]: A. Krizhevsky, I. Sutskever and G. E. Hinton,
/// "ImageNet Classification with Deep Convolutional Neural Networks" (2012), section 3.3.
/// </summary>
/// <remarks>Epilogues see a matrix [samples·channels × inner], for inner = 1 the matrix [samples × channels] that layers of plain features see.</remarks>
public static class LocalResponseNorm
{
    /// <summary>y_c = e(x_c·s_c^−beta) with s_c = k + alpha·Σ x_j² over the channels j from c − size/2 to c + (size − 1)/2 that exist.</summary>
    /// <param name="x">Input [samples × channels × inner].</param>
    /// <param name="y">Output of the input's shape.</param>
    /// <param name="scale">Receives s, of the input's shape, for the backward pass; empty if not wanted.</param>
    /// <param name="samples">Product of the axes before the channels.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Product of the axes behind the channels.</param>
    /// <param name="size">Channels of a window; an even one has its further channel before.</param>
    /// <param name="alpha">Factor of the sum of squares, as in the paper; where it is meant for their mean, give alpha/size.</param>
    /// <param name="beta">Exponent.</param>
    /// <param name="k">Constant, above 0 where a window may hold zeros alone.</param>
    /// <param name="e">Applied to each element of y exactly once.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    public static void Forward<T, TEpilogue>(
        ReadOnlySpan<T> x, Span<T> y, Span<T> scale, int samples, int channels, int inner, int size, double alpha, double beta, double k, TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        Check(samples, channels, inner, size);
        Require.Length(x.Length, samples, channels, inner, nameof(x));
        Require.Length(y.Length, samples, channels, inner, nameof(y));
        if (!scale.IsEmpty)
            Require.Length(scale.Length, samples, channels, inner, nameof(scale));
        var tasks = Chunks.Count(x.Length, samples);
        WorkerPool.Run(tasks, new ForwardBody<T, TEpilogue>(tasks, x, y, scale, samples, new Window(channels, inner, size), alpha, beta, k, e));
    }

    /// <summary>
    /// The gradient of <see cref="Forward"/>: dx_c = e(dy_c·s_c^−beta − 2·alpha·beta·x_c·Σ dy_j·x_j·s_j^(−beta−1)) over the channels j whose window holds c.
    /// </summary>
    /// <param name="dy">Gradient of the output [samples × channels × inner].</param>
    /// <param name="x">Input of the forward pass.</param>
    /// <param name="scale">What the forward pass wrote.</param>
    /// <param name="dx">Receives the gradient of the input; may be <paramref name="dy"/>.</param>
    /// <param name="scratch">Room of the input's shape; may be <paramref name="scale"/>, which then is lost.</param>
    /// <param name="samples">Product of the axes before the channels.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Product of the axes behind the channels.</param>
    /// <param name="size">Channels of a window.</param>
    /// <param name="alpha">Factor of the sum of squares.</param>
    /// <param name="beta">Exponent.</param>
    /// <param name="e">Applied to each element of dx exactly once.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    public static void Backward<T, TEpilogue>(
        ReadOnlySpan<T> dy,
        ReadOnlySpan<T> x,
        ReadOnlySpan<T> scale,
        Span<T> dx,
        Span<T> scratch,
        int samples,
        int channels,
        int inner,
        int size,
        double alpha,
        double beta,
        TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        Check(samples, channels, inner, size);
        Require.Length(dy.Length, samples, channels, inner, nameof(dy));
        Require.Length(x.Length, samples, channels, inner, nameof(x));
        Require.Length(scale.Length, samples, channels, inner, nameof(scale));
        Require.Length(dx.Length, samples, channels, inner, nameof(dx));
        Require.Length(scratch.Length, samples, channels, inner, nameof(scratch));
        var tasks = Chunks.Count(x.Length, samples);
        WorkerPool.Run(tasks, new BackwardBody<T, TEpilogue>(tasks, dy, x, scale, dx, scratch, samples, new Window(channels, inner, size), alpha, beta, e));
    }

    private static void Check(int samples, int channels, int inner, int size)
    {
        Require.Shape(samples, channels, inner);
        if (size < 1)
            ThrowSize(size);
    }

    [DoesNotReturn]
    private static void ThrowSize(int size) =>
        throw new ArgumentOutOfRangeException(nameof(size), size, "A window of local response normalisation has at least 1 channel.");

    /// <summary>s^−beta, by roots for the exponent of the paper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V NegativePower<V, T>(V s, double beta)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (beta != 0.75)
            return V.Exp(V.Create(-beta) * V.Log(s));
        var root = V.Sqrt(s);
        return V.One / (root * V.Sqrt(root));
    }

    /// <summary>The windows across the channels of one position.</summary>
    private readonly record struct Window(int Channels, int Inner, int Size)
    {
        /// <summary>The channel's first neighbour.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Start(int channel) => Math.Max(channel - Size / 2, 0);

        /// <summary>The channel behind its last neighbour.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int End(int channel) => (int)Math.Min((long)channel + (Size - 1) / 2 + 1, Channels);

        /// <summary>The first channel whose window holds the channel.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int HolderStart(int channel) => Math.Max(channel - (Size - 1) / 2, 0);

        /// <summary>The channel behind the last one whose window holds the channel.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int HolderEnd(int channel) => (int)Math.Min((long)channel + Size / 2 + 1, Channels);

        /// <summary>The epilogue's row and column of an element.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public (int Row, int Column) Place(int sample, int channel, int column) => Inner == 1 ? (sample, channel) : (sample * Channels + channel, column);
    }

    /// <summary>Rows are samples, columns inner positions.</summary>
    private readonly ref struct ForwardBody<T, TEpilogue>(
        int tasks, ReadOnlySpan<T> x, Span<T> y, Span<T> scale, int samples, Window window, double alpha, double beta, double k, TEpilogue e) : IParallelBody, ILaneBody<T>
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly int _tasks = tasks;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _y = y;
        private readonly Span<T> _scale = scale;
        private readonly int _samples = samples;
        private readonly Window _window = window;
        private readonly double _alpha = alpha;
        private readonly double _beta = beta;
        private readonly double _k = k;
        private readonly TEpilogue _e = e;

        public void Execute(int task) =>
            Lanes.Run<T, ForwardBody<T, TEpilogue>>(Chunks.Start(task, _tasks, _samples), Chunks.Start(task + 1, _tasks, _samples), 0, _window.Inner, in this);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var start = row * _window.Channels * _window.Inner + column;
            for (var channel = 0; channel < _window.Channels; channel++)
            {
                // Added up anew for each channel: a sum that slides along would gather the errors of all.
                var squares = V.Zero;
                for (var (j, end) = (_window.Start(channel), _window.End(channel)); j < end; j++)
                {
                    var neighbour = V.Load(_x, start + j * _window.Inner);
                    squares = V.FusedMultiplyAdd(neighbour, neighbour, squares);
                }
                var s = V.FusedMultiplyAdd(V.Create(_alpha), squares, V.Create(_k));
                var index = start + channel * _window.Inner;
                if (!_scale.IsEmpty)
                    s.Store(_scale, index);
                var (r, c) = _window.Place(row, channel, column);
                _e.Apply(V.Load(_x, index) * NegativePower<V, T>(s, _beta), r, c).Store(_y, index);
            }
        }
    }

    /// <summary>Rows are samples, columns inner positions.</summary>
    private readonly ref struct BackwardBody<T, TEpilogue>(
        int tasks, ReadOnlySpan<T> dy, ReadOnlySpan<T> x, ReadOnlySpan<T> scale, Span<T> dx, Span<T> scratch, int samples, Window window, double alpha, double beta, TEpilogue e)
        : IParallelBody, ILaneBody<T>
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly int _tasks = tasks;
        private readonly ReadOnlySpan<T> _dy = dy;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _scale = scale;
        private readonly Span<T> _dx = dx;
        private readonly Span<T> _scratch = scratch;
        private readonly int _samples = samples;
        private readonly Window _window = window;
        private readonly double _alpha = alpha;
        private readonly double _beta = beta;
        private readonly TEpilogue _e = e;

        public void Execute(int task) =>
            Lanes.Run<T, BackwardBody<T, TEpilogue>>(Chunks.Start(task, _tasks, _samples), Chunks.Start(task + 1, _tasks, _samples), 0, _window.Inner, in this);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var start = row * _window.Channels * _window.Inner + column;
            for (var channel = 0; channel < _window.Channels; channel++)
            {
                var index = start + channel * _window.Inner;
                var s = V.Load(_scale, index);
                var direct = V.Load(_dy, index) * NegativePower<V, T>(s, _beta);
                (direct * V.Load(_x, index) / s).Store(_scratch, index);
                direct.Store(_dx, index);
            }
            var factor = V.Create(-2 * _alpha * _beta);
            for (var channel = 0; channel < _window.Channels; channel++)
            {
                var sum = V.Zero;
                for (var (j, end) = (_window.HolderStart(channel), _window.HolderEnd(channel)); j < end; j++)
                    sum += V.Load(_scratch, start + j * _window.Inner);
                var index = start + channel * _window.Inner;
                var value = V.FusedMultiplyAdd(factor * V.Load(_x, index), sum, V.Load(_dx, index));
                var (r, c) = _window.Place(row, channel, column);
                _e.Apply(value, r, c).Store(_dx, index);
            }
        }
    }
}
