using System.Globalization;
using System.Numerics;
using NetDsl.Kernels;

namespace NetDsl;

/// <summary>Samples with their targets. Immutable; <see cref="Slice"/>, <see cref="Shuffle"/> and <see cref="Split"/> give views on the same memory.</summary>
/// <typeparam name="T">Element type of the input, <see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="TTarget"><see cref="int"/> for class labels, else <typeparamref name="T"/>.</typeparam>
public sealed class Dataset<T, TTarget>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TTarget : unmanaged
{
    private readonly ReadOnlyMemory<T> _inputs;
    private readonly ReadOnlyMemory<TTarget> _targets;
    private readonly int[]? _rows;
    private readonly int _start;

    /// <summary>Checks the data and keeps it: nothing is copied, so the memory must not change afterwards.</summary>
    /// <param name="inputs">[n × <paramref name="inputSize"/>], row-major, all finite.</param>
    /// <param name="targets">[n × <paramref name="targetSize"/>], row-major; labels in 0..classes − 1, or finite numbers.</param>
    /// <param name="inputSize">Elements of one sample.</param>
    /// <param name="targetSize">Targets of one sample; 1 for labels, or one label for each loss of a network with several; 0 for a loss that compares answers with each other.</param>
    /// <param name="classes">Number of classes, or null for the largest label + 1; for labels only.</param>
    /// <exception cref="ArgumentException">Empty data, lengths that don't match, NaN or infinity, a label out of range; the message names the row and the column, both counted from 0.</exception>
    public Dataset(ReadOnlyMemory<T> inputs, ReadOnlyMemory<TTarget> targets, int inputSize, int targetSize = 1, int? classes = null)
    {
        if (typeof(TTarget) != typeof(int) && typeof(TTarget) != typeof(T))
            throw new ArgumentException($"Targets are of type {typeof(TTarget).Name}; expected int for class labels, or {typeof(T).Name} as the inputs.");
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(targetSize, 0);
        if (inputs.IsEmpty)
            throw new ArgumentException("The data set is empty: expected at least one sample.", nameof(inputs));
        if (inputs.Length % inputSize != 0)
            throw new ArgumentException($"The inputs have {inputs.Length} elements, no multiple of the sample's {inputSize}: the last row is incomplete, or the input size is wrong.", nameof(inputs));
        var count = inputs.Length / inputSize;
        if (targets.Length != (long)count * targetSize)
            throw new ArgumentException($"There are {count} samples but {targets.Length} targets; expected {(long)count * targetSize}, which is {targetSize} a sample.", nameof(targets));
        if (typeof(TTarget) == typeof(int))
        {
            if (targetSize < 1)
                throw new ArgumentOutOfRangeException(nameof(targetSize), targetSize, "A sample has at least one class label.");
            Classes = DatasetChecks.Labels((ReadOnlyMemory<int>)(object)targets, classes, targetSize);
        }
        else
        {
            if (classes is not null)
                throw new ArgumentException("Only int targets have classes; leave the number out.", nameof(classes));
            DatasetChecks.Finite(((ReadOnlyMemory<T>)(object)targets).Span, targetSize, "target");
        }

        DatasetChecks.Finite(inputs.Span, inputSize, "input");
        (_inputs, _targets, InputSize, TargetSize, Count) = (inputs, targets, inputSize, targetSize, count);
    }

    private Dataset(Dataset<T, TTarget> source, int[]? rows, int start, int count)
    {
        (_inputs, _targets, InputSize, TargetSize, Classes) = (source._inputs, source._targets, source.InputSize, source.TargetSize, source.Classes);
        (_rows, _start, Count) = (rows, start, count);
    }

    /// <summary>Number of samples.</summary>
    public int Count { get; }

    /// <summary>Elements of one sample.</summary>
    public int InputSize { get; }

    /// <summary>Targets of one sample.</summary>
    public int TargetSize { get; }

    /// <summary>Number of classes; 0 unless the targets are labels.</summary>
    public int Classes { get; }

    /// <summary>Sample <paramref name="index"/>, [<see cref="InputSize"/>].</summary>
    public ReadOnlySpan<T> Input(int index) => _inputs.Span.Slice(Row(index) * InputSize, InputSize);

    /// <summary>The targets of sample <paramref name="index"/>, [<see cref="TargetSize"/>].</summary>
    public ReadOnlySpan<TTarget> Target(int index) => _targets.Span.Slice(Row(index) * TargetSize, TargetSize);

    /// <summary>Samples [start, start + count), so that <c>data[100..200]</c> works.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty or leaves the data set.</exception>
    public Dataset<T, TTarget> Slice(int start, int count)
    {
        RequireRange(start, count);
        return new Dataset<T, TTarget>(this, _rows, _start + start, count);
    }

    /// <summary>The first <paramref name="count"/> samples.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer, or the count isn't positive.</exception>
    public Dataset<T, TTarget> Take(int count) => Slice(0, count);

    /// <summary>The samples at <paramref name="indices"/>, in that order; repeats are allowed.</summary>
    /// <exception cref="ArgumentException">No index.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index leaves the data set.</exception>
    public Dataset<T, TTarget> Select(ReadOnlySpan<int> indices)
    {
        if (indices.IsEmpty)
            throw new ArgumentException("Expected at least one index.", nameof(indices));
        var rows = new int[indices.Length];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = Row(indices[i]);
        return new Dataset<T, TTarget>(this, rows, 0, rows.Length);
    }

    /// <summary>All samples in an order drawn from <paramref name="seed"/>.</summary>
    public Dataset<T, TTarget> Shuffle(ulong seed) => Select(Permutation(seed));

    /// <summary>Two parts without a common sample, drawn from <paramref name="seed"/>.</summary>
    /// <param name="fraction">Share of the first part, between 0 and 1.</param>
    /// <param name="seed">The same seed gives the same parts.</param>
    /// <param name="stratified">Whether both parts keep the shares of the classes; for labels only.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction leaves one part empty.</exception>
    /// <exception cref="ArgumentException">Stratified, but the targets are no labels.</exception>
    public (Dataset<T, TTarget> First, Dataset<T, TTarget> Second) Split(double fraction, ulong seed, bool stratified = false)
    {
        var first = fraction is > 0 and < 1 ? (int)Math.Round(fraction * Count) : 0;
        if (first == 0 || first == Count)
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, $"Expected a share between 0 and 1 that leaves at least one of {Count} samples on both sides.");
        if (stratified && Classes == 0)
            throw new ArgumentException("Only a data set of class labels can be split by class.", nameof(stratified));

        var order = Permutation(seed);
        if (stratified)
            Stratification.Arrange(order, index => (int)(object)Target(index)[0], Classes, first);
        var shuffled = Select(order);
        return (shuffled.Slice(0, first), shuffled.Slice(first, Count - first));
    }

    /// <summary>Copies the samples at <paramref name="indices"/> into a batch.</summary>
    /// <param name="indices">n indices.</param>
    /// <param name="x">[n × <see cref="InputSize"/>].</param>
    /// <param name="target">[n × <see cref="TargetSize"/>].</param>
    public void Gather(ReadOnlySpan<int> indices, Span<T> x, Span<TTarget> target)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            Input(indices[i]).CopyTo(x.Slice(i * InputSize, InputSize));
            Target(indices[i]).CopyTo(target.Slice(i * TargetSize, TargetSize));
        }
    }

    /// <summary>Samples [start, start + count) without a copy, where they lie side by side.</summary>
    /// <returns>False for a view whose samples are scattered.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the data set.</exception>
    public bool TryGetRange(int start, int count, out ReadOnlySpan<T> x, out ReadOnlySpan<TTarget> target)
    {
        RequireRange(start, count);
        if (_rows is not null)
        {
            x = default;
            target = default;
            return false;
        }

        x = _inputs.Span.Slice((_start + start) * InputSize, count * InputSize);
        target = _targets.Span.Slice((_start + start) * TargetSize, count * TargetSize);
        return true;
    }

    /// <summary>Size and kind in a line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Count} samples of {InputSize}, {(Classes > 0 ? $"{Classes} classes" : $"{TargetSize} targets")}");

    private int Row(int index)
    {
        if ((uint)index >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {Count} samples.");
        return _rows is null ? _start + index : _rows[_start + index];
    }

    private void RequireRange(int start, int count)
    {
        if (start < 0 || count < 1 || count > Count - start)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"Expected a part of the {Count} samples that isn't empty; got {count} from sample {start} on.");
    }

    private int[] Permutation(ulong seed)
    {
        var order = new int[Count];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        new CounterRandom(seed, RandomStreams.Dataset).Shuffle(order);
        return order;
    }
}
