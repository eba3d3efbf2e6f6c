using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>
/// The gradients of a convolution's weights and biases, along a plan: a task for some channels in and out, over all samples in order.
/// The order of a sum depends on the shape and the vector's width alone.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="V">The vector, of the plan's lanes.</typeparam>
internal unsafe struct WeightGradient<T, V> : IParallelBody
    where T : unmanaged
    where V : struct, ISimd<V, T>
{
    private readonly WeightGradientPlan _plan;
    private readonly T* _dy;
    private readonly T* _x;
    private readonly T* _dWeight;
    private readonly T* _dBias;
    private readonly int _samples;
    private readonly bool _accumulate;

    /// <summary>Elements of a row of a tile's sums.</summary>
    private static int TileRow => 4 * V.Count;

    /// <summary>Elements of a tile's sums.</summary>
    private static int TileSize => Blocking.TileRows * TileRow;

    private WeightGradient(WeightGradientPlan plan, T* dy, T* x, T* dWeight, T* dBias, int samples, bool accumulate)
    {
        _plan = plan;
        _dy = dy;
        _x = x;
        _dWeight = dWeight;
        _dBias = dBias;
        _samples = samples;
        _accumulate = accumulate;
    }

    public static void Run(WeightGradientPlan plan, T* dy, T* x, T* dWeight, T* dBias, int samples, bool accumulate)
    {
        var body = new WeightGradient<T, V>(plan, dy, x, dWeight, dBias, samples, accumulate);
        WorkerPool.Run(plan.Forward.Groups * plan.OutputBlocks * plan.InputBlocks, body);
    }

    /// <inheritdoc/>
    public readonly void Execute(int task)
    {
        var forward = _plan.Forward;
        var inputBlock = task % _plan.InputBlocks;
        var outputBlock = task / _plan.InputBlocks % _plan.OutputBlocks;
        var group = task / _plan.InputBlocks / _plan.OutputBlocks;
        var firstInput = inputBlock * _plan.InputsPerTask;
        var inputs = Math.Min(_plan.InputsPerTask, forward.Sources - firstInput);
        var tiles = new Cut(Cut.Into(forward.Rows, Blocking.TileRows).Tiles, _plan.OutputBlocks);
        var (firstTile, lastTile) = (tiles.Start(outputBlock), tiles.Start(outputBlock + 1));
        var chunks = forward.Passes[0].Chunks.Count;
        var columns = Cut.Into(inputs * _plan.Taps, ConvolutionLanes.TileVectors);
        var sums = PackBuffer.Rent<T>(PackBuffer.Use.Sums, (lastTile - firstTile) * columns.Tiles * TileSize);
        new Span<T>(sums, (lastTile - firstTile) * columns.Tiles * TileSize).Clear();

        for (var sample = 0; sample < _samples; sample += _plan.SamplesPerBlock)
        {
            var samples = Math.Min(_plan.SamplesPerBlock, _samples - sample);
            var x = Inputs(sample, samples, group, firstInput, inputs);
            var dy = Gradients(sample, samples, group, firstTile, lastTile);
            for (var step = 0; step < samples * chunks; step += _plan.StepsPerBlock)
            {
                var count = Math.Min(_plan.StepsPerBlock, samples * chunks - step);
                for (var rowTile = firstTile; rowTile < lastTile; rowTile++)
                {
                    if (inputBlock == 0 && _dBias != null)
                        Biases(dy, group, rowTile, step, count, add: _accumulate || sample > 0 || step > 0);
                    Weights(dy, x, rowTile, firstInput * _plan.Taps, columns, step, count, sums + (rowTile - firstTile) * columns.Tiles * TileSize);
                }
            }
        }
        for (var rowTile = firstTile; rowTile < lastTile; rowTile++)
            AddUp(sums + (rowTile - firstTile) * columns.Tiles * TileSize, group, rowTile, firstInput * _plan.Taps, columns);
    }

    // Where channel 0 of the group would stand.
    private readonly T* Inputs(int sample, int samples, int group, int firstInput, int inputs)
    {
        var forward = _plan.Forward;
        var planes = forward.Planes;
        nint sampleChannels = forward.Groups * forward.Sources;
        var source = _x + (sample * sampleChannels + group * forward.Sources) * planes.SourceSize;
        if (forward.ReadsInPlace)
            return source;
        var blockSize = _plan.InputsPerTask * planes.ChannelSize;
        var destination = PackBuffer.Rent<T>(PackBuffer.Use.Planes, _plan.SamplesPerBlock * blockSize + 2 * V.Count);
        source += firstInput * planes.SourceSize;
        for (var i = 0; i < samples; i++)
            planes.Fill(source + i * sampleChannels * planes.SourceSize, destination + i * blockSize, inputs, V.Zero);
        return destination - firstInput * planes.ChannelSize;
    }

    private readonly T* Gradients(int sample, int samples, int group, int firstTile, int lastTile)
    {
        var forward = _plan.Forward;
        nint sampleChannels = forward.Groups * forward.Rows;
        var source = _dy + (sample * sampleChannels + group * forward.Rows) * forward.ResultSize;
        if (_plan.IsWhole)
            return source;
        nint blockSize = (nint)forward.Rows * _plan.LinesSize;
        var destination = PackBuffer.Rent<T>(PackBuffer.Use.Lines, _plan.SamplesPerBlock * blockSize);
        var cut = Cut.Into(forward.Rows, Blocking.TileRows);
        var (first, last) = (cut.Start(firstTile), cut.Start(lastTile));
        source += (nint)first * forward.ResultSize;
        for (var i = 0; i < samples; i++)
        {
            var lines = destination + i * blockSize + (nint)first * _plan.LinesSize;
            Lines.Fill<T, V>(forward.Passes[0].Chunks, source + i * sampleChannels * forward.ResultSize, forward.ResultSize, lines, last - first);
        }
        return destination;
    }

    // Adds a block's terms to the sums of a row of tiles, lane by lane.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Weights(T* dy, T* x, int rowTile, int first, Cut columnCut, int step, int count, T* sums)
    {
        var forward = _plan.Forward;
        nint dyRow = _plan.IsWhole ? forward.ResultSize : _plan.LinesSize;
        var rowCut = Cut.Into(forward.Rows, Blocking.TileRows);
        var row = rowCut.Start(rowTile);
        var rows = rowCut.Start(rowTile + 1) - row;
        var shifts = forward.Passes[0].Steps.Entries + first;
        var tile = new TapTile<T>
        {
            A = dy + row * dyRow, ARow = dyRow, Sums = sums, SumsRow = TileRow,
        };
        for (var columnTile = 0; columnTile < columnCut.Tiles; columnTile++)
        {
            var column = columnCut.Start(columnTile);
            var columns = columnCut.Start(columnTile + 1) - column;
            tile.B0 = x + shifts[column].B;
            tile.B1 = x + shifts[column + Math.Min(1, columns - 1)].B;
            tile.B2 = x + shifts[column + Math.Min(2, columns - 1)].B;
            tile.B3 = x + shifts[column + columns - 1].B;
            TapKernel.Of<T, V, TapTerms<T>>(rows, columns)(_plan.Steps.Entries + step, count, ref tile);
            tile.Sums += TileSize;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void AddUp(T* lanes, int group, int rowTile, int first, Cut columnCut)
    {
        var forward = _plan.Forward;
        var rowCut = Cut.Into(forward.Rows, Blocking.TileRows);
        var row = rowCut.Start(rowTile);
        var rows = rowCut.Start(rowTile + 1) - row;
        var sums = stackalloc T[4];
        for (var columnTile = 0; columnTile < columnCut.Tiles; columnTile++, lanes += TileSize)
        {
            var column = columnCut.Start(columnTile);
            var columns = columnCut.Start(columnTile + 1) - column;
            var place = _dWeight + group * forward.GroupWeights + row * forward.WeightRow + first + column;
            for (var i = 0; i < rows; i++, place += forward.WeightRow)
            {
                LaneSums.Store(Kernels.TileRow<T, V, Four>.Load(lanes + i * TileRow, V.Count), sums, 1);
                for (var j = 0; j < columns; j++)
                    Put(place + j, sums[j], _accumulate);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Biases(T* dy, int group, int rowTile, int step, int count, bool add)
    {
        var forward = _plan.Forward;
        nint dyRow = _plan.IsWhole ? forward.ResultSize : _plan.LinesSize;
        var rowCut = Cut.Into(forward.Rows, Blocking.TileRows);
        var steps = _plan.Steps.Entries + step;
        for (var row = rowCut.Start(rowTile); row < rowCut.Start(rowTile + 1); row++)
        {
            V even = V.Zero, odd = V.Zero;
            for (var p = 0; p < count - 1; p += 2)
            {
                even += V.Load(in dy[row * dyRow + steps[p].A]);
                odd += V.Load(in dy[row * dyRow + steps[p + 1].A]);
            }
            if (count % 2 != 0)
                even += V.Load(in dy[row * dyRow + steps[count - 1].A]);
            Put(_dBias + group * forward.Rows + row, V.Sum(even + odd), add);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T* place, T sum, bool add)
    {
        if (typeof(T) == typeof(float))
            *(float*)place = add ? *(float*)place + *(float*)&sum : *(float*)&sum;
        else
            *(double*)place = add ? *(double*)place + *(double*)&sum : *(double*)&sum;
    }
}
