using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>The largest of several linear pieces: Goodfellow et al., "Maxout Networks" (2013).</summary>
public static class Maxout
{
    /// <summary>y[o, c, i] = max_k x[o, c·pieces + k, i]; NaN if a piece is NaN.</summary>
    /// <param name="x">Input [outer × channels·pieces × inner].</param>
    /// <param name="y">Output [outer × channels × inner].</param>
    /// <param name="outer">Product of the axes before the channels.</param>
    /// <param name="channels">Channels of the output.</param>
    /// <param name="pieces">Neighbouring channels of the input that compete for one of the output.</param>
    /// <param name="inner">Product of the axes behind the channels.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pieces"/> is below 1.</exception>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void Forward<T>(ReadOnlySpan<T> x, Span<T> y, int outer, int channels, int pieces, int inner)
        where T : unmanaged
    {
        Check(outer, channels, pieces, inner);
        Require.Length(y.Length, outer, channels, inner, nameof(y));
        Require.Length(x.Length, y.Length, pieces, nameof(x));
        var tasks = Chunks.Count(x.Length, outer * channels);
        WorkerPool.Run(tasks, new ForwardBody<T>(x, y, tasks, outer * channels, pieces, inner));
    }

    /// <summary>dx is dy at the first of the largest pieces and 0 at the others; the first piece takes it where one is NaN.</summary>
    /// <param name="x">Input of the forward pass [outer × channels·pieces × inner].</param>
    /// <param name="dy">Gradient of the output [outer × channels × inner].</param>
    /// <param name="dx">Gradient of the input; may be <paramref name="x"/>.</param>
    /// <param name="outer">Product of the axes before the channels.</param>
    /// <param name="channels">Channels of the output.</param>
    /// <param name="pieces">Neighbouring channels of the input that compete for one of the output.</param>
    /// <param name="inner">Product of the axes behind the channels.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pieces"/> is below 1.</exception>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void Backward<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dx, int outer, int channels, int pieces, int inner)
        where T : unmanaged
    {
        Check(outer, channels, pieces, inner);
        Require.Length(dy.Length, outer, channels, inner, nameof(dy));
        Require.Length(x.Length, dy.Length, pieces, nameof(x));
        Require.Length(dx.Length, dy.Length, pieces, nameof(dx));
        var tasks = Chunks.Count(x.Length, outer * channels);
        WorkerPool.Run(tasks, new BackwardBody<T>(x, dy, dx, tasks, outer * channels, pieces, inner));
    }

    private static void Check(int outer, int channels, int pieces, int inner)
    {
        Require.Shape(outer, channels, inner);
        if (pieces < 1)
            ThrowPieces(pieces);
    }

    [DoesNotReturn]
    private static void ThrowPieces(int pieces) =>
        throw new ArgumentOutOfRangeException(nameof(pieces), pieces, "Maxout takes the largest of at least 1 piece.");

    /// <summary>The largest of the pieces that start at <paramref name="start"/> and follow one another by <paramref name="inner"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Largest<V, T>(ReadOnlySpan<T> x, int start, int pieces, int inner)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var max = V.Load(x, start);
        for (var k = 1; k < pieces; k++)
            max = V.Max(max, V.Load(x, start + k * inner));
        return max;
    }

    /// <summary>Rows are output channels of all samples, columns the inner positions.</summary>
    private readonly ref struct ForwardBody<T>(ReadOnlySpan<T> x, Span<T> y, int tasks, int rows, int pieces, int inner) : IParallelBody, ILaneBody<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _y = y;
        private readonly int _tasks = tasks;
        private readonly int _rows = rows;
        private readonly int _pieces = pieces;
        private readonly int _inner = inner;

        public void Execute(int task) =>
            Lanes.Run<T, ForwardBody<T>>(Chunks.Start(task, _tasks, _rows), Chunks.Start(task + 1, _tasks, _rows), 0, _inner, in this);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
            => Largest<V, T>(_x, row * _pieces * _inner + column, _pieces, _inner).Store(_y, row * _inner + column);
    }

    private readonly ref struct BackwardBody<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dx, int tasks, int rows, int pieces, int inner) : IParallelBody, ILaneBody<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _dy = dy;
        private readonly Span<T> _dx = dx;
        private readonly int _tasks = tasks;
        private readonly int _rows = rows;
        private readonly int _pieces = pieces;
        private readonly int _inner = inner;

        public void Execute(int task) =>
            Lanes.Run<T, BackwardBody<T>>(Chunks.Start(task, _tasks, _rows), Chunks.Start(task + 1, _tasks, _rows), 0, _inner, in this);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var start = row * _pieces * _inner + column;
            var max = Largest<V, T>(_x, start, _pieces, _inner);
            var rest = V.Load(_dy, row * _inner + column);
            for (var k = 0; k < _pieces; k++)
            {
                // What a piece does not take, being less than the largest, is left for those behind it.
                var left = V.And(V.LessThan(V.Load(_x, start + k * _inner), max), rest);
                V.AndNot(rest, left).Store(_dx, start + k * _inner);
                rest = left;
            }
        }
    }
}
