using System.ComponentModel;
using System.Numerics;

namespace NetDsl;

/// <summary>Batches whose samples have several parts side by side, as several inputs are handed over by code that serves all networks, taken apart into one batch for each part; for generated code.</summary>
/// <typeparam name="T">Element type, or <see cref="int"/> for labels.</typeparam>
/// <param name="capacity">The largest batch, in samples.</param>
/// <param name="sizes">Elements that a sample has of each part.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class SampleParts<T>(int capacity, params int[] sizes)
    where T : unmanaged, INumberBase<T>
{
    private readonly int _size = sizes.Sum();
    private readonly AlignedBuffer<T> _memory = new(capacity * sizes.Sum());
    private int[] _labels = [];
    private int _count;

    /// <summary>Part number <paramref name="part"/> of all samples: [n × size].</summary>
    public Span<T> this[int part]
    {
        get
        {
            var start = 0;
            for (var i = 0; i < part; i++)
                start += sizes[i];
            return _memory.Span.Slice(start * _count, sizes[part] * _count);
        }
    }

    /// <summary>Room for the parts of <paramref name="count"/> samples.</summary>
    public SampleParts<T> Make(int count)
    {
        if (count > capacity)
            throw new ArgumentException($"The batch has {count} samples, the workspace holds {capacity}: create it with a capacity of {count} or split the batch.", nameof(count));
        _count = count;
        return this;
    }

    /// <summary>Takes a batch apart.</summary>
    /// <param name="samples">[n × all parts].</param>
    /// <exception cref="ArgumentException">No whole number of samples, or more than the capacity.</exception>
    public SampleParts<T> Take(ReadOnlySpan<T> samples)
    {
        if (samples.Length % _size != 0)
            throw new ArgumentException($"The batch has {samples.Length} elements; expected a multiple of {_size}, the size of one sample: {string.Join(" + ", sizes)}.", nameof(samples));
        Make(samples.Length / _size);
        var start = 0;
        for (var part = 0; part < sizes.Length; start += sizes[part++])
        {
            var size = sizes[part];
            var destination = this[part];
            for (var i = 0; i < _count; i++)
                samples.Slice(i * _size + start, size).CopyTo(destination[(i * size)..]);
        }

        return this;
    }

    /// <summary>Puts the parts side by side.</summary>
    /// <param name="samples">[n × all parts].</param>
    /// <exception cref="ArgumentException">The span has another size.</exception>
    public void Give(Span<T> samples)
    {
        if (samples.Length != _count * _size)
            throw new ArgumentException($"The span has {samples.Length} elements; expected {_count * _size}: {_count} samples of {string.Join(" + ", sizes)}.", nameof(samples));
        var start = 0;
        for (var part = 0; part < sizes.Length; start += sizes[part++])
        {
            var size = sizes[part];
            var source = this[part];
            for (var i = 0; i < _count; i++)
                source.Slice(i * size, size).CopyTo(samples[(i * _size + start)..]);
        }
    }

    /// <summary>A part that holds class labels as numbers.</summary>
    /// <exception cref="ArgumentException">One of them is no whole number.</exception>
    public ReadOnlySpan<int> Labels(int part)
    {
        var numbers = this[part];
        if (_labels.Length < numbers.Length)
            _labels = new int[Math.Max(numbers.Length, capacity * sizes[part])];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!T.IsInteger(numbers[i]))
                throw new ArgumentException($"Target {i} of part {part} (both counted from 0) is {numbers[i]}; expected the number of a class.");
            _labels[i] = int.CreateChecked(numbers[i]);
        }

        return _labels.AsSpan(0, numbers.Length);
    }

    /// <summary>Throws where factors or terms are handed over that one of several losses has.</summary>
    /// <param name="length">Elements of them.</param>
    public static void RejectWeights(int length)
    {
        if (length > 0)
            throw new ArgumentException("This network's losses take factors and terms each by itself: call its own Loss instead of the one of INetwork.");
    }
}
