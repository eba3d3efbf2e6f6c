using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>
/// The gradient of a convolution's input where most of dy is 0: at each place the filters of the elements that aren't are added up in registers, and then to the image.
/// Tasks are samples.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="V">The vector, of the plan's lanes.</typeparam>
/// <typeparam name="TEpilogue">The epilogue.</typeparam>
internal unsafe ref struct SparseInputGradient<T, V, TEpilogue> : IParallelBody
    where T : unmanaged
    where V : struct, ISimd<V, T>
    where TEpilogue : struct, IEpilogue<T>, allows ref struct
{
    private readonly SparsePlan _plan;
    private readonly T* _dy;
    private readonly T* _filters;
    private readonly T* _dx;
    private readonly int _samples;
    private readonly int _samplesPerTask;
    private readonly TEpilogue _epilogue;

    private SparseInputGradient(SparsePlan plan, T* dy, T* filters, T* dx, int samples, TEpilogue epilogue)
    {
        _plan = plan;
        _dy = dy;
        _filters = filters;
        _dx = dx;
        _samples = samples;
        _samplesPerTask = Blocking.Units(samples, plan.SampleWork, 1).UnitsPerTask;
        _epilogue = epilogue;
    }

    public static void Run(SparsePlan plan, T* dy, T* weight, T* dx, int samples, TEpilogue epilogue)
    {
        var filters = PackBuffer.Rent<T>(PackBuffer.Use.A, (nint)plan.Geometry.OutChannels * plan.Vectors * V.Count);
        SparseImage.FillFilters(plan, weight, filters);
        var body = new SparseInputGradient<T, V, TEpilogue>(plan, dy, filters, dx, samples, epilogue);
        WorkerPool.Run(Blocking.DivideUp(samples, body._samplesPerTask), body);
    }

    /// <inheritdoc/>
    public readonly void Execute(int task)
    {
        var (channels, places) = (_plan.Geometry.OutChannels, _plan.Geometry.OutSize);
        var (size, inputs) = (_plan.Geometry.InSize, _plan.Geometry.InChannels);
        var image = PackBuffer.Rent<T>(PackBuffer.Use.Planes, _plan.SampleSize);
        var row = PackBuffer.Rent<T>(PackBuffer.Use.Sums, (nint)inputs * size);
        for (var sample = task * _samplesPerTask; sample < Math.Min(_samples, (task + 1) * _samplesPerTask); sample++)
        {
            new Span<T>(image, _plan.SampleSize).Clear();
            for (var place = 0; place < places; place += _plan.PlacesPerBlock)
                Add(_dy + (nint)sample * channels * places, place, Math.Min(_plan.PlacesPerBlock, places - place), image);
            SparseImage.Collect(_plan, image, row);
            Sums.Finish(row, size, _dx, size, sample * inputs, inputs, 0, size, _epilogue);
        }
    }

    // Place after place with the same rows of all filters, which stay in the L1 cache then.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Add(T* dy, int first, int places, T* image)
    {
        var channels = _plan.Geometry.OutChannels;
        var room = (nint)channels * places + SparseElements<T>.Slack;
        var lists = PackBuffer.Rent<T>(PackBuffer.Use.Lines, 2 * room + places);
        var all = new SparseElements<T> { Values = lists, Places = (int*)(lists + room) };
        var ends = (int*)(lists + 2 * room);
        var turned = PackBuffer.Rent<T>(PackBuffer.Use.Turned, (nint)channels * places);
        Turn.Block(dy + first, _plan.Geometry.OutSize, turned, channels, channels, places);
        for (var place = 0; place < places; place++)
        {
            all.Add(turned + (nint)place * channels, _plan.Filters.Entries, channels, 0);
            ends[place] = all.Count;
        }
        var cut = _plan.Cut;
        for (var loop = 0; loop < cut.Tiles; loop++)
        {
            var vector = cut.Start(loop);
            var run = SparseLoop.Of<T, V>(cut.Start(loop + 1) - vector);
            var start = 0;
            for (var place = 0; place < places; place++)
            {
                var end = ends[place];
                if (end > start)
                {
                    var elements = new SparseElements<T> { Values = all.Values + start, Places = all.Places + start, Count = end - start };
                    run(elements, _filters, _plan.InFilter.Entries + vector, image + _plan.Places.Entries[first + place], _plan.InImage.Entries + vector);
                }
                start = end;
            }
        }
    }
}
