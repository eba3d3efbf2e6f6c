using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>A pooling along its plan: tasks of some channels each, whose windows' elements stand side by side in the planes.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="V">The vector, of the plan's lanes.</typeparam>
/// <typeparam name="TPooling">The operation.</typeparam>
/// <typeparam name="TEpilogue">The epilogue.</typeparam>
internal unsafe ref struct WindowResults<T, V, TPooling, TEpilogue> : IParallelBody
    where T : unmanaged
    where V : struct, ISimd<V, T>
    where TPooling : struct, IPooling
    where TEpilogue : struct, IEpilogue<T>, allows ref struct
{
    private readonly PoolingPlan<T> _plan;
    private readonly T* _x;
    private readonly T* _y;
    private readonly int _units;
    private readonly int _tasks;
    private readonly TEpilogue _epilogue;

    private WindowResults(PoolingPlan<T> plan, T* x, T* y, int samples, TEpilogue epilogue)
    {
        _plan = plan;
        _x = x;
        _y = y;
        _units = samples * plan.Channels;
        _tasks = Simd.Chunks.Count(_units * plan.Windows.Planes.SourceSize, _units);
        _epilogue = epilogue;
    }

    public static void Run(PoolingPlan<T> plan, T* x, T* y, int samples, TEpilogue epilogue)
    {
        var body = new WindowResults<T, V, TPooling, TEpilogue>(plan, x, y, samples, epilogue);
        WorkerPool.Run(body._tasks, body);
    }

    /// <inheritdoc/>
    public readonly void Execute(int task)
    {
        var windows = _plan.Windows;
        var planes = windows.Planes;
        var size = windows.ResultSize;
        var isPlain = typeof(TEpilogue) == typeof(Store<T>) && (windows.IsWhole || _plan.IsGlobal || _plan.Pairs.HasValue);
        var last = Simd.Chunks.Start(task + 1, _tasks, _units);
        for (var unit = Simd.Chunks.Start(task, _tasks, _units); unit < last; unit += _plan.ChannelsPerBlock)
        {
            var count = Math.Min(_plan.ChannelsPerBlock, last - unit);
            var source = _x + unit * planes.SourceSize;
            var result = isPlain ? _y + (nint)unit * size : PackBuffer.Rent<T>(PackBuffer.Use.Sums, _plan.ChannelsPerBlock * (nint)size + V.Count);
            if (_plan.IsGlobal)
                Whole(source, (int)planes.SourceSize, result, count);
            else if (_plan.Pairs is { } pairs)
            {
                for (var i = 0; i < count; i++)
                    pairs.Forward<T, TPooling>(source + i * planes.SourceSize, result + (nint)i * size);
            }
            else
            {
                if (!windows.ReadsInPlace)
                {
                    var filled = PackBuffer.Rent<T>(PackBuffer.Use.Planes, _plan.ChannelsPerBlock * planes.ChannelSize + 2 * V.Count);
                    planes.Fill(source, filled, count, V.Create(TPooling.Padding));
                    source = filled;
                }
                Windows(source, result, count);
            }
            if (!isPlain)
                Sums.Finish(result, size, _y, size, unit, count, 0, size, _epilogue);
        }
    }

    // In order: a vector may reach over the end of its line, into the place of the next one.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Windows(T* planes, T* result, int channels)
    {
        var windows = _plan.Windows;
        var pass = windows.Passes[0];
        var steps = pass.Steps.Entries;
        var taps = pass.Steps.Count;
        var chunks = pass.Chunks.Entries;
        var count = pass.Chunks.Count;
        var counts = _plan.Counts.Entries;
        for (var channel = 0; channel < channels; channel++, planes += windows.Planes.ChannelSize, result += windows.ResultSize)
        {
            for (var chunk = 0; chunk < count; chunk++)
            {
                var from = planes + chunks[chunk].From;
                var sum = V.Create(TPooling.Padding);
                for (var tap = 0; tap < taps; tap++)
                    sum = TPooling.Take<V, T>(sum, V.Load(in from[steps[tap].B]));
                TPooling.Finish<V, T>(sum, V.Load(in counts[chunks[chunk].To])).Store(ref result[chunks[chunk].To]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Whole(T* source, int size, T* result, int channels)
    {
        var tail = stackalloc T[V.Count];
        for (var channel = 0; channel < channels; channel++, source += size)
        {
            var sum = V.Create(TPooling.Padding);
            var i = 0;
            for (; i <= size - V.Count; i += V.Count)
                sum = TPooling.Take<V, T>(sum, V.Load(in source[i]));
            if (i < size)
            {
                V.Create(TPooling.Padding).Store(ref *tail);
                for (var lane = 0; i + lane < size; lane++)
                    tail[lane] = source[i + lane];
                sum = TPooling.Take<V, T>(sum, V.Load(in *tail));
            }
            var across = TPooling.Across<V, T>(sum);
            TPooling.Finish<Simd1<T>, T>(Simd1<T>.Create(across), Simd1<T>.Load(in _plan.Counts.Entries[0])).Store(ref result[channel]);
        }
    }
}
