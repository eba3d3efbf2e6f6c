using System.Numerics;
using NetDsl.Kernels;
using NetDsl.Kernels.Threading;

namespace NetDsl;

/// <summary>Cuts a data set into batches, in a new order and with changed samples every epoch if wanted; allocates nothing after its construction.</summary>
internal sealed class BatchSource<T, TTarget>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TTarget : unmanaged
{
    private readonly Dataset<T, TTarget> _data;
    private readonly int _batchSize;
    private readonly bool _shuffle;
    private readonly int[] _order;
    private readonly AlignedBuffer<T> _x;
    private readonly TTarget[] _target;
    private readonly IAugmentation<T>? _augmentation;
    private readonly int[] _shape;
    private ulong _seed;
    private ulong _epoch;

    public BatchSource(Dataset<T, TTarget> data, int batchSize, bool shuffle, bool dropLast, IAugmentation<T>? augmentation = null, IReadOnlyList<int>? shape = null)
    {
        (_data, _batchSize, _shuffle, _augmentation, _shape) = (data, batchSize, shuffle, augmentation, [.. shape ?? []]);
        Batches = dropLast ? data.Count / batchSize : (int)(((long)data.Count + batchSize - 1) / batchSize);
        Samples = dropLast ? Batches * batchSize : data.Count;
        var copies = shuffle || augmentation is not null || !data.TryGetRange(0, 1, out _, out _);
        var rows = copies ? Math.Min(batchSize, data.Count) : 0;
        _order = new int[copies ? data.Count : 0];
        Reset();
        _x = new AlignedBuffer<T>(rows * data.InputSize);
        _target = new TTarget[rows * data.TargetSize];
    }

    /// <summary>Batches in an epoch.</summary>
    public int Batches { get; }

    /// <summary>Samples in an epoch.</summary>
    public int Samples { get; }

    /// <summary>Draws the order of an epoch, which depends on the seed and the epoch's number alone.</summary>
    public void Begin(ulong seed, ulong epoch)
    {
        (_seed, _epoch) = (seed, epoch);
        if (!_shuffle)
            return;
        Reset();
        new CounterRandom(seed, RandomStreams.Epochs + epoch).Shuffle(_order);
    }

    /// <summary>Batch number <paramref name="batch"/>, counted from 0; valid until the next call.</summary>
    /// <returns>Its number of samples n.</returns>
    public int Get(int batch, out ReadOnlySpan<T> x, out ReadOnlySpan<TTarget> target)
    {
        var start = batch * _batchSize;
        var count = Math.Min(_batchSize, _data.Count - start);
        if (_order.Length == 0)
        {
            _data.TryGetRange(start, count, out x, out target);
            return count;
        }

        var xs = _x.Span[..(count * _data.InputSize)];
        var targets = _target.AsSpan(0, count * _data.TargetSize);
        if (_augmentation is null)
            _data.Gather(_order.AsSpan(start, count), xs, targets);
        else
            WorkerPool.Run((count + Changing.Samples - 1) / Changing.Samples, new Changing(this, _augmentation, start, count));
        x = xs;
        target = targets;
        return count;
    }

    private void Reset()
    {
        for (var i = 0; i < _order.Length; i++)
            _order[i] = i;
    }

    /// <summary>Gathers a batch through the augmentation, some samples a task.</summary>
    private readonly struct Changing(BatchSource<T, TTarget> source, IAugmentation<T> augmentation, int start, int count) : IParallelBody
    {
        public const int Samples = 16;

        public void Execute(int task)
        {
            for (var i = task * Samples; i < Math.Min((task + 1) * Samples, count); i++)
            {
                var (data, sample) = (source._data, source._order[start + i]);
                var random = new CounterRandom(source._seed, RandomStreams.Augmentation(source._epoch, sample));
                augmentation.Apply(data.Input(sample), source._shape, ref random, source._x.Span.Slice(i * data.InputSize, data.InputSize));
                data.Target(sample).CopyTo(source._target.AsSpan(i * data.TargetSize));
            }
        }
    }
}
