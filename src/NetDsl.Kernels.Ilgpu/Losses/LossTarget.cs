using System.ComponentModel;
using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Losses;

/// <summary>A loss of a batch on a device: one number, and the memory for what the loss reads beside the prediction.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class LossTarget<T> : IDisposable
    where T : unmanaged, INumber<T>
{
    private readonly LossMemory<T> _numbers;
    private readonly LossMemory<int> _labels;
    private readonly LossMemory<T> _weights;
    private readonly LossMemory<T> _terms;
    private readonly LossMemory<T> _weighted;
    private readonly LossConstants<T> _classWeights;
    private readonly Dictionary<int, LossConstants<T>> _constants = [];
    private bool _keepsTerms;
    private int _count;

    /// <summary>Memory on a device, where it grows with the batches.</summary>
    /// <param name="device">The device.</param>
    /// <param name="value">One element, which takes the loss.</param>
    internal LossTarget(GpuDevice device, ArrayView<T> value)
    {
        (Device, Value) = (device, value);
        (_numbers, _labels, _weights, _terms, _weighted, _classWeights) = (new(device), new(device), new(device), new(device), new(device), new(device));
    }

    /// <summary>The device.</summary>
    public GpuDevice Device { get; }

    /// <summary>The loss before its weight, one element.</summary>
    public ArrayView<T> Value { get; }

    internal ArrayView<T> Weights { get; private set; }

    /// <summary>Takes the factors of a batch's terms.</summary>
    /// <param name="weights">A factor for each term, or empty for all one.</param>
    /// <param name="count">Number of terms.</param>
    /// <param name="keepsTerms">Whether the terms are wanted.</param>
    /// <exception cref="ArgumentException">There is another number of weights.</exception>
    public void Begin(ReadOnlySpan<T> weights, int count, bool keepsTerms)
    {
        Require.LengthOrEmpty(weights.Length, count, 1, nameof(weights));
        Weights = weights.IsEmpty ? default : _weights.Upload(weights);
        (_keepsTerms, _count) = (keepsTerms, count);
    }

    /// <summary>Waits for the loss, and for its terms where they are wanted.</summary>
    /// <param name="terms">Takes the terms, or empty.</param>
    /// <exception cref="ArgumentException">There is another number of terms.</exception>
    public T Read(Span<T> terms = default)
    {
        ReadTerms(terms);
        var value = T.Zero;
        Value.Download(new Span<T>(ref value));
        return value;
    }

    /// <summary>Waits for the terms.</summary>
    /// <param name="terms">Takes the terms, or empty.</param>
    /// <exception cref="ArgumentException">There is another number of terms.</exception>
    /// <exception cref="InvalidOperationException">The terms were not kept.</exception>
    public void ReadTerms(Span<T> terms)
    {
        if (terms.IsEmpty)
            return;
        if (!_keepsTerms)
            throw new InvalidOperationException("The terms of the loss were not kept: ask for them where the loss is evaluated.");
        if (terms.Length != _count)
            throw new ArgumentException($"The loss has {_count} terms, there is room for {terms.Length}: pass {_count} elements, or none.", nameof(terms));
        _terms.Room(_count).Download(terms);
    }

    /// <summary>Numbers of the loss that stay as they are, copied to the device the first time, and where they have changed; for generated code.</summary>
    /// <param name="number">Which of the loss's.</param>
    /// <param name="values">The numbers.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ArrayView<T> Constants(int number, ReadOnlySpan<T> values)
    {
        if (!_constants.TryGetValue(number, out var constants))
            _constants.Add(number, constants = new(Device));
        return constants.Of(values);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var constants in _constants.Values)
            constants.Dispose();
        foreach (IDisposable memory in (ReadOnlySpan<IDisposable>)[_numbers, _labels, _weights, _terms, _weighted, _classWeights])
            memory.Dispose();
    }

    internal ArrayView<int> Labels(ReadOnlySpan<int> labels) => _labels.Upload(labels);

    internal ArrayView<T> Numbers(ReadOnlySpan<T> numbers) => _numbers.Upload(numbers);

    internal ArrayView<T> ClassWeights(ReadOnlySpan<T> weights) => weights.IsEmpty ? default : _classWeights.Of(weights);

    /// <summary>Memory for the terms where they are wanted, else nothing.</summary>
    internal ArrayView<T> Terms(int count) => _keepsTerms ? _terms.Room(count) : default;

    /// <summary>Memory for the terms times their factors.</summary>
    internal ArrayView<T> Weighted(int count) => _weighted.Room(count);

    /// <summary>The value is scale·Σ of the weighted terms.</summary>
    internal void SumWeighted(int count, T scale) => Reduce.Sum(Device.Core, count, new ElementTerm<T>(Weighted(count)), scale, Value, accumulate: false);
}
