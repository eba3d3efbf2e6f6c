using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Graph;

internal enum ValueKind
{
    /// <summary>The batch that the user passes in.</summary>
    Input,

    /// <summary>What the loss compares with; the user passes it in.</summary>
    Target,

    /// <summary>Learnable, without a batch axis.</summary>
    Parameter,

    /// <summary>In the parameters' arena, too, but not learnt: running statistics, frozen weights.</summary>
    State,

    /// <summary>Computed by a forward pass.</summary>
    Activation,

    /// <summary>Factors of a dropout: 0 or 1/(1 − rate).</summary>
    Mask,

    /// <summary>Computed by a forward pass without a batch axis: a batch's mean of each channel, the scale and shift of a folded normalisation.</summary>
    Fixed,

    /// <summary>The gradient of the loss with respect to an activation.</summary>
    Gradient,

    /// <summary>A part of the gradient of an activation that several nodes read; the parts add up.</summary>
    PartialGradient,

    /// <summary>The gradient with respect to a parameter, in the user's gradient arena.</summary>
    ParameterGradient,

    /// <summary>The gradient with respect to the batch; the user passes in the memory.</summary>
    InputGradient,
}

/// <summary>A tensor of the graph.</summary>
/// <param name="Id">Index in <see cref="NetworkGraph.Values"/>.</param>
/// <param name="Name">As in the generated code: z1, a1, dz1.</param>
/// <param name="Layer">The layer that it belongs to.</param>
/// <param name="Shape">Without the batch; no extents before shape inference.</param>
/// <param name="Of">For a gradient: the value that it belongs to; else −1.</param>
/// <param name="IsFurther">For the gradient of a parameter: whether a node before has contributed to it already.</param>
internal sealed record Value(int Id, string Name, ValueKind Kind, string Layer, Shape Shape, int Of = -1, bool IsFurther = false)
{
    public bool IsBatched => !IsParameter && Kind is not (ValueKind.ParameterGradient or ValueKind.Fixed);

    /// <summary>Whether the value lies in the parameters' arena, be it learnable or not.</summary>
    public bool IsParameter => Kind is ValueKind.Parameter or ValueKind.State;

    /// <summary>Whether elementwise operations find the value made, though their own node makes it.</summary>
    public bool IsPrepared => Kind is ValueKind.Mask or ValueKind.Fixed;

    /// <summary>Whether the value lies in the workspace, and not in memory that the user passes in, at a place that the batch scales.</summary>
    public bool IsPlanned => Kind is ValueKind.Activation or ValueKind.Mask or ValueKind.Gradient or ValueKind.PartialGradient;
}

/// <summary>The method of the network that a node runs in.</summary>
internal enum Phase
{
    Forward,
    Loss,
    Backward,
    BackwardInput,
}

/// <summary>One operation on values.</summary>
/// <param name="Op">What it computes.</param>
/// <param name="Layer">The layer that it belongs to.</param>
/// <param name="Place">Where the layer was written.</param>
/// <param name="Inputs">Ids of the values it reads; one of the data comes first, then the layer's own parameters, then what else it reads.</param>
/// <param name="Outputs">Ids of the values it makes.</param>
internal sealed record Node(Op Op, string Layer, Place Place, Phase Phase, EquatableArray<int> Inputs, EquatableArray<int> Outputs);

/// <summary>A network as operations on values, in an order in which they can run.</summary>
internal sealed record NetworkGraph(string Name, bool IsDouble, EquatableArray<Value> Values, EquatableArray<Node> Nodes)
{
    /// <summary>Results that are stored though nodes behind them run in the same step: those of members in training, and at inference the answers, in their order.</summary>
    public EquatableArray<int> Kept { get; init; } = EquatableArray<int>.Empty;

    /// <summary>The batches that the user passes in, in the order of the methods' parameters.</summary>
    public IEnumerable<Value> Inputs => Values.Where(value => value.Kind == ValueKind.Input);

    public IEnumerable<Node> Losses => Nodes.Where(node => node.Op is LossOp);

    /// <summary>The node of one loss.</summary>
    public Node LossOf(Head head) => Losses.First(loss => loss.Layer == head.Loss.Name);

    /// <summary>Whether the losses are layers, and not outside the network.</summary>
    public bool HasLoss => Losses.All(loss => loss.Op is not OutsideLossOp);

    /// <summary>What a loss reads.</summary>
    public IEnumerable<Value> PredictionsOf(Node loss) => loss.Inputs.Take(((LossOp)loss.Op).Predictions).Select(id => Values[id]);

    /// <summary>The dense layers' nodes that an optimiser may step at.</summary>
    public IEnumerable<Node> Stepped => Nodes.Where(node => node.Op is DenseBackwardParametersOp { IsStepped: true });

    /// <summary>Those that are learnt.</summary>
    public IEnumerable<Value> Parameters => Values.Where(value => value.Kind == ValueKind.Parameter);

    public IEnumerable<Node> ConsumersOf(int value) => Nodes.Where(node => node.Inputs.Contains(value));
}
