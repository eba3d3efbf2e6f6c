using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>
/// Sums of an operator's results, such as gradients of learnable activation parameters and weight penalties.
/// The order of a sum is fixed by the shape, and its error doesn't grow with the number of terms.
/// </summary>
public static class Reduce
{
    // Columns are shared in whole cache lines, so that no vector is cut and no two threads write to one line.
    private const int ColumnUnit = 16;

    /// <summary>Σ_{r, c} e(x[r, c], r, c), added up in doubles.</summary>
    /// <param name="x">Input [rows × columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="e">The operator that gives the terms.</param>
    /// <exception cref="ArgumentException">A span's length is not rows·columns.</exception>
    public static T Sum<T, TEpilogue>(ReadOnlySpan<T> x, int rows, int columns, TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        Require.Shape(rows, columns);
        Require.Length(x.Length, rows, columns, nameof(x));
        var term = new MatrixTerm<T, TEpilogue>(x, columns, e);
        return T.CreateTruncating(Lanes.SumAll<T, MatrixTerm<T, TEpilogue>>(rows, columns, in term));
    }

    /// <summary>sums[c] = Σ_r e(x[r, c], r, c), or added to what is there.</summary>
    /// <param name="x">Input [rows × columns].</param>
    /// <param name="sums">Receives the sums [columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="e">The operator that gives the terms.</param>
    /// <param name="accumulate">Whether to add.</param>
    /// <remarks>The sums are compensated: W. Kahan, "Further Remarks on Reducing Truncation Errors" (1965).</remarks>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void Columns<T, TEpilogue>(ReadOnlySpan<T> x, Span<T> sums, int rows, int columns, TEpilogue e, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        Require.Shape(rows, columns);
        Require.Length(x.Length, rows, columns, nameof(x));
        Require.Length(sums.Length, 1, columns, nameof(sums));
        var body = new ColumnsBody<T, TEpilogue>(x, sums, rows, e, accumulate);
        WorkerPool.Run(body.Tasks, body);
    }

    /// <summary>sums[k] = Σ_{n, i} e(x[n·channels + k, i], n·channels + k, i), or added to what is there; the terms are added up in doubles.</summary>
    /// <param name="x">Input [samples × channels × inner]; to the operator a matrix [samples·channels × inner]. For inner = 1 <see cref="Columns"/> is faster.</param>
    /// <param name="sums">Receives the sums [channels].</param>
    /// <param name="samples">Product of the axes before the channels.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Product of the axes behind the channels.</param>
    /// <param name="e">The operator that gives the terms.</param>
    /// <param name="accumulate">Whether to add.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void Channels<T, TEpilogue>(ReadOnlySpan<T> x, Span<T> sums, int samples, int channels, int inner, TEpilogue e, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        Require.Shape(samples, channels, inner);
        Require.Length(x.Length, samples, channels, inner, nameof(x));
        Require.Length(sums.Length, 1, channels, nameof(sums));
        var tasks = Chunks.Count(x.Length, channels);
        WorkerPool.Run(tasks, new ChannelsBody<T, TEpilogue>(x, sums, tasks, samples, inner, e, accumulate));
    }

    private readonly ref struct MatrixTerm<T, TEpilogue>(ReadOnlySpan<T> x, int columns, TEpilogue e) : ILaneTerm<T>
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly int _columns = columns;
        private readonly TEpilogue _e = e;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
            => _e.Apply(V.Load(_x, row * _columns + column), row, column);
    }

    private readonly ref struct ColumnsBody<T, TEpilogue>(ReadOnlySpan<T> x, Span<T> sums, int rows, TEpilogue e, bool accumulate) : ILaneBody<T>, IParallelBody
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _sums = sums;
        private readonly int _rows = rows;
        private readonly TEpilogue _e = e;
        private readonly bool _accumulate = accumulate;

        public int Tasks => Chunks.Count(_x.Length, Units);

        private int Units => (int)(((long)_sums.Length + ColumnUnit - 1) / ColumnUnit);

        public void Execute(int task)
        {
            var start = Chunks.Start(task, Tasks, Units) * ColumnUnit;
            var end = (int)Math.Min((long)Chunks.Start(task + 1, Tasks, Units) * ColumnUnit, _sums.Length);
            Lanes.Run<T, ColumnsBody<T, TEpilogue>>(0, 1, start, end, in this);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var (sum, error) = (V.Zero, V.Zero);
            for (var (r, index) = (0, column); r < _rows; r++, index += _sums.Length)
            {
                var term = _e.Apply(V.Load(_x, index), r, column) - error;
                var next = sum + term;
                error = (next - sum) - term;
                // An infinite sum has no error to speak of.
                error = V.And(V.Equal(error, error), error);
                sum = next;
            }
            (_accumulate ? V.Load(_sums, column) + sum : sum).Store(_sums, column);
        }
    }

    private readonly ref struct ChannelsBody<T, TEpilogue>(ReadOnlySpan<T> x, Span<T> sums, int tasks, int samples, int inner, TEpilogue e, bool accumulate) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _sums = sums;
        private readonly int _tasks = tasks;
        private readonly int _samples = samples;
        private readonly int _inner = inner;
        private readonly TEpilogue _e = e;
        private readonly bool _accumulate = accumulate;

        public void Execute(int task)
        {
            var channels = _sums.Length;
            var end = Chunks.Start(task + 1, _tasks, channels);
            for (var channel = Chunks.Start(task, _tasks, channels); channel < end; channel++)
            {
                var term = new ChannelTerm<T, TEpilogue>(new MatrixTerm<T, TEpilogue>(_x, _inner, _e), channels, channel);
                var sum = T.CreateTruncating(Lanes.Sum<T, ChannelTerm<T, TEpilogue>>(0, _samples, 0, _inner, in term));
                _sums[channel] = _accumulate ? _sums[channel] + sum : sum;
            }
        }
    }

    /// <summary>The terms of one channel; rows are samples.</summary>
    private readonly ref struct ChannelTerm<T, TEpilogue>(MatrixTerm<T, TEpilogue> matrix, int channels, int channel) : ILaneTerm<T>
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly MatrixTerm<T, TEpilogue> _matrix = matrix;
        private readonly int _channels = channels;
        private readonly int _channel = channel;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
            => _matrix.Run<V>(row * _channels + _channel, column);
    }
}
