using System.Numerics;
using NetDsl.Kernels;

namespace NetDsl;

/// <summary>Cuts a data set into batches, in a new order every epoch if wanted; allocates nothing after its construction.</summary>
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

    public BatchSource(Dataset<T, TTarget> data, int batchSize, bool shuffle, bool dropLast)
    {
        (_data, _batchSize, _shuffle) = (data, batchSize, shuffle);
        Batches = dropLast ? data.Count / batchSize : (int)(((long)data.Count + batchSize - 1) / batchSize);
        Samples = dropLast ? Batches * batchSize : data.Count;
        var copies = shuffle || !data.TryGetRange(0, 1, out _, out _);
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
        _data.Gather(_order.AsSpan(start, count), xs, targets);
        x = xs;
        target = targets;
        return count;
    }

    private void Reset()
    {
        for (var i = 0; i < _order.Length; i++)
            _order[i] = i;
    }
}
