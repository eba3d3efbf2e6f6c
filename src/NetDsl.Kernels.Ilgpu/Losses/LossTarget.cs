using System.ComponentModel;
using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Losses;

/// <summary>A loss of a batch on a device: one number, and the memory for what the loss reads beside the prediction.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class LossTarget<T> : IDisposable
    where T : unmanaged, INumber<T>
{
    private readonly DeviceMemory<T>? _cell;
    private DeviceMemory<T>? _numbers;
    private DeviceMemory<int>? _labels;
    private DeviceMemory<T>? _weights;
    private DeviceMemory<T>? _terms;
    private DeviceMemory<T>? _weighted;
    private DeviceMemory<T>? _classWeights;
    private readonly Dictionary<int, DeviceMemory<T>> _constants = [];
    private bool _keepsTerms;
    private int _count;

    /// <summary>Memory on a device, where it grows with the batches.</summary>
    public LossTarget(GpuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
        _cell = device.Allocate<T>(1);
        Value = _cell.View;
    }

    /// <summary>The same with the number in memory of somebody else's.</summary>
    internal LossTarget(GpuDevice device, ArrayView<T> value) => (Device, Value) = (device, value);

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
        Weights = weights.IsEmpty ? default : Upload(ref _weights, weights);
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
        _terms!.View.SubView(0, terms.Length).Download(terms);
    }

    /// <summary>Numbers of the loss that stay as they are, copied to the device the first time; for generated code.</summary>
    /// <param name="number">Which of the loss's.</param>
    /// <param name="values">The numbers.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ArrayView<T> Constants(int number, ReadOnlySpan<T> values)
    {
        if (!_constants.TryGetValue(number, out var memory))
        {
            memory = Device.Allocate<T>(values.Length);
            memory.View.Upload(values);
            _constants.Add(number, memory);
        }

        return memory.View;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var memory in _constants.Values)
            memory.Dispose();
        foreach (var memory in new DeviceMemory?[] { _cell, _numbers, _labels, _weights, _terms, _weighted, _classWeights })
            memory?.Dispose();
    }

    internal ArrayView<int> Labels(ReadOnlySpan<int> labels) => Upload(ref _labels, labels);

    internal ArrayView<T> Numbers(ReadOnlySpan<T> numbers) => Upload(ref _numbers, numbers);

    internal ArrayView<T> ClassWeights(ReadOnlySpan<T> weights) => weights.IsEmpty ? default : Upload(ref _classWeights, weights);

    /// <summary>Memory for the terms where they are wanted, else nothing.</summary>
    internal ArrayView<T> Terms(int count) => _keepsTerms ? Room(ref _terms, count) : default;

    /// <summary>Memory for the terms times their factors.</summary>
    internal ArrayView<T> Weighted(int count) => Room(ref _weighted, count);

    /// <summary>The value is scale·Σ of the weighted terms.</summary>
    internal void SumWeighted(int count, T scale) => Reduce.Sum(Device.Core, count, new ElementTerm<T>(Weighted(count)), scale, Value, accumulate: false);

    private ArrayView<TElement> Upload<TElement>(ref DeviceMemory<TElement>? memory, ReadOnlySpan<TElement> values)
        where TElement : unmanaged
    {
        var view = Room(ref memory, values.Length);
        view.Upload(values);
        return view;
    }

    private ArrayView<TElement> Room<TElement>(ref DeviceMemory<TElement>? memory, int length)
        where TElement : unmanaged
    {
        if (memory is null || memory.Length < length)
        {
            Device.Synchronize();
            memory?.Dispose();
            memory = Device.Allocate<TElement>(length);
        }

        return memory.View.SubView(0, length);
    }
}
