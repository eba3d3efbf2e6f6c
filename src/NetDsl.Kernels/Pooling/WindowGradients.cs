using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>
/// The gradient of a pooling's input along the plan: each window's elements get their parts in row-major order. Which element was the largest is found again from x
/// and y, which are read anyway by the derivative of the activation before, rather than kept.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="V">The vector, of the plan's lanes.</typeparam>
/// <typeparam name="TPooling">The operation.</typeparam>
/// <typeparam name="TEpilogue">The epilogue.</typeparam>
internal unsafe ref struct WindowGradients<T, V, TPooling, TEpilogue> : IParallelBody
    where T : unmanaged
    where V : struct, ISimd<V, T>
    where TPooling : struct, IPooling
    where TEpilogue : struct, IEpilogue<T>, allows ref struct
{
    private readonly PoolingPlan<T> _plan;
    private readonly T* _dy;
    private readonly T* _x;
    private readonly T* _y;
    private readonly T* _dx;
    private readonly int _units;
    private readonly int _tasks;
    private readonly TEpilogue _epilogue;

    private WindowGradients(PoolingPlan<T> plan, T* dy, T* x, T* y, T* dx, int samples, TEpilogue epilogue)
    {
        _plan = plan;
        _dy = dy;
        _x = x;
        _y = y;
        _dx = dx;
        _units = samples * plan.Channels;
        _tasks = Simd.Chunks.Count(_units * plan.Windows.Planes.SourceSize, _units);
        _epilogue = epilogue;
    }

    /// <summary>x and y may be null where the operation does not read them.</summary>
    public static void Run(PoolingPlan<T> plan, T* dy, T* x, T* y, T* dx, int samples, TEpilogue epilogue)
    {
        var body = new WindowGradients<T, V, TPooling, TEpilogue>(plan, dy, x, y, dx, samples, epilogue);
        WorkerPool.Run(body._tasks, body);
    }

    /// <inheritdoc/>
    public readonly void Execute(int task)
    {
        var planes = _plan.Windows.Planes;
        var size = (int)planes.SourceSize;
        // Pairs of lines that end with an incomplete vector look at some elements twice, so what is written over x waits.
        var isPlain = typeof(TEpilogue) == typeof(Store<T>) && _dx != _x;
        var last = Simd.Chunks.Start(task + 1, _tasks, _units);
        for (var unit = Simd.Chunks.Start(task, _tasks, _units); unit < last; unit += _plan.ChannelsPerBlock)
        {
            var count = Math.Min(_plan.ChannelsPerBlock, last - unit);
            var result = isPlain ? _dx + (nint)unit * size : PackBuffer.Rent<T>(PackBuffer.Use.Turned, _plan.ChannelsPerBlock * (nint)size);
            if (_plan.IsGlobal)
                Whole(unit, count, size, result);
            else if (_plan.Pairs is { } pairs)
            {
                for (nint i = 0; i < count; i++)
                {
                    var at = (unit + i) * _plan.Windows.ResultSize;
                    pairs.Backward<T, TPooling>(_dy + at, _x + (unit + i) * size, _y + at, result + i * size);
                }
            }
            else
            {
                var gradients = PackBuffer.Rent<T>(PackBuffer.Use.Sums, _plan.ChannelsPerBlock * planes.ChannelSize + 2 * V.Count);
                var length = count * planes.ChannelSize;
                for (nint i = 0; i < length; i += V.Count)
                    V.Zero.Store(ref gradients[i]);
                Windows(unit, count, gradients);
                for (var i = 0; i < count; i++)
                    planes.Collect<T, V>(gradients + i * planes.ChannelSize, result + (nint)i * size);
            }
            if (!isPlain)
                Sums.Finish(result, size, _dx, size, unit, count, 0, size, _epilogue);
        }
    }

    private readonly void Windows(int unit, int count, T* gradients)
    {
        var windows = _plan.Windows;
        var planes = windows.Planes;
        var lineSize = windows.IsWhole ? windows.ResultSize : windows.Passes[0].Chunks.Count * V.Count;
        var dy = _dy + (nint)unit * windows.ResultSize;
        var y = TPooling.ReadsInput ? _y + (nint)unit * windows.ResultSize : dy;
        if (!windows.IsWhole)
        {
            var lines = PackBuffer.Rent<T>(PackBuffer.Use.Lines, 2 * _plan.ChannelsPerBlock * (nint)lineSize);
            Lines.Fill<T, V>(windows.Passes[0].Chunks, dy, windows.ResultSize, lines, count);
            dy = lines;
            if (TPooling.ReadsInput)
            {
                lines += count * (nint)lineSize;
                Lines.Fill<T, V>(windows.Passes[0].Chunks, y, windows.ResultSize, lines, count);
            }
            y = lines;
        }
        var x = gradients;
        if (TPooling.ReadsInput)
        {
            x = _x + unit * planes.SourceSize;
            if (!windows.ReadsInPlace)
            {
                var filled = PackBuffer.Rent<T>(PackBuffer.Use.Planes, _plan.ChannelsPerBlock * planes.ChannelSize + 2 * V.Count);
                planes.Fill(x, filled, count, V.Create(TPooling.BackwardPadding));
                x = filled;
            }
        }
        for (var channel = 0; channel < count; channel++)
        {
            Windows(dy, y, x, gradients);
            dy += lineSize;
            y += lineSize;
            x += planes.ChannelSize;
            gradients += planes.ChannelSize;
        }
    }

    // Tap by tap over all windows: the places of one window's neighbouring elements overlap, and a sum that is read while it is still being written
    // waits.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Windows(T* dy, T* y, T* x, T* gradients)
    {
        var windows = _plan.Windows;
        var pass = windows.Passes[0];
        var steps = pass.Steps.Entries;
        var taps = pass.Steps.Count;
        var chunks = pass.Chunks.Entries;
        var count = pass.Chunks.Count;
        var counts = _plan.Counts.Entries;
        var isWhole = windows.IsWhole;
        var shares = PackBuffer.Rent<T>(PackBuffer.Use.Edge, (nint)count * V.Count);
        for (var chunk = 0; chunk < count; chunk++)
        {
            var line = isWhole ? chunks[chunk].To : chunk * V.Count;
            TPooling.Share<V, T>(V.Load(in dy[line]), V.Load(in y[line]), V.Load(in counts[chunks[chunk].To])).Store(ref shares[chunk * V.Count]);
        }
        for (var tap = 0; tap < taps; tap++)
        {
            var elements = x + steps[tap].B;
            var places = gradients + steps[tap].B;
            for (var chunk = 0; chunk < count; chunk++)
            {
                var from = chunks[chunk].From;
                var share = V.Load(in shares[chunk * V.Count]);
                var part = TPooling.Part<V, T>(V.Load(in elements[from]), V.Load(in y[isWhole ? chunks[chunk].To : chunk * V.Count]), ref share);
                if (TPooling.SharesShrink)
                    share.Store(ref shares[chunk * V.Count]);
                (V.Load(in places[from]) + part).Store(ref places[from]);
            }
        }
    }

    // One window: the parts follow each other, so that the largest element is looked for one by one.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Whole(int unit, int count, int size, T* result)
    {
        for (var channel = unit; channel < unit + count; channel++, result += size)
        {
            var x = TPooling.ReadsInput ? _x + (nint)channel * size : result;
            var y = TPooling.ReadsInput ? Simd1<T>.Load(in _y[channel]) : default;
            var share = TPooling.Share<Simd1<T>, T>(Simd1<T>.Load(in _dy[channel]), y, Simd1<T>.Load(in _plan.Counts.Entries[0]));
            for (var i = 0; i < size; i++)
                TPooling.Part<Simd1<T>, T>(Simd1<T>.Load(in x[i]), y, ref share).Store(ref result[i]);
        }
    }
}
