using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>
/// A forward product, or the gradient of an input, by transformed tiles: a task for some blocks of tiles, or, where these are few, for some channels of one. Six channels' results of a block
/// are multiplied, transformed back and handed to the epilogue while they are in the first cache.
/// Every product is one sum over the channels in order, so neither vectors nor threads change a bit.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="V">The vector, of the plan's lanes.</typeparam>
/// <typeparam name="TEpilogue">The epilogue.</typeparam>
internal unsafe ref struct WinogradProduct<T, V, TEpilogue> : IParallelBody
    where T : unmanaged
    where V : struct, ISimd<V, T>
    where TEpilogue : struct, IEpilogue<T>, allows ref struct
{
    /// <summary>Multiply-adds of one task at least, some 5 µs.</summary>
    private const long TaskWork = 1 << 18;

    /// <summary>Tasks that even a single block falls into where its channels allow it.</summary>
    private const int FewestTasks = 2;

    private readonly WinogradPlan _plan;
    private readonly T* _source;
    private readonly T* _weights;
    private readonly T* _result;
    private readonly int _lines;
    private readonly int _blocks;
    private readonly int _blocksPerTask;
    private readonly int _tasksPerBlock;
    private readonly TEpilogue _epilogue;
    private int _block;
    private T* _tiles;

    private WinogradProduct(WinogradPlan plan, T* source, T* weights, T* result, int samples, TEpilogue epilogue)
    {
        _plan = plan;
        _source = source;
        _weights = weights;
        _result = result;
        _epilogue = epilogue;
        _lines = samples * plan.TilesY;
        _blocks = Blocking.DivideUp(_lines, plan.LinesPerBlock);
        var work = (long)WinogradPlan.Products * plan.Sources * plan.Rows * plan.LinesPerBlock * plan.TilesX;
        _blocksPerTask = (int)Math.Clamp(2 * TaskWork / work, 1, _blocks);
        var tasks = Blocking.DivideUp(_blocks, _blocksPerTask);
        var parts = Math.Min(Blocking.DivideUp(FewestTasks, tasks), work / TaskWork);
        _tasksPerBlock = _blocksPerTask > 1 ? 1 : (int)Math.Clamp(parts, 1, Cut.Into(plan.Rows, Blocking.TileRows).Tiles);
    }

    public static void Run(WinogradPlan plan, T* source, T* weight, T* result, int samples, TEpilogue epilogue)
    {
        if (samples == 0)
            return;
        var weights = WinogradWeights<T, V>.Run(plan, weight);
        var body = new WinogradProduct<T, V, TEpilogue>(plan, source, weights, result, samples, epilogue);
        if (body._tasksPerBlock == 1)
        {
            WorkerPool.Run(Blocking.DivideUp(body._blocks, body._blocksPerTask), body);
            return;
        }
        for (body._tiles = WinogradInput.Rent<T>(plan, plan.Sources); body._block < body._blocks; body._block++)
        {
            var (start, end) = body.Lines(body._block);
            WinogradInputs<T>.Run(plan, source, start, end, body._tiles);
            WorkerPool.Run(body._tasksPerBlock, body);
        }
    }

    /// <inheritdoc/>
    public readonly void Execute(int task)
    {
        if (_tiles != null)
        {
            var tasks = new Cut(Cut.Into(_plan.Rows, Blocking.TileRows).Tiles, _tasksPerBlock);
            Block(_block, _tiles, tasks.Start(task), tasks.Start(task + 1));
            return;
        }
        var first = task * _blocksPerTask;
        for (var block = first; block < Math.Min(_blocks, first + _blocksPerTask); block++)
        {
            var (start, end) = Lines(block);
            var tiles = WinogradInput.Rent<T>(_plan, _plan.Sources);
            WinogradInput.Fill(_plan, _source, start, end, 0, _plan.Sources, tiles, WinogradInput.Stride(_plan, _plan.Sources));
            Block(block, tiles, 0, Cut.Into(_plan.Rows, Blocking.TileRows).Tiles);
        }
    }

    private readonly (int Start, int End) Lines(int block) =>
        (block * _plan.LinesPerBlock, Math.Min(_lines, (block + 1) * _plan.LinesPerBlock));

    private readonly void Block(int block, T* tiles, int firstTile, int lastTile)
    {
        var (start, end) = Lines(block);
        var cut = Cut.Into(_plan.Rows, Blocking.TileRows);
        for (var rowTile = firstTile; rowTile < lastTile; rowTile++)
        {
            var (row, rows) = (cut.Start(rowTile), cut.Start(rowTile + 1) - cut.Start(rowTile));
            var sums = Multiply(tiles, rowTile, rows, (end - start) * _plan.TilesX);
            Finish(sums, row, rows, start, end);
        }
    }

    // sums[ξ, row, tile] = Σ weights[ξ, row, channel] · tiles[ξ, channel, tile].
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly T* Multiply(T* tiles, int rowTile, int rows, int count)
    {
        nint stride = _plan.TileStride;
        var sums = PackBuffer.Rent<T>(PackBuffer.Use.Sums, WinogradPlan.Products * Blocking.TileRows * stride);
        var columns = Cut.Into(Blocking.DivideUp(count, V.Count), Blocking.TileVectors<T, V>());
        var product = sums;
        var weights = _weights + WinogradPlan.Products * rowTile * WinogradWeights<T, V>.Stride(_plan);
        for (var xi = 0; xi < WinogradPlan.Products; xi++)
        {
            for (var tile = 0; tile < columns.Tiles; tile++)
            {
                var column = columns.Start(tile);
                var sink = new SumSink<T>(product + column * V.Count, stride, add: false);
                var b = tiles + column * V.Count;
                MicroKernel.Run<T, V, OuterProduct<T>, SumSink<T>>(
                    rows, columns.Start(tile + 1) - column, _plan.Sources, weights, _plan.Sources, 1, b, V.Count, stride, b, ref sink);
            }
            product += Blocking.TileRows * stride;
            weights += WinogradWeights<T, V>.Stride(_plan);
            tiles += _plan.Sources * stride;
        }
        return sums;
    }

    private readonly void Finish(T* sums, int row, int rows, int start, int end)
    {
        nint resultRow = (_plan.LinesPerBlock + 1) * WinogradPlan.TileSide * _plan.Width + 2 * V.Count;
        var results = PackBuffer.Rent<T>(PackBuffer.Use.Turned, Blocking.TileRows * resultRow);
        for (var i = 0; i < rows; i++)
        {
            if (_plan.TilesX > Simd256<T>.Count && V.Count > Simd256<T>.Count)
                Results<Simd512<T>>(sums + i * _plan.TileStride, end - start, results + i * resultRow);
            else if (_plan.TilesX > Simd128<T>.Count && V.Count > Simd128<T>.Count)
                Results<Simd256<T>>(sums + i * _plan.TileStride, end - start, results + i * resultRow);
            else
                Results<Simd128<T>>(sums + i * _plan.TileStride, end - start, results + i * resultRow);
        }
        for (var at = 0; at < end - start;)
        {
            var lines = TileLines.Of(_plan, start, end, at);
            var column = lines.First * WinogradPlan.TileSide * _plan.Width;
            var columns = Math.Min(_plan.ResultSize, column + lines.Count * WinogradPlan.TileSide * _plan.Width) - column;
            Sums.Finish(
                results + at * WinogradPlan.TileSide * _plan.Width, resultRow, _result, _plan.ResultSize, lines.Sample * _plan.Rows + row, rows, column, columns, _epilogue);
            at += lines.Count;
        }
    }

    // What a line's last vectors write behind its end belongs to lines that are written later: therefore the last ones first.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Results<VTile>(T* sums, int lines, T* results)
        where VTile : struct, ISimd<VTile, T>
    {
        nint stride = Blocking.TileRows * _plan.TileStride;
        var last = (_plan.TilesX - 1) / VTile.Count * VTile.Count;
        for (var line = 0; line < lines; line++)
        {
            for (var tile = last; tile >= 0; tile -= VTile.Count)
            {
                WinogradTransforms.Result<T, VTile>(sums + tile, stride, out var y00, out var y01, out var y10, out var y11);
                Pairs.Store(y00, y01, results + 2 * tile);
                Pairs.Store(y10, y11, results + _plan.Width + 2 * tile);
            }
            sums += _plan.TilesX;
            results += WinogradPlan.TileSide * _plan.Width;
        }
    }
}
