using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>
/// The gradient of a convolution's input from the results' side: each tap adds weightᵀ·dy, shifted, to the planes of the input. It multiplies no zeros of padding and
/// none between the steps of a stride, but adds in memory once a tap; <see cref="Correlation{T,V,TEpilogue}"/> does neither.
/// Tasks are samples and groups, within which parts are added in order, so threads don't change a bit.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="V">The vector, of the plan's lanes.</typeparam>
/// <typeparam name="TEpilogue">The epilogue.</typeparam>
internal unsafe ref struct InputGradient<T, V, TEpilogue> : IParallelBody
    where T : unmanaged
    where V : struct, ISimd<V, T>
    where TEpilogue : struct, IEpilogue<T>, allows ref struct
{
    private readonly InputGradientPlan _plan;
    private readonly CorrelationPlan _forward;
    private readonly T* _dy;
    private readonly T* _weight;
    private readonly T* _dx;
    private readonly int _units;
    private readonly int _unitsPerTask;
    private readonly int _tasksPerUnit;
    private readonly TEpilogue _epilogue;

    private InputGradient(InputGradientPlan plan, T* dy, T* weight, T* dx, int samples, TEpilogue epilogue)
    {
        _plan = plan;
        _forward = plan.Forward;
        _dy = dy;
        _weight = weight;
        _dx = dx;
        _units = samples * _forward.Groups;
        (_unitsPerTask, _tasksPerUnit) = Blocking.Units(_units, _forward.Work, _forward.Sources);
        _epilogue = epilogue;
    }

    public static void Run(InputGradientPlan plan, T* dy, T* weight, T* dx, int samples, TEpilogue epilogue)
    {
        var body = new InputGradient<T, V, TEpilogue>(plan, dy, weight, dx, samples, epilogue);
        WorkerPool.Run(Blocking.DivideUp(body._units, body._unitsPerTask) * body._tasksPerUnit, body);
    }

    /// <inheritdoc/>
    public readonly void Execute(int task)
    {
        var cut = new Cut(_forward.Sources, _tasksPerUnit);
        var (first, last) = (cut.Start(task % _tasksPerUnit), cut.Start(task % _tasksPerUnit + 1));
        var firstUnit = task / _tasksPerUnit * _unitsPerTask;
        var chunks = _forward.Passes[0].Chunks;
        var channelSize = _forward.Planes.ChannelSize;
        var length = (last - first) * channelSize;
        var planes = PackBuffer.Rent<T>(PackBuffer.Use.Planes, length + 2 * V.Count);
        for (var unit = firstUnit; unit < Math.Min(_units, firstUnit + _unitsPerTask); unit++)
        {
            var dy = _dy + (nint)unit * _forward.Rows * _forward.ResultSize;
            if (!_forward.IsWhole)
            {
                var lines = PackBuffer.Rent<T>(PackBuffer.Use.Lines, (nint)_forward.Rows * chunks.Count * V.Count);
                Lines.Fill<T, V>(chunks, dy, _forward.ResultSize, lines, _forward.Rows);
                dy = lines;
            }
            for (nint i = 0; i < length; i += V.Count)
                V.Zero.Store(ref planes[i]);
            Parts(dy, _weight + unit % _forward.Groups * _forward.GroupWeights + first * _plan.Taps, planes, last - first);
            Finish(planes, unit * _forward.Sources, first, last);
        }
    }

    // A few vectors of dy meet all taps while they stay in the first cache.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Parts(T* dy, T* weight, T* planes, int channels)
    {
        var width = ConvolutionLanes.TileVectors;
        var chunks = _forward.Passes[0].Chunks;
        for (var chunk = 0; chunk < chunks.Count; chunk += width)
        {
            var vectors = Math.Min(width, chunks.Count - chunk);
            TapTile<T> tile = default;
            tile.B0 = Place(dy, chunk, out tile.To0);
            tile.B1 = Place(dy, chunk + Math.Min(1, vectors - 1), out tile.To1);
            tile.B2 = Place(dy, chunk + Math.Min(2, vectors - 1), out tile.To2);
            tile.B3 = Place(dy, chunk + vectors - 1, out tile.To3);
            if (_plan.RowsAreChannels)
                OfChannels(weight, planes, channels, vectors, ref tile);
            else
                OfTaps(weight, planes, channels, vectors, ref tile);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void OfChannels(T* weight, T* planes, int channels, int vectors, ref TapTile<T> tile)
    {
        var shifts = _forward.Passes[0].Steps.Entries;
        var cut = Cut.Into(channels, Blocking.TileRows);
        tile.ARow = _plan.Taps;
        tile.Shifts = _plan.Channels.Entries;
        for (var rowTile = 0; rowTile < cut.Tiles; rowTile++)
        {
            var row = cut.Start(rowTile);
            var run = TapKernel.Of<T, V, TapParts<T>>(cut.Start(rowTile + 1) - row, vectors);
            for (var tap = 0; tap < _plan.Taps; tap++)
            {
                tile.A = weight + row * _plan.Taps + tap;
                tile.Sums = planes + row * _forward.Planes.ChannelSize + shifts[tap].B;
                run(_plan.Steps.Entries, _plan.Steps.Count, ref tile);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void OfTaps(T* weight, T* planes, int channels, int vectors, ref TapTile<T> tile)
    {
        var cut = Cut.Into(channels * _plan.Taps, Blocking.TileRows);
        tile.ARow = 1;
        tile.Sums = planes;
        for (var rowTile = 0; rowTile < cut.Tiles; rowTile++)
        {
            var row = cut.Start(rowTile);
            tile.A = weight + row;
            tile.Shifts = _forward.Passes[0].Steps.Entries + row;
            TapKernel.Of<T, V, TapParts<T>>(cut.Start(rowTile + 1) - row, vectors)(_plan.Steps.Entries, _plan.Steps.Count, ref tile);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly T* Place(T* dy, int chunk, out nint to)
    {
        var entry = _forward.Passes[0].Chunks.Entries[chunk];
        to = entry.From;
        return dy + (_forward.IsWhole ? entry.To : chunk * V.Count);
    }

    private readonly void Finish(T* planes, int unitRow, int first, int last)
    {
        var form = _forward.Planes;
        var size = (int)form.SourceSize;
        if (form.IsSource)
        {
            Sums.Finish(planes, size, _dx, size, unitRow + first, last - first, 0, size, _epilogue);
            return;
        }
        for (var channel = first; channel < last; channel++)
        {
            var row = PackBuffer.Rent<T>(PackBuffer.Use.Sums, size);
            form.Collect<T, V>(planes + (channel - first) * form.ChannelSize, row);
            Sums.Finish(row, size, _dx, size, unitRow + channel, 1, 0, size, _epilogue);
        }
    }
}
