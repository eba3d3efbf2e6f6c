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
    private readonly Dictionary<int, int> _missing = [];
    private readonly Dictionary<int, int> _parts = [];
    private readonly HashSet<int> _behindParameters = [];
    private readonly HashSet<int> _learnt = [];

    public GradientTape(NetworkGraph forward)
    {
        _forward = forward;
        _graph = new GraphBuilder(forward);
        foreach (var node in forward.Nodes)
        {
            if (node.Inputs.Any(id => forward.Values[id].Kind == ValueKind.Parameter || _behindParameters.Contains(id)))
                _behindParameters.UnionWith(node.Outputs);
            foreach (var input in node.Inputs.Where(NeedsGradient))
                _missing[input] = Missing(input) + 1;
        }
    }

    /// <summary>The shape of a value of the forward pass.</summary>
    public Shape ShapeOf(int value) => _forward.Values[value].Shape;

    /// <summary>The gradient that arrives at a value: all parts of it have been added.</summary>
    public int GradientOf(int value) => _gradients[value].Id;

    /// <summary>Whether anybody can ask for the gradient of a value: activations, the input and what is learnt, not masks, targets or frozen weights.</summary>
    public bool NeedsGradient(int value) => _forward.Values[value].Kind is ValueKind.Activation or ValueKind.Input or ValueKind.Parameter;

    /// <summary>Whether one node alone reads a value: of weights, that they aren't shared, and that no penalty is for them.</summary>
    public bool IsReadOnce(int value) => _forward.ConsumersOf(value).Take(2).Count() == 1;

    /// <summary>Whether a value depends on parameters, so that Backward needs its gradient, and not BackwardInput alone.</summary>
    public bool IsBehindParameters(int value) => _behindParameters.Contains(value);

    /// <summary>Room of a value's shape that a backward node needs while it runs.</summary>
    public Value MakeScratch(int value) => _graph.Add("scratch", ValueKind.Gradient, _forward.Values[value].Layer, _forward.Values[value].Shape);

    /// <summary>A new value for what a node contributes to the gradient of one of its inputs: all of it, or a part where other nodes read the input, too.</summary>
    public Value MakeGradient(int value) => Missing(value) == 1 && !_gradients.ContainsKey(value) ? Whole(value) : Part(value);

    public Value ParameterGradient(int parameter)
    {
        var of = _forward.Values[parameter];
        return _graph.Add("d" + of.Name, ValueKind.ParameterGradient, of.Layer, of.Shape, of.Id, isFurther: !_learnt.Add(parameter));
    }

    /// <summary>The gradient of a parameter that its layer has made.</summary>
    public int GradientOfParameter(int parameter) => _graph.Values.First(value => value.Kind == ValueKind.ParameterGradient && value.Of == parameter).Id;

    /// <summary>Lets the gradient of a node's result be that of its input, too, in the same memory.</summary>
    public void PassOn(Node of, int result, int input) => Contribute(of, input, _gradients[result]);

    /// <summary>The value itself, or what a dropout directly behind it makes of it, when nothing else reads it.</summary>
    public int BehindMask(int value) =>
        _forward.ConsumersOf(value).ToList() is { Count: 1 } consumers && consumers[0].Op is DropoutOp ? consumers[0].Outputs[0] : value;

    /// <summary>Appends a node of the backward pass.</summary>
    public void Add(Op op, Node of, IEnumerable<int> inputs, IEnumerable<Value> outputs)
    {
        var made = outputs.ToList();
        Append(op, of, inputs, made);
        foreach (var gradient in made.Where(value => value.Of >= 0 && value.Kind != ValueKind.ParameterGradient))
            Contribute(of, gradient.Of, gradient);
    }

    /// <summary>Lets the loss make the gradients of its predictions.</summary>
    public void SeedLoss(Node loss)
    {
        var index = _graph.Nodes.IndexOf(loss);
        var predictions = loss.Inputs.Take(((LossOp)loss.Op).Predictions).ToList();
        var gradients = predictions.Select(MakeGradient).ToList();
        _graph.Nodes[index] = loss with { Outputs = gradients.Select(gradient => gradient.Id).ToEquatableArray() };
        for (var i = 0; i < predictions.Count; i++)
            Contribute(loss, predictions[i], gradients[i]);
    }

    public NetworkGraph Build()
    {
        var ordered = _graph.Nodes.OrderBy(node => node.Phase).ToList();
        _graph.Nodes.Clear();
        _graph.Nodes.AddRange(ordered);
        return _graph.Build();
    }

    private void Append(Op op, Node of, IEnumerable<int> inputs, IReadOnlyList<Value> made)
    {
        var phase = made.Count > 0 && made.All(value => value.Kind != ValueKind.ParameterGradient && !_behindParameters.Contains(value.Of)) ? Phase.BackwardInput : Phase.Backward;
        _graph.Add(op, of.Layer, of.Place, phase, inputs.Select(id => _graph.Values[id]), made);
    }

    // Each part is added to those before it as soon as it is there, so that two are in memory at most.
    private void Contribute(Node of, int value, Value gradient)
    {
        _missing[value] = Missing(value) - 1;
        var sum = gradient;
        if (_gradients.TryGetValue(value, out var before))
        {
            sum = Missing(value) == 0 ? Whole(value) : Part(value);
            Append(new AddGradientsOp(), of, [gradient.Id, before.Id], [sum]);
        }
        else if (Missing(value) == 0 && _forward.Values[value].Kind == ValueKind.Input && gradient.Kind != ValueKind.InputGradient)
        {
            // What is handed on lies in the workspace, the gradient of the batch in the caller's memory.
            sum = Whole(value);
            Append(new CopyOp(), of, [gradient.Id], [sum]);
        }

        _gradients[value] = sum;
    }

    private int Missing(int value) => _missing.TryGetValue(value, out var count) ? count : 0;

    private Value Whole(int value)
    {
        var of = _forward.Values[value];
        return _graph.Add("d" + (of.Kind == ValueKind.Input && of.Name.Length > 1 ? Text.Pascal(of.Name) : of.Name), of.Kind == ValueKind.Input ? ValueKind.InputGradient : ValueKind.Gradient, of.Layer, of.Shape, value);
    }

    private Value Part(int value)
    {
        var of = _forward.Values[value];
        var number = _parts[value] = (_parts.TryGetValue(value, out var count) ? count : 0) + 1;
        return _graph.Add($"d{of.Name}Part{Text.Invariant(number)}", ValueKind.PartialGradient, of.Layer, of.Shape, value);
    }
}
