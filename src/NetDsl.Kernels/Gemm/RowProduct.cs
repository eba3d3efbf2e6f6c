using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>
/// c = epilogue(a·bᵀ) by dot products of rows, which need no packing: for few rows of a, or few of b.
/// The order of a sum depends on k and the vector's width alone.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="V">The vector, not longer than k.</typeparam>
/// <typeparam name="TEpilogue">The epilogue.</typeparam>
internal unsafe ref struct RowProduct<T, V, TEpilogue> : IParallelBody
    where T : unmanaged
    where V : struct, ISimd<V, T>
    where TEpilogue : struct, IEpilogue<T>, allows ref struct
{
    private readonly int _m;
    private readonly int _n;
    private readonly int _k;
    private readonly T* _a;
    private readonly T* _b;
    private readonly T* _c;
    private readonly int _taskRows;
    private readonly int _taskColumns;
    private readonly TEpilogue _epilogue;

    private RowProduct(int m, int n, int k, T* a, T* b, T* c, TEpilogue epilogue)
    {
        _m = m;
        _n = n;
        _k = k;
        _a = a;
        _b = b;
        _c = c;
        _epilogue = epilogue;
        (_taskRows, _taskColumns) = Blocking.RowTask(m, n, k);
    }

    /// <summary>c[m×n] = epilogue(a[m×k]·b[n×k]ᵀ).</summary>
    public static void Run(int m, int n, int k, T* a, T* b, T* c, TEpilogue epilogue)
    {
        var product = new RowProduct<T, V, TEpilogue>(m, n, k, a, b, c, epilogue);
        WorkerPool.Run(Blocking.DivideUp(m, product._taskRows) * Blocking.DivideUp(n, product._taskColumns), product);
    }

    /// <inheritdoc/>
    public readonly void Execute(int task)
    {
        var tasksAcross = Blocking.DivideUp(_n, _taskColumns);
        var row = task / tasksAcross * _taskRows;
        var column = task % tasksAcross * _taskColumns;
        var rows = Math.Min(_taskRows, _m - row);
        var columns = Math.Min(_taskColumns, _n - column);
        var sums = PackBuffer.Rent<T>(PackBuffer.Use.Sums, (nint)rows * columns);
        var a = _a + (nint)row * _k;
        var b = _b + (nint)column * _k;
        if (rows <= columns && rows <= Blocking.TileVectors<T, V>())
            Tiles(columns, rows, b, a, sums, 1, columns);
        else
            Tiles(rows, columns, a, b, sums, columns, 1);
        Sums.Finish(sums, columns, _c, _n, row, rows, column, columns, _epilogue);
    }

    private readonly void Tiles(int rows, int columns, T* a, T* b, T* sums, nint rowStride, nint columnStride)
    {
        var width = Blocking.TileVectors<T, V>();
        for (var j = 0; j < columns; j += width)
        {
            for (var i = 0; i < rows; i += Blocking.TileRows)
            {
                var sink = new LaneSumSink<T>(sums + i * rowStride + j * columnStride, rowStride, columnStride);
                MicroKernel.Run<T, V, DotProduct<T>, LaneSumSink<T>>(
                    Math.Min(Blocking.TileRows, rows - i), Math.Min(width, columns - j),
                    _k, a + (nint)i * _k, _k, V.Count, b + (nint)j * _k, _k, V.Count, null, ref sink);
            }
        }
    }
}
