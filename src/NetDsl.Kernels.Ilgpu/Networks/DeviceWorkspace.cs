using System.ComponentModel;
using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Ilgpu.Device;
using NetDsl.Kernels.Ilgpu.Losses;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>A workspace in a device's memory, in the layout of the host's; disposing gives the memory back, as disposing the device does.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public abstract class DeviceWorkspace<T> : Workspace<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DeviceMemory<T> _buffer;
    private readonly DeviceMemory<T> _fixed;
    private readonly DeviceMemory<T> _input;
    private readonly DeviceMemory<T> _answer;
    private readonly DeviceMemory<T> _cells;
    private readonly Dictionary<int, Staging> _staging = [];
    private readonly double[] _lossWeights;

    // The state of the parameters from which factors for inference were made; 0 where none lie here.
    private long _folded;

    /// <summary>Allocates room for <paramref name="capacity"/> samples.</summary>
    /// <param name="device">The device.</param>
    /// <param name="capacity">The largest batch, at least 1.</param>
    /// <param name="training">Whether the workspace serves training steps, or inference alone.</param>
    /// <param name="trainingElements">Elements of the training plan for one sample.</param>
    /// <param name="inferenceElements">Elements of the inference plan for one sample.</param>
    /// <param name="inputElements">Elements of one sample's inputs.</param>
    /// <param name="answerElements">Elements of its answers.</param>
    /// <param name="fixedElements">Elements beside them, whatever the batch.</param>
    /// <param name="lossWeights">The weight of each loss in the sum; null for one loss of weight 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity isn't positive, or the arena would exceed the largest array.</exception>
    protected DeviceWorkspace(GpuDevice device, int capacity, bool training, int trainingElements, int inferenceElements, int inputElements, int answerElements, int fixedElements = 0, double[]? lossWeights = null)
        : base(capacity, training, trainingElements, inferenceElements, fixedElements, isOnHost: false)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
        _buffer = device.Allocate<T>(Length);
        _fixed = device.Allocate<T>(FixedLength);
        _input = device.Allocate<T>((long)capacity * inputElements);
        _answer = device.Allocate<T>((long)capacity * answerElements);
        _lossWeights = lossWeights ?? [1];
        _cells = device.Allocate<T>(1 + _lossWeights.Length);
        LossTargets = [.. Enumerable.Range(1, _lossWeights.Length).Select(cell => new LossTarget<T>(device, _cells.View.SubView(cell, 1)))];
    }

    /// <summary>The device.</summary>
    public GpuDevice Device { get; }

    /// <summary>The loss of the last batch, or the weighted sum of its losses, with the penalties; reading it waits for the device.</summary>
    public T Loss
    {
        get
        {
            Span<T> cells = stackalloc T[1 + _lossWeights.Length];
            _cells.View.Download(cells);
            var sum = T.CreateTruncating(_lossWeights[0]) * cells[1];
            for (var i = 1; i < _lossWeights.Length; i++)
                sum += T.CreateTruncating(_lossWeights[i]) * cells[i + 1];
            return sum + cells[0];
        }
    }

    /// <summary>What the penalties on weights add to the loss of the last forward pass; reading it waits for the device, which alone writes it.</summary>
    public override T Penalty
    {
        get
        {
            var penalty = T.Zero;
            PenaltySum.Download(new Span<T>(ref penalty));
            return penalty;
        }

        set
        {
        }
    }

    /// <summary>Where each loss is summed up; for generated code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public IReadOnlyList<LossTarget<T>> LossTargets { get; }

    /// <summary>Where the penalties on weights are summed up, one element; for generated code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ArrayView<T> PenaltySum => _cells.View.SubView(0, 1);

    /// <summary>Refuses a network on another device; for generated code.</summary>
    /// <param name="device">The network's device.</param>
    /// <exception cref="ArgumentException">It isn't the workspace's.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void RequireOn(GpuDevice device)
    {
        if (device != Device)
            throw new ArgumentException(
                $"The workspace lies on {Device.Info}, and the network runs on {(device.Info == Device.Info ? "the same device by another GpuDevice object" : device.Info.ToString())}: create it with the network's, new Workspace(network.Device, …).");
    }

    /// <inheritdoc cref="Workspace{T}.Begin"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public new int Begin(int elements, int sampleSize, bool training)
    {
        // A training pass keeps its own numbers in the place of the factors.
        if (training)
            _folded = 0;
        return base.Begin(elements, sampleSize, training);
    }

    /// <summary>Whether the factors that batch normalisations have at inference are to be made anew, since the parameters have changed or other numbers lie in their place; for generated code.</summary>
    /// <param name="parameters">The parameters.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public bool LacksFolds(ParameterArena<T> parameters) => _folded != parameters.Version(Device);

    /// <summary>Remembers that the factors have been made; for generated code.</summary>
    /// <param name="parameters">The parameters.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void HasFolds(ParameterArena<T> parameters) => _folded = parameters.Version(Device);

    /// <summary>Memory for a batch, or for its gradient; for generated code.</summary>
    /// <param name="offset">Elements that a sample has of the inputs before.</param>
    /// <param name="size">Elements that it has of this one.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ArrayView<T> Batch(int offset, int size) => _input.View.SubView((long)offset * Capacity, (long)size * Count);

    /// <summary>Takes a batch, which the caller may change afterwards, without waiting for the device; for generated code.</summary>
    /// <param name="offset">Elements that a sample has of the inputs before.</param>
    /// <param name="size">Elements that it has of this one.</param>
    /// <param name="batch">[n × size].</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ArrayView<T> Upload(int offset, int size, ReadOnlySpan<T> batch)
    {
        if (!_staging.TryGetValue(offset, out var staging))
            _staging.Add(offset, staging = new Staging(Device.Core));
        staging.Upload(batch, _input.Buffer, (long)offset * Capacity);
        return Batch(offset, size);
    }

    /// <summary>Memory for an answer of the network; for generated code.</summary>
    /// <param name="offset">Elements that a sample has of the answers before.</param>
    /// <param name="size">Elements that it has of this one.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ArrayView<T> Answer(int offset, int size) => _answer.View.SubView((long)offset * Capacity, (long)size * Count);

    /// <summary>The batch's part of a buffer of the memory plan, on the device.</summary>
    /// <param name="offset">Offset of the plan, in elements for one sample.</param>
    /// <param name="size">Elements a sample.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public new ArrayView<T> Buffer(int offset, int size) => _buffer.View.SubView((long)offset * Stride, (long)size * Count);

    /// <summary>A value without a batch axis, on the device.</summary>
    /// <param name="offset">Offset in elements.</param>
    /// <param name="size">Elements.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public new ArrayView<T> Fixed(int offset, int size) => _fixed.View.SubView(offset, size);

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer.Dispose();
        _fixed.Dispose();
        _input.Dispose();
        _answer.Dispose();
        _cells.Dispose();
        foreach (var staging in _staging.Values)
            staging.Dispose();
        foreach (var target in LossTargets)
            target.Dispose();
    }
}
