using System.ComponentModel;
using System.Numerics;
using ILGPU;
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

    /// <summary>Allocates room for <paramref name="capacity"/> samples.</summary>
    /// <param name="device">The device.</param>
    /// <param name="capacity">The largest batch, at least 1.</param>
    /// <param name="training">Whether the workspace serves training steps, or inference alone.</param>
    /// <param name="trainingElements">Elements of the training plan for one sample.</param>
    /// <param name="inferenceElements">Elements of the inference plan for one sample.</param>
    /// <param name="inputElements">Elements of one sample's input.</param>
    /// <param name="answerElements">Elements of its answer.</param>
    /// <param name="fixedElements">Elements beside them, whatever the batch.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity isn't positive, or the arena would exceed the largest array.</exception>
    protected DeviceWorkspace(GpuDevice device, int capacity, bool training, int trainingElements, int inferenceElements, int inputElements, int answerElements, int fixedElements = 0)
        : base(capacity, training, trainingElements, inferenceElements, fixedElements, isOnHost: false)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
        _buffer = device.Allocate<T>(Length);
        _fixed = device.Allocate<T>(FixedLength);
        _input = device.Allocate<T>((long)capacity * inputElements);
        _answer = device.Allocate<T>((long)capacity * answerElements);
        LossTarget = new LossTarget<T>(device);
    }

    /// <summary>The device.</summary>
    public GpuDevice Device { get; }

    /// <summary>The loss of the last batch with its penalties; reading it waits for the device.</summary>
    public T Loss => LossTarget.Read([]);

    /// <summary>Where the loss is summed up; for generated code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public LossTarget<T> LossTarget { get; }

    /// <summary>Memory for a batch, or for its gradient; for generated code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ArrayView<T> Batch(int length) => _input.View.SubView(0, length);

    /// <summary>Takes a batch; for generated code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ArrayView<T> Upload(ReadOnlySpan<T> batch)
    {
        var view = Batch(batch.Length);
        view.Upload(batch);
        return view;
    }

    /// <summary>Memory for the network's answer; for generated code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ArrayView<T> Answer(int length) => _answer.View.SubView(0, length);

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
        LossTarget.Dispose();
    }
}
