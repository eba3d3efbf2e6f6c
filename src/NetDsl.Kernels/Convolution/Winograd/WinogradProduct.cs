using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>
/// A forward product, or the gradient of an input, by transformed tiles: a task for some blocks of tiles, or for some channels of one. Six channels' results of a block
/// are multiplied, transformed back and handed to the epilogue while they are in the first cache.
/// Every product is one sum over the channels in order, so neither vectors nor threads change a bit.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="V">The vector, of the plan's lanes.</typeparam>
/// <typeparam name="TEpilogue">The epilogue.</typeparam>
internal readonly unsafe ref struct WinogradProduct<T, V, TEpilogue> : IParallelBody
    where T : unmanaged
    where V : struct, ISimd<V, T>
    where TEpilogue : struct, IEpilogue<T>, allows ref struct
{
    /// <summary>Multiply-adds of one task at most where it has several blocks, some 10 µs.</summary>
    private const long TaskWork = 1 << 19;

    /// <summary>Tasks that each transform the weights they need, which costs them less than to wait for another core's.</summary>
    private const int FewTasks = 4;

    /// <summary>Tasks from which on a block need not be cut for the sake of more threads.</summary>
    private const int EnoughTasks = 16;

    /// <summary>Multiply-adds and tiles of rows of a part of a block at least, since each part transforms the block's tiles itself.</summary>
    private const long PartWork = 1 << 21;

    private const int PartTiles = 6;

    private readonly WinogradPlan _plan;
    private readonly T* _source;
    private readonly T* _weight;
    private readonly T* _transformed;
    private readonly T* _result;
    private readonly TileBlocks _blocks;
    private readonly int _blocksPerTask;
    private readonly int _tasksPerBlock;
    private readonly TEpilogue _epilogue;

    private WinogradProduct(WinogradPlan plan, T* source, T* weight, T* result, int samples, TEpilogue epilogue)
    {
        _plan = plan;
        _source = source;
        _weight = weight;
        _result = result;
        _epilogue = epilogue;
        _blocks = plan.Blocks(samples, EnoughTasks);
        var work = (long)WinogradPlan.Products * plan.Sources * plan.Rows * _blocks.LinesPerBlock * plan.TilesX;
        _blocksPerTask = (int)Math.Clamp(TaskWork / work, 1, _blocks.Count);
        var parts = Math.Min(Blocking.DivideUp(EnoughTasks, Blocking.DivideUp(_blocks.Count, _blocksPerTask)), work / PartWork);
        _tasksPerBlock = (int)Math.Max(1, Math.Min(parts, Cut.Into(plan.Rows, Blocking.TileRows).Tiles / PartTiles));
        if (WorkerPool.Threads == 1 || Tasks > FewTasks)
            _transformed = WinogradWeights<T, V>.Run(plan, weight);
    }

    private int Tasks => Blocking.DivideUp(_blocks.Count, _blocksPerTask) * _tasksPerBlock;

    public static void Run(WinogradPlan plan, T* source, T* weight, T* result, int samples, TEpilogue epilogue)
    {
        var body = new WinogradProduct<T, V, TEpilogue>(plan, source, weight, result, samples, epilogue);
        WorkerPool.Run(body.Tasks, body);
    }

    /// <inheritdoc/>
    public void Execute(int task)
    {
        var (group, part) = int.DivRem(task, _tasksPerBlock);
        var cut = Cut.Into(_plan.Rows, Blocking.TileRows);
        var parts = new Cut(cut.Tiles, _tasksPerBlock);
        var weights = _transformed is null ? WinogradWeights<T, V>.Run(_plan, _weight, cut.Start(parts.Start(part)), cut.Start(parts.Start(part + 1))) : _transformed;
        var first = group * _blocksPerTask;
        for (var block = first; block < Math.Min(_blocks.Count, first + _blocksPerTask); block++)
            Block(block, weights, parts.Start(part), parts.Start(part + 1));
    }

    private void Block(int block, T* weights, int firstTile, int lastTile)
    {
        var (start, end) = (_blocks.Start(block), _blocks.End(block));
        var tiles = WinogradInput.Rent<T>(_blocks, _plan.Sources);
        WinogradInput.Fill(_plan, _source, _blocks, block, 0, _plan.Sources, tiles);
        var cut = Cut.Into(_plan.Rows, Blocking.TileRows);
        for (var rowTile = firstTile; rowTile < lastTile; rowTile++)
        {
            var (row, rows) = (cut.Start(rowTile), cut.Start(rowTile + 1) - cut.Start(rowTile));
            var sums = Multiply(tiles, weights, rowTile, rows, (end - start) * _plan.TilesX);
            Finish(sums, row, rows, start, end);
        }
    }

    // sums[ξ, row, tile] = Σ weights[ξ, row, channel] · tiles[ξ, channel, tile].
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private T* Multiply(T* tiles, T* weights, int rowTile, int rows, int count)
    {
        nint stride = _blocks.Stride;
        var sums = PackBuffer.Rent<T>(PackBuffer.Use.Sums, WinogradPlan.Products * Blocking.TileRows * stride);
        var columns = Cut.Into(Blocking.DivideUp(count, V.Count), Blocking.TileVectors<T, V>());
        var product = sums;
        weights += WinogradPlan.Products * rowTile * WinogradWeights<T, V>.Stride(_plan);
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

    private void Finish(T* sums, int row, int rows, int start, int end)
    {
        nint resultRow = (_blocks.LinesPerBlock + 1) * WinogradPlan.TileSide * _plan.Width + 2 * V.Count;
        var results = PackBuffer.Rent<T>(PackBuffer.Use.Turned, Blocking.TileRows * resultRow);
        var lanes = _plan.TileLanes<T>();
        for (var i = 0; i < rows; i++)
        {
            if (lanes == Simd512<T>.Count)
                Results<Simd512<T>>(sums + i * _blocks.Stride, end - start, results + i * resultRow);
            else if (lanes == Simd256<T>.Count)
                Results<Simd256<T>>(sums + i * _blocks.Stride, end - start, results + i * resultRow);
            else
                Results<Simd128<T>>(sums + i * _blocks.Stride, end - start, results + i * resultRow);
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
    private void Results<VTile>(T* sums, int lines, T* results)
        where VTile : struct, ISimd<VTile, T>
    {
        nint stride = Blocking.TileRows * _blocks.Stride;
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
