using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>Reverse-mode differentiation: appends, from the loss back to the input, the nodes that carry the gradient.</summary>
/// <remarks>Rumelhart, Hinton, Williams, "Learning representations by back-propagating errors", 1986; Griewank, Walther, "Evaluating derivatives", 2008.</remarks>
internal static class Differentiation
{
    public static NetworkGraph Run(NetworkGraph graph)
    {
        var tape = new GradientTape(graph);
        foreach (var node in graph.Nodes.Reverse())
            node.Op.Differentiate(tape, node);
        return tape.Build();
    }
}

/// <summary>What an operation's derivative rule writes to.</summary>
internal sealed class GradientTape
{
    private readonly NetworkGraph _forward;
    private readonly GraphBuilder _graph;
    private readonly Dictionary<int, Value> _gradients = [];
    private readonly HashSet<int> _behindParameters = [];

    public GradientTape(NetworkGraph forward)
    {
        _forward = forward;
        _graph = new GraphBuilder(forward);
        foreach (var node in forward.Nodes)
        {
            if (node.Inputs.Any(id => forward.Values[id].Kind == ValueKind.Parameter || _behindParameters.Contains(id)))
                _behindParameters.UnionWith(node.Outputs);
        }
    }

    /// <summary>The shape of a value of the forward pass.</summary>
    public Shape ShapeOf(int value) => _forward.Values[value].Shape;

    /// <summary>The gradient that arrives at a value.</summary>
    public int GradientOf(int value) => _gradients[value].Id;

    /// <summary>Whether anybody can ask for the gradient of a value: activations, the input and what is learnt, not masks, targets or frozen weights.</summary>
    public bool NeedsGradient(int value) => _forward.Values[value].Kind is ValueKind.Activation or ValueKind.Input or ValueKind.Parameter;

    /// <summary>Whether a value depends on parameters, so that Backward needs its gradient, and not BackwardInput alone.</summary>
    public bool IsBehindParameters(int value) => _behindParameters.Contains(value);

    /// <summary>Room of a value's shape that a backward node needs while it runs.</summary>
    public Value MakeScratch(int value) => _graph.Add("scratch", ValueKind.Gradient, _forward.Values[value].Layer, _forward.Values[value].Shape);

    /// <summary>A new value for the gradient of one of the network's.</summary>
    public Value MakeGradient(int value)
    {
        var of = _forward.Values[value];
        return _gradients[value] = _graph.Add("d" + of.Name, of.Kind == ValueKind.Input ? ValueKind.InputGradient : ValueKind.Gradient, of.Layer, of.Shape);
    }

    public Value ParameterGradient(int parameter)
    {
        var of = _forward.Values[parameter];
        return _graph.Add("d" + of.Name, ValueKind.ParameterGradient, of.Layer, of.Shape);
    }

    /// <summary>The gradient of a parameter that its layer has made.</summary>
    public int GradientOfParameter(int parameter) => _graph.Values.First(value => value.Kind == ValueKind.ParameterGradient && value.Name == "d" + _forward.Values[parameter].Name).Id;

    /// <summary>The value itself, or what a dropout directly behind it makes of it, when nothing else reads it.</summary>
    public int BehindMask(int value) =>
        _forward.ConsumersOf(value).ToList() is { Count: 1 } consumers && consumers[0].Op is DropoutOp ? consumers[0].Outputs[0] : value;

    /// <summary>Appends a node of the backward pass.</summary>
    public void Add(Op op, Node of, IEnumerable<int> inputs, IEnumerable<Value> outputs)
    {
        var made = outputs.ToList();
        var phase = made.Count > 0 && made.All(value => value.Kind != ValueKind.ParameterGradient && !IsGradientBehindParameters(value)) ? Phase.BackwardInput : Phase.Backward;
        _graph.Add(op, of.Layer, of.Attribute, phase, inputs.Select(id => _graph.Values[id]), made);
    }

    /// <summary>Lets the loss make the gradient of its prediction.</summary>
    public void SeedLoss(Node loss)
    {
        var index = _graph.Nodes.IndexOf(loss);
        _graph.Nodes[index] = loss with { Outputs = EquatableArray.Of(MakeGradient(loss.Inputs[0]).Id) };
    }

    public NetworkGraph Build()
    {
        var ordered = _graph.Nodes.OrderBy(node => node.Phase).ToList();
        _graph.Nodes.Clear();
        _graph.Nodes.AddRange(ordered);
        return _graph.Build();
    }

    private bool IsGradientBehindParameters(Value gradient) => _gradients.Any(pair => pair.Value == gradient && _behindParameters.Contains(pair.Key));
}
