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

        for (var sample = 0; sample < _samples; sample += _plan.SamplesPerBlock)
        {
            var samples = Math.Min(_plan.SamplesPerBlock, _samples - sample);
            var x = Inputs(sample, samples, group, firstInput, inputs);
            var dy = Gradients(sample, samples, group, firstTile, lastTile);
            for (var step = 0; step < samples * chunks; step += _plan.StepsPerBlock)
            {
                var count = Math.Min(_plan.StepsPerBlock, samples * chunks - step);
                var add = _accumulate || sample > 0 || step > 0;
                for (var rowTile = firstTile; rowTile < lastTile; rowTile++)
                {
                    if (inputBlock == 0 && _dBias != null)
                        Biases(dy, group, rowTile, step, count, add);
                    Weights(dy, x, group, rowTile, firstInput * _plan.Taps, (firstInput + inputs) * _plan.Taps, step, count, add);
                }
            }
        }
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Weights(T* dy, T* x, int group, int rowTile, int first, int last, int step, int count, bool add)
    {
        var forward = _plan.Forward;
        nint dyRow = _plan.IsWhole ? forward.ResultSize : _plan.LinesSize;
        var rowCut = Cut.Into(forward.Rows, Blocking.TileRows);
        var row = rowCut.Start(rowTile);
        var rows = rowCut.Start(rowTile + 1) - row;
        var dWeight = _dWeight + group * forward.GroupWeights + row * forward.WeightRow;
        var shifts = forward.Passes[0].Steps.Entries;
        var lanes = stackalloc T[Blocking.TileRows * 4 * V.Count];
        var sums = stackalloc T[Blocking.TileRows * 4];
        var tile = new TapTile<T>
        {
            A = dy + row * dyRow, ARow = dyRow, Sums = lanes, SumsRow = 4 * V.Count, To1 = V.Count, To2 = 2 * V.Count, To3 = 3 * V.Count,
        };
        var columnCut = Cut.Into(last - first, ConvolutionLanes.TileVectors);
        for (var columnTile = 0; columnTile < columnCut.Tiles; columnTile++)
        {
            var column = first + columnCut.Start(columnTile);
            var columns = first + columnCut.Start(columnTile + 1) - column;
            tile.B0 = x + shifts[column].B;
            tile.B1 = x + shifts[column + Math.Min(1, columns - 1)].B;
            tile.B2 = x + shifts[column + Math.Min(2, columns - 1)].B;
            tile.B3 = x + shifts[column + columns - 1].B;
            TapKernel.Of<T, V, TapTerms<T>>(rows, columns)(_plan.Steps.Entries + step, count, ref tile);
            AddUp(lanes, sums, rows);
            for (var i = 0; i < rows; i++)
            {
                var place = dWeight + i * forward.WeightRow + column;
                for (var j = 0; j < columns; j++)
                    Put(place + j, sums[i * 4 + j], add);
            }
        }
    }

    // A tile of fewer vectors has sums of anything in the others' places.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddUp(T* lanes, T* sums, int rows)
    {
        for (var i = 0; i < rows; i++)
            LaneSums.Store(TileRow<T, V, Four>.Load(lanes + i * 4 * V.Count, V.Count), sums + i * 4, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
