using System.Numerics;

namespace NetDsl;

/// <summary>What every generated network can do, for code that serves all of them, such as the trainer.</summary>
/// <typeparam name="T">Element type, <see cref="float"/> or <see cref="double"/>.</typeparam>
public interface INetwork<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Layers, shapes, counts and the memory plan.</summary>
    NetworkDescription Description { get; }

    /// <summary>
    /// Whether <see cref="Backward"/> lets an optimiser take the place of the gradients of large dense layers (<see cref="Optimizer{T}.BackwardStep"/>); for generated code. False for a network of
    /// another kind, such as one that changes or adds up what Backward of another gives: it gets all gradients.
    /// </summary>
    bool StepsInBackward => false;

    /// <summary>New parameters, initialised from <paramref name="seed"/>.</summary>
    ParameterArena<T> CreateParameters(ulong seed);

    /// <summary>New gradients, all zero.</summary>
    GradientArena<T> CreateGradients();

    /// <summary>A new workspace for batches of up to <paramref name="capacity"/> samples, for training steps or for inference alone.</summary>
    Workspace<T> CreateWorkspace(int capacity, bool training = true);

    /// <summary>Runs the layers on a batch and keeps what the backward pass needs.</summary>
    /// <param name="parameters">Parameters of this network.</param>
    /// <param name="x">[n × input], n at most the workspace's capacity.</param>
    /// <param name="workspace">Takes the activations.</param>
    /// <param name="training">Whether dropout and its like are active.</param>
    void Forward(ParameterArena<T> parameters, ReadOnlySpan<T> x, Workspace<T> workspace, bool training);

    /// <summary>Starts the backward pass from a gradient that comes from outside, in place of the loss: the vector–Jacobian product.</summary>
    /// <param name="workspace">The workspace of the forward pass.</param>
    /// <param name="dy">[n × what the loss reads], the gradient with respect to it; of an activation that the loss contains, with respect to that one's input.</param>
    void OutputGradient(Workspace<T> workspace, ReadOnlySpan<T> dy);

    /// <summary>The gradients of all parameters; follows a call of Loss or OutputGradient.</summary>
    /// <param name="parameters">The parameters of the forward pass.</param>
    /// <param name="x">The batch of the forward pass.</param>
    /// <param name="workspace">The workspace of the forward pass.</param>
    /// <param name="gradients">Takes the gradients.</param>
    /// <param name="accumulate">Whether to add to what <paramref name="gradients"/> holds.</param>
    void Backward(ParameterArena<T> parameters, ReadOnlySpan<T> x, Workspace<T> workspace, GradientArena<T> gradients, bool accumulate);

    /// <summary>
    /// The gradient of the loss with respect to the batch; follows a call of Backward, or of Loss or OutputGradient where no parameter's gradient is wanted.
    /// Backward can't come after it then.
    /// </summary>
    /// <param name="parameters">The parameters of the forward pass.</param>
    /// <param name="workspace">The workspace of the forward pass.</param>
    /// <param name="dx">[n × input], takes the gradient.</param>
    void BackwardInput(ParameterArena<T> parameters, Workspace<T> workspace, Span<T> dx);

    /// <summary>The network's answer to a batch, at inference: dropout off, the loss's own activation applied.</summary>
    /// <param name="parameters">Parameters of this network.</param>
    /// <param name="x">[n × input].</param>
    /// <param name="y">[n × output], takes the answer.</param>
    /// <param name="workspace">Scratch memory; a training step under way in it is lost.</param>
    void Predict(ParameterArena<T> parameters, ReadOnlySpan<T> x, Span<T> y, Workspace<T> workspace);
}

/// <summary>A network with a loss of its own, which takes targets of a certain type: class labels (<see cref="int"/>) or numbers.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <typeparam name="TTarget"><see cref="int"/> for labels, else <typeparamref name="T"/>.</typeparam>
public interface INetwork<T, TTarget> : INetwork<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TTarget : unmanaged
{
    /// <summary>Targets that one sample has: 1 for a class label, else the output's size.</summary>
    int TargetSize { get; }

    /// <summary>The loss of the last forward pass; leaves its gradient in the workspace for Backward.</summary>
    /// <param name="workspace">The workspace of the forward pass.</param>
    /// <param name="target">[n × <see cref="TargetSize"/>].</param>
    /// <param name="weights">One factor for each loss term (a row for losses over rows, else an element), or empty for all one.</param>
    /// <param name="terms">Takes the unweighted loss terms, or empty.</param>
    T Loss(Workspace<T> workspace, ReadOnlySpan<TTarget> target, ReadOnlySpan<T> weights = default, Span<T> terms = default);
}
