using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>
/// The gradients of a convolution's parameters where most of dy is 0: a filter's is the sum of the patches that its elements of dy belong to, each times that element.
/// Tasks are filters, which add up all samples in order.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="V">The vector, of the plan's lanes.</typeparam>
internal unsafe struct SparseWeightGradient<T, V> : IParallelBody
    where T : unmanaged
    where V : struct, ISimd<V, T>
{
    private const int Tasks = 8;

    private readonly SparsePlan _plan;
    private readonly T* _dy;
    private readonly T* _images;
    private readonly T* _sums;
    private readonly int _samples;

    private SparseWeightGradient(SparsePlan plan, T* dy, T* images, T* sums, int samples)
    {
        _plan = plan;
        _dy = dy;
        _images = images;
        _sums = sums;
        _samples = samples;
    }

    /// <summary>Elements of a filter's sums: its patch, and a vector for the bias.</summary>
    private static int FilterSums(SparsePlan plan) => (plan.Vectors + 1) * V.Count;

    public static void Run(SparsePlan plan, T* dy, T* x, T* dWeight, T* dBias, int samples, bool accumulate)
    {
        var geometry = plan.Geometry;
        var chunk = Math.Min(samples, plan.SamplesPerChunk);
        var images = PackBuffer.Rent<T>(PackBuffer.Use.A, (nint)chunk * plan.SampleSize);
        var length = geometry.OutChannels * FilterSums(plan);
        var sums = PackBuffer.Rent<T>(PackBuffer.Use.B, length);
        new Span<T>(sums, length).Clear();
        for (var sample = 0; sample < samples; sample += chunk)
        {
            var count = Math.Min(chunk, samples - sample);
            SparseImages<T>.Run(plan, x + (nint)sample * geometry.InChannels * geometry.InSize, images, count);
            var body = new SparseWeightGradient<T, V>(plan, dy + (nint)sample * geometry.OutChannels * geometry.OutSize, images, sums, count);
            WorkerPool.Run(Math.Min(Tasks, geometry.OutChannels), body);
        }
        Put(plan, sums, dWeight, dBias, accumulate);
    }

    /// <inheritdoc/>
    public readonly void Execute(int task)
    {
        var (channels, size) = (_plan.Geometry.OutChannels, _plan.Geometry.OutSize);
        var cut = new Cut(channels, Math.Min(Tasks, channels));
        var room = _plan.SamplesPerBlock * _plan.PlacesPerBlock + SparseElements<T>.Slack;
        var lists = PackBuffer.Rent<T>(PackBuffer.Use.Lines, 2 * room);
        for (var sample = 0; sample < _samples; sample += _plan.SamplesPerBlock)
        {
            var samples = Math.Min(_plan.SamplesPerBlock, _samples - sample);
            for (var place = 0; place < size; place += _plan.PlacesPerBlock)
            {
                var places = Math.Min(_plan.PlacesPerBlock, size - place);
                for (var channel = cut.Start(task); channel < cut.Start(task + 1); channel++)
                {
                    SparseElements<T> elements = new() { Values = lists, Places = (int*)(lists + room) };
                    for (var i = 0; i < samples; i++)
                        elements.Add(_dy + ((nint)(sample + i) * channels + channel) * size + place, _plan.Places.Entries + place, places, i * _plan.SampleSize);
                    Add(elements, _images + (nint)sample * _plan.SampleSize, _sums + channel * FilterSums(_plan));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Add(in SparseElements<T> elements, T* images, T* sums)
    {
        if (elements.Count == 0)
            return;
        var cut = _plan.Cut;
        for (var loop = 0; loop < cut.Tiles; loop++)
        {
            var vector = cut.Start(loop);
            SparseLoop.Of<T, V>(cut.Start(loop + 1) - vector)(elements, images, _plan.InImage.Entries + vector, sums, _plan.InFilter.Entries + vector);
        }
        var bias = sums + _plan.Vectors * V.Count;
        var sum = V.Load(in *bias);
        var whole = elements.Count - elements.Count % V.Count;
        for (var i = 0; i < whole; i += V.Count)
            sum += V.Load(in elements.Values[i]);
        if (whole < elements.Count)
            sum += V.And(V.Load(in elements.Values[whole]), TailMask.First<T, V>(elements.Count - whole));
        sum.Store(ref *bias);
    }

    private static void Put(SparsePlan plan, T* sums, T* dWeight, T* dBias, bool accumulate)
    {
        var (height, width, channels) = (plan.Geometry.Height, plan.Geometry.Width, plan.Geometry.InChannels);
        var turned = PackBuffer.Rent<T>(PackBuffer.Use.Turned, channels * width.Kernel);
        for (var filter = 0; filter < plan.Geometry.OutChannels; filter++, sums += FilterSums(plan), dWeight += channels * plan.Geometry.Taps)
        {
            for (var y = 0; y < height.Kernel; y++)
            {
                Turn.Block(sums + y * plan.RowVectors * V.Count, channels, turned, width.Kernel, width.Kernel, channels);
                for (var channel = 0; channel < channels; channel++)
                {
                    var place = dWeight + channel * plan.Geometry.Taps + y * width.Kernel;
                    for (var i = 0; i < width.Kernel; i++)
                        Put(place + i, turned[channel * width.Kernel + i], accumulate);
                }
            }
            if (dBias != null)
                Put(dBias + filter, V.Sum(V.Load(in sums[plan.Vectors * V.Count])), accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T* place, T value, bool add)
    {
        var sum = Simd1<T>.Create(value);
        (add ? Simd1<T>.Load(in *place) + sum : sum).Store(ref *place);
    }
}

/// <summary>The images of some samples, channels last.</summary>
internal readonly unsafe struct SparseImages<T> : IParallelBody
    where T : unmanaged
{
    private readonly SparsePlan _plan;
    private readonly T* _x;
    private readonly T* _images;
    private readonly int _samples;

    private SparseImages(SparsePlan plan, T* x, T* images, int samples)
    {
        _plan = plan;
        _x = x;
        _images = images;
        _samples = samples;
    }

    private int Tasks => Chunks.Count((long)_samples * _plan.SampleSize, _samples);

    public static void Run(SparsePlan plan, T* x, T* images, int samples)
    {
        var body = new SparseImages<T>(plan, x, images, samples);
        WorkerPool.Run(body.Tasks, body);
    }

    /// <inheritdoc/>
    public void Execute(int task)
    {
        var size = (nint)_plan.Geometry.InChannels * _plan.Geometry.InSize;
        for (var sample = Chunks.Start(task, Tasks, _samples); sample < Chunks.Start(task + 1, Tasks, _samples); sample++)
            SparseImage.Fill(_plan, _x + sample * size, _images + (nint)sample * _plan.SampleSize);
    }
}
