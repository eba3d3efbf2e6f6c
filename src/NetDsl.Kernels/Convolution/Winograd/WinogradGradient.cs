using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>
/// The gradient of the weights by transformed tiles: dU[ξ, c, k] = Σ tiles[ξ, c, tile] · (A·dy·Aᵀ)[ξ, tile, k], then dg = Gᵀ·dU·G. A task for a part of the tiles and some
/// channels in; parts are added in order. The order of a sum depends on the shape and the vectors' width alone.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="V">The vector, of the plan's lanes.</typeparam>
internal unsafe struct WinogradGradient<T, V> : IParallelBody
    where T : unmanaged
    where V : struct, ISimd<V, T>
{
    /// <summary>Tasks that a layer falls into at least where its sizes allow it.</summary>
    private const int Tasks = 8;

    /// <summary>Bytes of all parts' sums, at most where there are several.</summary>
    private const long MostSums = 1 << 20;

    private readonly WinogradPlan _plan;
    private readonly T* _dy;
    private readonly T* _x;
    private readonly T* _sums;
    private readonly TileBlocks _blocks;
    private readonly int _parts;
    private readonly int _sourceCuts;
    private readonly nint _row;

    private WinogradGradient(WinogradPlan plan, T* dy, T* x, int samples)
    {
        _plan = plan;
        _dy = dy;
        _x = x;
        _blocks = plan.Blocks(samples, Tasks);
        _row = Blocking.DivideUp(plan.Rows, V.Count) * V.Count;
        var sums = SumsSize * sizeof(T);
        _parts = (int)Math.Clamp(MostSums / sums, 1, Math.Min(Tasks, _blocks.Count));
        _sourceCuts = Math.Min(Blocking.DivideUp(Tasks, _parts), Blocking.DivideUp(plan.Sources, 2 * Blocking.TileRows));
        _sums = PackBuffer.Rent<T>(PackBuffer.Use.B, _parts * SumsSize);
    }

    // Of one part.
    private readonly nint SumsSize => WinogradPlan.Products * _plan.Sources * _row;

    public static void Run(WinogradPlan plan, T* dy, T* x, T* dWeight, int samples, bool accumulate)
    {
        var body = new WinogradGradient<T, V>(plan, dy, x, samples);
        WorkerPool.Run(body._parts * body._sourceCuts, body);
        var weights = new WinogradWeightGradient<T, V>(plan, body._sums, body._parts, body._row, dWeight, accumulate);
        WorkerPool.Run(weights.Tasks, weights);
    }

    /// <inheritdoc/>
    public readonly void Execute(int task)
    {
        var (part, cut) = (task / _sourceCuts, new Cut(_plan.Sources, _sourceCuts));
        var (first, last) = (cut.Start(task % _sourceCuts), cut.Start(task % _sourceCuts + 1));
        var blocks = new Cut(_blocks.Count, _parts);
        var sums = _sums + part * SumsSize + first * _row;
        for (var block = blocks.Start(part); block < blocks.Start(part + 1); block++)
        {
            var (start, end) = (_blocks.Start(block), _blocks.End(block));
            var tiles = WinogradInput.Rent<T>(_blocks, last - first);
            WinogradInput.Fill(_plan, _x, _blocks, block, first, last - first, tiles);
            var gradients = Gradients(start, end);
            Multiply(tiles, last - first, gradients, (end - start) * _plan.TilesX, sums, add: block > blocks.Start(part));
        }
    }

    // gradients[ξ, tile, channel].
    private readonly T* Gradients(int start, int end)
    {
        var size = (nint)_blocks.LinesPerBlock * _plan.TilesX * _row;
        var gradients = PackBuffer.Rent<T>(PackBuffer.Use.Sums, WinogradPlan.Products * size);
        // Two lines, and a column of zeros behind each where the last tile is half empty.
        nint lineSize = WinogradPlan.TileSide * _plan.TilesX * _row;
        var turned = PackBuffer.Rent<T>(PackBuffer.Use.Turned, WinogradPlan.TileSide * lineSize);
        new Span<T>(turned, checked((int)(WinogradPlan.TileSide * lineSize))).Clear();
        var to = gradients;
        for (var at = start; at < end; at++, to += _plan.TilesX * _row)
        {
            var (sample, line) = int.DivRem(at, _plan.TilesY);
            var from = _dy + (nint)sample * _plan.Rows * _plan.ResultSize + line * WinogradPlan.TileSide * _plan.Width;
            Turn.Block(from, _plan.ResultSize, turned, _row, _plan.Rows, _plan.Width);
            if (line * WinogradPlan.TileSide + 1 < _plan.Height)
                Turn.Block(from + _plan.Width, _plan.ResultSize, turned + lineSize, _row, _plan.Rows, _plan.Width);
            else
                new Span<T>(turned + lineSize, (int)lineSize).Clear();
            Transform(turned, lineSize, to, size);
        }
        return gradients;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Transform(T* turned, nint lineSize, T* to, nint stride)
    {
        for (var tile = 0; tile < _plan.TilesX; tile++, turned += WinogradPlan.TileSide * _row, to += _row)
        {
            for (nint channel = 0; channel < _row; channel += V.Count)
            {
                var upper = turned + channel;
                var lower = upper + lineSize;
                WinogradTransforms.ResultGradient<T, V>(
                    V.Load(in *upper), V.Load(in upper[_row]), V.Load(in *lower), V.Load(in lower[_row]), to + channel, stride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Multiply(T* tiles, int channels, T* gradients, int count, T* sums, bool add)
    {
        nint stride = _blocks.Stride;
        var rows = Cut.Into(channels, Blocking.TileRows);
        var columns = Cut.Into((int)_row / V.Count, Blocking.TileVectors<T, V>());
        for (var xi = 0; xi < WinogradPlan.Products; xi++)
        {
            for (var columnTile = 0; columnTile < columns.Tiles; columnTile++)
            {
                var column = columns.Start(columnTile);
                var vectors = columns.Start(columnTile + 1) - column;
                var b = gradients + column * V.Count;
                for (var rowTile = 0; rowTile < rows.Tiles; rowTile++)
                {
                    var row = rows.Start(rowTile);
                    var sink = new SumSink<T>(sums + row * _row + column * V.Count, _row, add);
                    MicroKernel.Run<T, V, OuterProduct<T>, SumSink<T>>(
                        rows.Start(rowTile + 1) - row, vectors, count, tiles + row * stride, stride, 1, b, V.Count, _row, b, ref sink);
                }
            }
            tiles += channels * stride;
            gradients += (nint)_blocks.LinesPerBlock * _plan.TilesX * _row;
            sums += _plan.Sources * _row;
        }
    }
}

/// <summary>The gradients of the weights from those of their transforms, [part, ξ, channel in, channel out].</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="V">The vector.</typeparam>
internal readonly unsafe struct WinogradWeightGradient<T, V>(WinogradPlan plan, T* sums, int parts, nint row, T* dWeight, bool accumulate) : IParallelBody
    where T : unmanaged
    where V : struct, ISimd<V, T>
{
    private readonly T* _sums = sums;
    private readonly T* _dWeight = dWeight;

    public int Tasks => Chunks.Count((long)parts * WinogradPlan.Products * plan.Sources * row, plan.Sources);

    /// <inheritdoc/>
    public void Execute(int task)
    {
        var taps = stackalloc T[WinogradPlan.Taps * V.Count];
        var (first, last) = (Chunks.Start(task, Tasks, plan.Sources), Chunks.Start(task + 1, Tasks, plan.Sources));
        var stride = plan.Sources * row;
        for (var xi = 0; xi < WinogradPlan.Products; xi++)
            AddUp(_sums + xi * stride + first * row, (last - first) * row);
        for (var source = first; source < last; source++)
        {
            for (var k = 0; k < plan.Rows; k += V.Count)
            {
                WinogradTransforms.WeightGradient<T, V>(_sums + source * row + k, stride, taps, V.Count);
                for (var lane = 0; lane < Math.Min(V.Count, plan.Rows - k); lane++)
                    Put(taps + lane, _dWeight + ((nint)(k + lane) * plan.Sources + source) * WinogradPlan.Taps);
            }
        }
    }

    // The first part takes the others, in order.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void AddUp(T* sums, nint count)
    {
        var partSize = WinogradPlan.Products * plan.Sources * row;
        for (nint i = 0; i < count && parts > 1; i += V.Count)
        {
            var sum = V.Load(in sums[i]);
            for (var part = 1; part < parts; part++)
                sum += V.Load(in sums[part * partSize + i]);
            sum.Store(ref sums[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put(T* taps, T* place)
    {
        for (var tap = 0; tap < WinogradPlan.Taps; tap++)
        {
            var sum = Simd1<T>.Load(in taps[tap * V.Count]);
            (accumulate ? Simd1<T>.Load(in place[tap]) + sum : sum).Store(ref place[tap]);
        }
    }
}
