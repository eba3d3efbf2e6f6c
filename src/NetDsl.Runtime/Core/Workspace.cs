using System.ComponentModel;
using System.Numerics;

namespace NetDsl;

/// <summary>How far a workspace has come through a training step.</summary>
public enum WorkspaceStage
{
    /// <summary>It holds nothing that a later pass may read.</summary>
    Empty,

    /// <summary>The activations of a forward pass.</summary>
    Forward,

    /// <summary>The gradient of the loss with respect to the last layer, too.</summary>
    Loss,

    /// <summary>The gradients of all layers, and those of the parameters in their arena.</summary>
    Backward,

    /// <summary>The gradients of the layers on the way to the batch, but none of parameters.</summary>
    BackwardInput,

    /// <summary>What the passes left of a step that has changed the parameters since: see <see cref="Optimizer{T}.BackwardStep"/>.</summary>
    BackwardStep,
}

/// <summary>What a network needs between its passes: activations, masks and their gradients at fixed offsets of one arena.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>One workspace serves one pass at a time; several of them share one set of parameters.</remarks>
public abstract class Workspace<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Offsets are multiples of the stride: rounding it up from the capacity keeps every buffer on a 64-byte boundary. Where that costs more than it gives, as with a
    // few samples of large images, most of a plan's offsets are multiples of a cache line anyway.
    private const int CapacityStep = 16;
    private const int AlignmentBytes = 1 << 20;

    private readonly AlignedBuffer<T> _buffer;
    private readonly AlignedBuffer<T> _fixed;
    private readonly int _stride;

    /// <summary>Allocates room for <paramref name="capacity"/> samples.</summary>
    /// <param name="capacity">The largest batch, at least 1.</param>
    /// <param name="training">Whether the workspace serves training steps, or inference alone.</param>
    /// <param name="trainingElements">Elements of the training plan for one sample.</param>
    /// <param name="inferenceElements">Elements of the inference plan for one sample.</param>
    /// <param name="fixedElements">Elements beside them, whatever the batch.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity isn't positive, or the arena would exceed the largest array.</exception>
    protected Workspace(int capacity, bool training, int trainingElements, int inferenceElements, int fixedElements = 0)
        : this(capacity, training, trainingElements, inferenceElements, fixedElements, isOnHost: true)
    {
    }

    /// <summary>The same with the memory elsewhere: on a device.</summary>
    internal unsafe Workspace(int capacity, bool training, int trainingElements, int inferenceElements, int fixedElements, bool isOnHost)
    {
        var elementsPerSample = training ? Math.Max(trainingElements, inferenceElements) : inferenceElements;
        if (capacity < 1)
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "A workspace holds at least one sample.");
        if ((long)capacity * elementsPerSample > Array.MaxLength - 64)
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, $"With {elementsPerSample} elements a sample, at most {(Array.MaxLength - 64L) / elementsPerSample} samples fit one workspace.");
        var rounded = (capacity + (long)CapacityStep - 1) / CapacityStep * CapacityStep;
        var isCheap = (rounded - capacity) * elementsPerSample * sizeof(T) <= AlignmentBytes && rounded * elementsPerSample <= Array.MaxLength - 64;
        Capacity = capacity;
        Training = training;
        _stride = isCheap ? (int)rounded : capacity;
        (Length, FixedLength) = (_stride * elementsPerSample, fixedElements);
        _buffer = new AlignedBuffer<T>(isOnHost ? Length : 0);
        _fixed = new AlignedBuffer<T>(isOnHost ? FixedLength : 0);
    }

    /// <summary>The largest batch that fits.</summary>
    public int Capacity { get; }

    /// <summary>Whether training steps can run in it; else it has room for inference alone.</summary>
    public bool Training { get; }

    /// <summary>What the penalties on weights add to the loss of the last forward pass.</summary>
    public virtual T Penalty { get; set; }

    /// <summary>Whether the last forward pass took statistics of its batch, and not the running ones, which are constants to the backward pass; for generated code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public bool BatchStatistics { get; set; }

    /// <summary>Samples of the pass that the workspace holds.</summary>
    public int Count { get; private set; }

    /// <summary>How far the current step has come.</summary>
    public WorkspaceStage Stage { get; private set; }

    /// <summary>Seed of the random masks; masks depend on it, <see cref="Step"/> and the element's place alone.</summary>
    public ulong Seed { get; set; }

    /// <summary>Number of training passes begun; each draws masks of its own.</summary>
    public ulong Step { get; set; }

    /// <summary>
    /// Whether the next training pass takes the masks that stand in their views instead of drawing new ones; false again after it.
    /// To set masks, run a forward pass of the same batch size, write 0 and 1/(1 − rate) into the views, and run it again.
    /// </summary>
    public bool KeepMasks { get; set; }

    /// <summary>Size of the arena in bytes.</summary>
    public unsafe long Bytes => ((long)Length + FixedLength) * sizeof(T);

    /// <summary>Elements of the arena that the batch scales.</summary>
    internal int Length { get; }

    /// <summary>Elements of the arena that it doesn't.</summary>
    internal int FixedLength { get; }

    /// <summary>Factor of the plan's offsets.</summary>
    internal int Stride => _stride;

    /// <summary>Starts a pass over a batch and tells its size; for generated code.</summary>
    /// <param name="elements">Elements of the batch.</param>
    /// <param name="sampleSize">Elements of one sample.</param>
    /// <param name="training">Whether it is a training pass.</param>
    /// <returns>The number of samples n.</returns>
    /// <exception cref="ArgumentException">The batch is empty, no whole number of samples, or larger than the capacity.</exception>
    /// <exception cref="InvalidOperationException">A training pass in a workspace for inference.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public int Begin(int elements, int sampleSize, bool training)
    {
        var count = elements / sampleSize;
        if (count == 0 || count * sampleSize != elements || count > Capacity || training && !Training)
            ThrowBegin(elements, sampleSize, count);
        Count = count;
        Stage = WorkspaceStage.Empty;
        Penalty = T.Zero;
        return count;
    }

    /// <summary>Checks the order of passes and tells the batch's size; for generated code.</summary>
    /// <param name="from">The first stage that the pass can follow.</param>
    /// <param name="to">The last one.</param>
    /// <param name="pass">Its name, for the message.</param>
    /// <exception cref="InvalidOperationException">The passes run out of order.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public int Continue(WorkspaceStage from, WorkspaceStage to, string pass)
    {
        if (Stage < from || Stage > to)
            ThrowOrder(from, pass);
        return Count;
    }

    /// <summary>Ends a pass that has done all its work; for generated code.</summary>
    /// <param name="stage">What the workspace holds now.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void Finish(WorkspaceStage stage)
    {
        Stage = stage;
        if (stage == WorkspaceStage.Forward)
            KeepMasks = false;
    }

    /// <summary>Throws unless a span has the batch's size; for generated code.</summary>
    /// <param name="elements">Elements of the span.</param>
    /// <param name="sampleSize">Elements that it should have for one sample.</param>
    /// <param name="name">What it is, for the message.</param>
    /// <exception cref="ArgumentException">The span has another size.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void Require(int elements, int sampleSize, string name)
    {
        if (elements != Count * sampleSize)
            ThrowSize(elements, sampleSize, name);
    }

    /// <summary>The batch's part of a buffer of the memory plan; for generated code.</summary>
    /// <param name="offset">Offset of the plan, in elements for one sample.</param>
    /// <param name="size">Elements a sample.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Span<T> Buffer(int offset, int size) => _buffer.Span.Slice(offset * _stride, size * Count);

    /// <summary>A value without a batch axis, such as the mean of each channel; for generated code.</summary>
    /// <param name="offset">Offset in elements.</param>
    /// <param name="size">Elements.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Span<T> Fixed(int offset, int size) => _fixed.Span.Slice(offset, size);

    /// <summary>The seed of one dropout's masks; for generated code.</summary>
    /// <param name="layer">Number of the dropout in the network.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ulong MaskSeed(int layer) => Seed ^ (ulong)layer << 56;

    private void ThrowBegin(int elements, int sampleSize, int count)
    {
        if (count == 0 || count * sampleSize != elements)
            throw new ArgumentException($"The input has {elements} elements; expected a positive multiple of {sampleSize}, the size of one sample.");
        if (count > Capacity)
            throw new ArgumentException($"The batch has {count} samples, the workspace holds {Capacity}: create it with a capacity of {count} or split the batch.");
        throw new InvalidOperationException("This workspace was created for inference alone: create it with training: true for Forward, or call Predict.");
    }

    private void ThrowOrder(WorkspaceStage from, string pass) => throw (Stage == WorkspaceStage.BackwardStep
        ? new InvalidOperationException($"{pass} can't follow BackwardStep, which has changed the parameters that it needs: begin with Forward. For the gradient of the batch, too, call Backward, BackwardInput and the optimiser's Step in place of BackwardStep.")
        : new InvalidOperationException($"{pass} follows {from} on the same workspace, but {(Stage == WorkspaceStage.Empty ? "no training pass has run in it" : $"the last pass was {Stage}")}: call Forward, Loss, Backward in this order; OutputGradient can take the place of Loss."));

    private void ThrowSize(int elements, int sampleSize, string name) =>
        throw new ArgumentException($"The {name} has {elements} elements; expected {Count * sampleSize}: {Count} samples of {sampleSize}.");
}
