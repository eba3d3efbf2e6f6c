using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>
/// A convolution or the gradient of its input, along a plan: a task for some samples and groups, or for some channels of one. A few vectors of results are
/// computed for all channels before the next ones, so that the elements they read stay in the first cache.
/// Every element is one sum over the taps in order, so neither vectors nor threads change its bits.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="V">The vector, of the plan's lanes.</typeparam>
/// <typeparam name="TEpilogue">The epilogue.</typeparam>
internal unsafe ref struct Correlation<T, V, TEpilogue> : IParallelBody
    where T : unmanaged
    where V : struct, ISimd<V, T>
    where TEpilogue : struct, IEpilogue<T>, allows ref struct
{
    /// <summary>Bytes of a row of sums that wait for the epilogue: six rows stay in the first cache beside what they are made of.</summary>
    private const int StripBytes = 1024;

    /// <summary>Tasks of a sample that fill planes of their own; more of them share planes that the caller fills.</summary>
    private const int MostFills = 2;

    private readonly CorrelationPlan _plan;
    private readonly T* _source;
    private readonly T* _weight;
    private readonly T* _result;
    private readonly int _units;
    private readonly int _unitsPerTask;
    private readonly int _tasksPerUnit;
    private readonly TEpilogue _epilogue;
    private int _unit;
    private T* _planes;

    private Correlation(CorrelationPlan plan, T* source, T* weight, T* result, int samples, TEpilogue epilogue)
    {
        _plan = plan;
        _source = source;
        _weight = weight;
        _result = result;
        _units = samples * plan.Groups;
        (_unitsPerTask, _tasksPerUnit) = Blocking.Units(_units, plan.Work, Cut.Into(plan.Rows, Blocking.TileRows).Tiles);
        _epilogue = epilogue;
    }

    public static void Run(CorrelationPlan plan, T* source, T* weight, T* result, int samples, TEpilogue epilogue)
    {
        var body = new Correlation<T, V, TEpilogue>(plan, source, weight, result, samples, epilogue);
        if (plan.ReadsInPlace || body._tasksPerUnit <= MostFills)
        {
            WorkerPool.Run(Blocking.DivideUp(body._units, body._unitsPerTask) * body._tasksPerUnit, body);
            return;
        }
        for (; body._unit < body._units; body._unit++)
        {
            body._planes = body.Fill(body._unit);
            WorkerPool.Run(body._tasksPerUnit, body);
        }
    }

    /// <inheritdoc/>
    public readonly void Execute(int task)
    {
        var cut = new Cut(Cut.Into(_plan.Rows, Blocking.TileRows).Tiles, _tasksPerUnit);
        var (firstTile, lastTile) = (cut.Start(task % _tasksPerUnit), cut.Start(task % _tasksPerUnit + 1));
        if (_planes != null)
        {
            Channels(_unit, _planes, firstTile, lastTile);
            return;
        }
        var first = task / _tasksPerUnit * _unitsPerTask;
        for (var unit = first; unit < Math.Min(_units, first + _unitsPerTask); unit++)
            Channels(unit, _plan.ReadsInPlace ? Source(unit) : Fill(unit), firstTile, lastTile);
    }

    private readonly T* Source(int unit) => _source + unit * _plan.Sources * _plan.Planes.SourceSize;

    private readonly T* Fill(int unit)
    {
        var planes = PackBuffer.Rent<T>(PackBuffer.Use.Planes, _plan.Sources * _plan.Planes.ChannelSize + 2 * V.Count);
        _plan.Planes.Fill(Source(unit), planes, _plan.Sources, V.Zero);
        return planes;
    }

    private readonly void Channels(int unit, T* planes, int firstTile, int lastTile)
    {
        var weight = _weight + unit % _plan.Groups * _plan.GroupWeights;
        if (_plan.Passes.Length == 1)
            Strips(unit, planes, weight, firstTile, lastTile);
        else
            Scattered(unit, planes, weight, firstTile, lastTile);
    }

    // Sums that are complete and in place. The plain result is stored where it belongs; any other epilogue finds the sums in the first cache.
    private readonly void Strips(int unit, T* source, T* weight, int firstTile, int lastTile)
    {
        var pass = _plan.Passes[0];
        var chunks = pass.Chunks.Entries;
        var isPlain = typeof(TEpilogue) == typeof(Store<T>) && _plan.IsWhole;
        var stripChunks = StripBytes / (V.Count * sizeof(T));
        nint sumsRow = (stripChunks + 1) * V.Count;
        var waiting = isPlain ? null : PackBuffer.Rent<T>(PackBuffer.Use.Sums, Blocking.TileRows * sumsRow);
        var cut = Cut.Into(_plan.Rows, Blocking.TileRows);
        for (var chunk = 0; chunk < pass.Chunks.Count; chunk += stripChunks)
        {
            var end = Math.Min(chunk + stripChunks, pass.Chunks.Count);
            var column = (int)chunks[chunk].To;
            var columns = (end == pass.Chunks.Count ? _plan.ResultSize : (int)chunks[end].To) - column;
            for (var rowTile = firstTile; rowTile < lastTile; rowTile++)
            {
                var row = cut.Start(rowTile);
                var rows = cut.Start(rowTile + 1) - row;
                var resultRow = unit * _plan.Rows + row;
                var tile = new TapTile<T> { A = weight + row * _plan.WeightRow, ARow = _plan.WeightRow };
                tile.Sums = isPlain ? _result + (nint)resultRow * _plan.ResultSize : waiting - column;
                tile.SumsRow = isPlain ? _plan.ResultSize : sumsRow;
                Tiles(pass, source, chunk, end, rows, ref tile);
                if (!isPlain)
                    Sums.Finish(waiting, sumsRow, _result, _plan.ResultSize, resultRow, rows, column, columns, _epilogue);
            }
        }
    }

    // Each pass gives every stride-th element; the epilogue waits for all of a few channels.
    private readonly void Scattered(int unit, T* source, T* weight, int firstTile, int lastTile)
    {
        var width = ConvolutionLanes.TileVectors;
        nint size = _plan.ResultSize;
        var whole = PackBuffer.Rent<T>(PackBuffer.Use.Sums, Blocking.TileRows * size);
        var sums = stackalloc T[Blocking.TileRows * 4 * V.Count];
        var cut = Cut.Into(_plan.Rows, Blocking.TileRows);
        for (var rowTile = firstTile; rowTile < lastTile; rowTile++)
        {
            var row = cut.Start(rowTile);
            var rows = cut.Start(rowTile + 1) - row;
            var tile = new TapTile<T> { A = weight + row * _plan.WeightRow, ARow = _plan.WeightRow, Sums = sums, SumsRow = 4 * V.Count };
            foreach (var pass in _plan.Passes)
            {
                for (var chunk = 0; chunk < pass.Chunks.Count; chunk += width)
                {
                    var vectors = Math.Min(width, pass.Chunks.Count - chunk);
                    var chunks = pass.Chunks.Entries + chunk;
                    Tile(pass, source, chunks, vectors, inPlace: false, TapKernel.Of<T, V, TapResults<T>>(rows, vectors), ref tile);
                    for (var i = 0; i < rows; i++)
                    {
                        for (var j = 0; j < vectors; j++)
                            Spread(sums + (i * 4 + j) * V.Count, whole + i * size + chunks[j].To, _plan.ResultStep, chunks[j].Count);
                    }
                }
            }
            Sums.Finish(whole, size, _result, size, unit * _plan.Rows + row, rows, 0, (int)size, _epilogue);
        }
    }

    private static void Spread(T* sums, T* result, nint step, int count)
    {
        for (var lane = 0; lane < count; lane++)
            result[lane * step] = sums[lane];
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tiles(CorrelationPass pass, T* source, int chunk, int end, int rows, ref TapTile<T> tile)
    {
        var width = ConvolutionLanes.TileVectors;
        var chunks = pass.Chunks.Entries;
        if (chunk + width <= end)
        {
            var run = TapKernel.Of<T, V, TapResults<T>>(rows, width);
            for (; chunk + width <= end; chunk += width)
                Tile(pass, source, chunks + chunk, width, inPlace: true, run, ref tile);
        }
        if (chunk < end)
            Tile(pass, source, chunks + chunk, end - chunk, inPlace: true, TapKernel.Of<T, V, TapResults<T>>(rows, end - chunk), ref tile);
    }

    // Vectors that a small tile lacks are not looked at.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(
        CorrelationPass pass, T* source, Chunk* chunks, int vectors, bool inPlace, delegate*<TapStep*, int, ref TapTile<T>, void> run, ref TapTile<T> tile)
    {
        tile.B0 = source + chunks[0].From;
        tile.To0 = inPlace ? chunks[0].To : 0;
        if (vectors > 1)
        {
            tile.B1 = source + chunks[1].From;
            tile.To1 = inPlace ? chunks[1].To : V.Count;
        }
        if (vectors > 2)
        {
            tile.B2 = source + chunks[2].From;
            tile.To2 = inPlace ? chunks[2].To : 2 * V.Count;
        }
        if (vectors > 3)
        {
            tile.B3 = source + chunks[3].From;
            tile.To3 = inPlace ? chunks[3].To : 3 * V.Count;
        }
        run(pass.Steps.Entries, pass.Steps.Count, ref tile);
    }
}
