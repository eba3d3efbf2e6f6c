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
}
