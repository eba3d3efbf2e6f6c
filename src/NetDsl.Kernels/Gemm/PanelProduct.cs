using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>
/// c = epilogue(a·b) by outer products, one task for each block of c. Rows of a are read where they stand and broadcast; b is read in
/// panels of a few vectors' width. Every element is one sum over k in order, so neither tiles nor threads change its bits.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="V">The vector.</typeparam>
/// <typeparam name="TEpilogue">The epilogue.</typeparam>
internal unsafe ref struct PanelProduct<T, V, TEpilogue> : IParallelBody
    where T : unmanaged
    where V : struct, ISimd<V, T>
    where TEpilogue : struct, IEpilogue<T>, allows ref struct
{
    private readonly int _m;
    private readonly int _n;
    private readonly int _k;
    private readonly T* _a;
    private readonly bool _aPacked;
    private readonly T* _b;
    private readonly bool _bPacked;
    private readonly bool _bStreams;
    private readonly T* _c;
    private readonly bool _turned;
    private readonly int _width;
    private readonly int _depth;
    private readonly int _taskRows;
    private readonly int _taskColumns;
    private readonly TEpilogue _epilogue;

    private PanelProduct(int m, int n, int k, T* a, bool aPacked, T* b, bool bPacked, T* c, bool turned, TEpilogue epilogue)
    {
        _m = m;
        _n = n;
        _k = k;
        _a = a;
        _aPacked = aPacked;
        _b = b;
        _bPacked = bPacked;
        _bStreams = !bPacked && !Blocking.FitsL2<T>((long)k * n);
        _c = c;
        _turned = turned;
        _width = Blocking.TileVectors<T, V>() * V.Count;
        _depth = Blocking.Depth<T>(k);
        _epilogue = epilogue;
        (_taskRows, _taskColumns) = Blocking.Task(m, n, k, _width);
    }

    /// <summary>c[m×n] = epilogue(op(a)·op(b)).</summary>
    public static void Run(Transpose transposeA, Transpose transposeB, int m, int n, int k, T* a, T* b, T* c, TEpilogue epilogue)
    {
        // cᵀ = op(b)ᵀ·op(a)ᵀ reads b where it stands; what has to be packed then is a, the smaller one, or nothing.
        if (transposeB == Transpose.Yes && (transposeA == Transpose.Yes || m < n))
            Run(false, transposeA == Transpose.No, n, m, k, b, a, c, turned: true, epilogue);
        else
            Run(transposeA == Transpose.Yes, transposeB == Transpose.Yes, m, n, k, a, b, c, turned: false, epilogue);
    }

    private static void Run(bool packA, bool packB, int m, int n, int k, T* a, T* b, T* c, bool turned, TEpilogue epilogue)
    {
        if (packA)
        {
            var packed = PackBuffer.Rent<T>(PackBuffer.Use.A, (nint)k * (m + Blocking.TileRows));
            Packing.Rows(a, packed, m, k);
            a = packed;
        }
        if (packB)
        {
            var packed = PackBuffer.Rent<T>(PackBuffer.Use.B, (nint)k * (n + V.Count));
            Packing.Panels(b, packed, n, k, Blocking.TileVectors<T, V>() * V.Count, V.Count);
            b = packed;
        }
        var product = new PanelProduct<T, V, TEpilogue>(m, n, k, a, packA, b, packB, c, turned, epilogue);
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

        var direct = !_turned && _depth >= _k;
        var whole = direct ? columns - columns % V.Count : 0;
        // While b stays in the cache, going along the rows writes c in order.
        var step = Blocking.FitsL1<T>((long)_k * whole) ? Blocking.TileRows : rows;
        for (var i = 0; i < rows; i += step)
        {
            for (var panel = 0; panel < whole; panel += _width)
                Finished(row + i, Math.Min(step, rows - i), column + panel, Math.Min(_width, whole - panel) / V.Count);
        }
        if (whole < columns)
        {
            for (var i = row; i < row + rows; i += Blocking.TaskRows)
                Summed(i, Math.Min(Blocking.TaskRows, row + rows - i), column + whole, columns - whole);
        }
    }

    // Sums that are complete and in place. The plain product stores its tile where it belongs; any other epilogue finds it in the L1
    // cache: repeated for every vector of a tile, its code would exceed what the JIT inlines.
    [SkipLocalsInit]
    private readonly void Finished(int row, int rows, int column, int vectors)
    {
        var isPlain = typeof(TEpilogue) == typeof(Store<T>);
        var columns = vectors * V.Count;
        var waiting = stackalloc T[isPlain ? 1 : Blocking.TileRows * columns];
        var b = Panel(column, columns, 0, out var bStride);
        for (var i = row; i < row + rows; i += Blocking.TileRows)
        {
            if (isPlain)
                Await(_c + (nint)i * _n + column, Math.Min(Blocking.TileRows, row + rows - i), columns);
            var sink = isPlain ? new SumSink<T>(_c + (nint)i * _n + column, _n, add: false) : new SumSink<T>(waiting, columns, add: false);
            Tile(i, row + rows, 0, _k, b, bStride, Ahead(b, column, (i - row) / Blocking.TileRows), vectors, ref sink);
            if (!isPlain)
                Sums.Finish(waiting, columns, _c, _n, i, Math.Min(Blocking.TileRows, row + rows - i), column, columns, _epilogue);
        }
    }

    // Storing needs c's lines in the cache; they come while the tile is computed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Await(T* c, int rows, int columns)
    {
        if (!Sse.IsSupported)
            return;
        for (var end = c + (nint)rows * _n; c < end; c += _n)
        {
            Sse.Prefetch0(c);
            if (columns > V.Count)
                Sse.Prefetch0(c + V.Count);
            if (columns > 2 * V.Count)
                Sse.Prefetch0(c + 2 * V.Count);
            if (columns > 3 * V.Count)
                Sse.Prefetch0(c + 3 * V.Count);
        }
    }

    // The others wait in a buffer that is as wide as whole vectors.
    private readonly void Summed(int row, int rows, int column, int columns)
    {
        nint stride = Blocking.DivideUp(columns, V.Count) * V.Count;
        var sums = PackBuffer.Rent<T>(PackBuffer.Use.Sums, rows * stride);
        if (_k == 0)
            new Span<T>(sums, (int)(rows * stride)).Clear();
        for (var p = 0; p < _k; p += _depth)
        {
            var depth = Math.Min(_depth, _k - p);
            for (var panel = 0; panel < columns; panel += _width)
            {
                var vectors = Blocking.DivideUp(Math.Min(_width, columns - panel), V.Count);
                var b = Panel(column + panel, Math.Min(columns - panel, _width), p, out var bStride);
                for (var i = 0; i < rows; i += Blocking.TileRows)
                {
                    var sink = new SumSink<T>(sums + i * stride + panel, stride, add: p > 0);
                    Tile(row + i, row + rows, p, depth, b, bStride, Ahead(b, column + panel, i / Blocking.TileRows), vectors, ref sink);
                }
            }
        }

        if (_turned)
        {
            var turned = PackBuffer.Rent<T>(PackBuffer.Use.Turned, (nint)rows * columns);
            Turn.Block(sums, stride, turned, rows, rows, columns);
            Sums.Finish(turned, rows, _c, _m, column, columns, row, rows, _epilogue);
        }
        else
            Sums.Finish(sums, stride, _c, _n, row, rows, column, columns, _epilogue);
    }

    private readonly void Tile<TSink>(int row, int end, int p, int depth, T* b, nint bStride, T* ahead, int vectors, ref TSink sink)
        where TSink : struct, ITileSink<T>, allows ref struct
    {
        nint aRow = _aPacked ? 1 : _k;
        nint aStep = _aPacked ? Blocking.TileRows : 1;
        MicroKernel.Run<T, V, OuterProduct<T>, TSink>(
            Math.Min(Blocking.TileRows, end - row), vectors, depth, _a + (nint)row * _k + p * aStep, aRow, aStep, b, V.Count, bStride, ahead, ref sink);
    }

    // The first tiles of a panel fetch the next panel, each one line of every row. Where nothing is to be fetched, b is there already.
    private readonly T* Ahead(T* b, int column, int tile)
    {
        var line = tile * (Blocking.LineBytes / sizeof(T));
        return _bStreams && line < _width && column + _width + line < _n ? b + _width + line : b;
    }

    private readonly T* Panel(int column, int columns, int p, out nint stride)
    {
        var width = Blocking.DivideUp(columns, V.Count) * V.Count;
        if (_bPacked)
        {
            // A panel is entered at its start or, for its last columns alone, further in.
            var start = column / _width * _width;
            stride = Math.Min(_width, Blocking.DivideUp(_n - start, V.Count) * V.Count);
            return _b + (nint)start * _k + p * stride + (column - start);
        }
        if (columns == width)
        {
            stride = _n;
            return _b + (nint)p * _n + column;
        }
        // The vectors of the last columns would reach over the row's end.
        var depth = Math.Min(_depth, _k - p);
        var packed = PackBuffer.Rent<T>(PackBuffer.Use.Edge, (nint)depth * width);
        Packing.Edge(_b + (nint)p * _n + column, _n, packed, depth, columns, width);
        stride = width;
        return packed;
    }
}
