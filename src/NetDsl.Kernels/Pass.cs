using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>An elementwise operator as a pass of its own over a matrix.</summary>
public static class Pass
{
    /// <summary>y[r, c] = e(x[r, c], r, c).</summary>
    /// <param name="x">Input [rows × columns].</param>
    /// <param name="y">Output [rows × columns]; may be <paramref name="x"/>.</param>
    /// <param name="rows">Rows, usually samples.</param>
    /// <param name="columns">Columns, usually features.</param>
    /// <param name="e">The operator.</param>
    /// <exception cref="ArgumentException">A span's length is not rows·columns.</exception>
    public static void Apply<T, TEpilogue>(ReadOnlySpan<T> x, Span<T> y, int rows, int columns, TEpilogue e)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        Require.Shape(rows, columns);
        Require.Length(x.Length, rows, columns, nameof(x));
        Require.Length(y.Length, rows, columns, nameof(y));
        var body = new Body<T, TEpilogue>(x, y, rows, columns, e);
        if (x.Length < Chunks.ParallelElements)
            Lanes.Run<T, Body<T, TEpilogue>>(0, rows, 0, columns, in body);
        else
            RunParallel<T, TEpilogue>(ref body);
    }

    /// <summary>
    /// y[r·yStride + c] = e(x[r·xStride + c], r, c): a pass over some of the columns of wider matrices, say the gates of a layer whose
    /// input is several pieces of columns.
    /// </summary>
    /// <param name="x">Input, at least (rows − 1)·xStride + columns elements.</param>
    /// <param name="y">Output, at least (rows − 1)·yStride + columns elements; what lies between the rows stays. With equal strides it may be <paramref name="x"/>.</param>
    /// <param name="rows">Rows, usually samples.</param>
    /// <param name="columns">Columns, usually features.</param>
    /// <param name="xStride">Elements from a row of x to the next.</param>
    /// <param name="yStride">Elements from a row of y to the next.</param>
    /// <param name="e">The operator.</param>
    /// <exception cref="ArgumentOutOfRangeException">A stride is below the number of columns.</exception>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    public static void Apply<T, TEpilogue>(ReadOnlySpan<T> x, Span<T> y, int rows, int columns, int xStride, int yStride, TEpilogue e)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        Require.Shape(rows, columns);
        Require.Strided(x.Length, rows, columns, xStride, nameof(x));
        Require.Strided(y.Length, rows, columns, yStride, nameof(y));
        var body = new StridedBody<T, TEpilogue>(x, y, rows, columns, xStride, yStride, e);
        WorkerPool.Run(body.Tasks, body);
    }

    // Apart from the small path, whose frame it would enlarge.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunParallel<T, TEpilogue>(ref Body<T, TEpilogue> body)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
        => WorkerPool.Run(body.Tasks, body);

    private readonly ref struct Body<T, TEpilogue>(ReadOnlySpan<T> x, Span<T> y, int rows, int columns, TEpilogue e) : ILaneBody<T>, IParallelBody
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _y = y;
        private readonly int _rows = rows;
        private readonly int _columns = columns;
        private readonly TEpilogue _e = e;

        public int Tasks => Chunks.Count(_x.Length, _rows == 1 ? _columns : _rows);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var index = row * _columns + column;
            _e.Apply(V.Load(_x, index), row, column).Store(_y, index);
        }

        public void Execute(int task)
        {
            if (_rows == 1)
                Lanes.Run<T, Body<T, TEpilogue>>(0, 1, Chunks.Start(task, Tasks, _columns), Chunks.Start(task + 1, Tasks, _columns), in this);
            else
                Lanes.Run<T, Body<T, TEpilogue>>(Chunks.Start(task, Tasks, _rows), Chunks.Start(task + 1, Tasks, _rows), 0, _columns, in this);
        }
    }

    // Apart from the body without strides, whose fields fit the registers.
    private readonly ref struct StridedBody<T, TEpilogue>(ReadOnlySpan<T> x, Span<T> y, int rows, int columns, int xStride, int yStride, TEpilogue e) : ILaneBody<T>, IParallelBody
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _y = y;
        private readonly int _rows = rows;
        private readonly int _columns = columns;
        private readonly int _xStride = xStride;
        private readonly int _yStride = yStride;
        private readonly TEpilogue _e = e;

        public int Tasks => Chunks.Count((long)_rows * _columns, _rows);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
            => _e.Apply(V.Load(_x, row * _xStride + column), row, column).Store(_y, row * _yStride + column);

        public void Execute(int task) =>
            Lanes.Run<T, StridedBody<T, TEpilogue>>(Chunks.Start(task, Tasks, _rows), Chunks.Start(task + 1, Tasks, _rows), 0, _columns, in this);
    }
}
