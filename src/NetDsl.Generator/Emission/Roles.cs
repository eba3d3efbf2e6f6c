using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Emission;

/// <summary>What values are called within an operator: by what they are in the formula, so that equal steps share one operator.</summary>
internal sealed class Roles
{
    /// <summary>What an operator's methods and locals are called anyway.</summary>
    private static readonly string[] Reserved = ["row", "column", "product", "prediction", "target", "gradient", "term", "penalty", "penalised"];

    private readonly NetworkGraph _graph;
    private readonly Dictionary<int, string> _names = [];

    private Roles(NetworkGraph graph) => _graph = graph;

    /// <summary>The values of a chain of elementwise operations, each on the result of the one before.</summary>
    /// <param name="start">The value that the first of them reads.</param>
    /// <param name="first">Its name, or null for what it is to the first of them.</param>
    /// <param name="bias">A parameter that is added before, or −1.</param>
    public static Roles Of(NetworkGraph graph, int start, string? first, int bias, IReadOnlyList<Node> nodes)
    {
        var roles = new Roles(graph);
        roles.Add(start, first ?? (nodes.Count > 0 ? nodes[0].Op.Role(0) : "x"));
        if (bias >= 0)
            roles.Add(bias, "bias");
        roles.AddChain(start, nodes);
        return roles;
    }

    /// <summary>The values of a gate or its backward pass, and of the operations behind it.</summary>
    public static Roles Of(NetworkGraph graph, Node gate, IReadOnlyList<Node> nodes)
    {
        var roles = new Roles(graph);
        for (var i = 0; i < gate.Inputs.Count; i++)
            roles.Add(gate.Inputs[i], gate.Op.Role(i));
        roles.Add(gate.Outputs[0], ResultOf(gate, null));
        roles.AddChain(gate.Outputs[0], nodes);
        return roles;
    }

    /// <summary>The name as a C# identifier.</summary>
    public string Variable(int id) => _names[id];

    /// <summary>In formulas: letters of tensors are large, as in dX; words and vectors of parameters stay as they are.</summary>
    public IReadOnlyList<string> Symbols(IEnumerable<int> ids) => [.. ids.Select(Symbol)];

    private string Symbol(int id)
    {
        var letters = _names[id].TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        var isTensor = !_graph.Values[id].IsParameter || _graph.Values[id].Shape.Rank > 1;
        return isTensor && (letters.Length == 1 || letters.Length == 2 && letters[0] == 'd') ? Text.Matrix(_names[id]) : _names[id];
    }

    private void AddChain(int start, IReadOnlyList<Node> nodes)
    {
        var value = start;
        for (var i = 0; i < nodes.Count; i++)
        {
            var place = 1;
            for (var input = 0; input < nodes[i].Inputs.Count; input++)
            {
                if (nodes[i].Inputs[input] != value)
                    Add(nodes[i].Inputs[input], nodes[i].Op.Role(nodes[i].Op is ICommutative ? place++ : input));
            }

            var sides = (nodes[i].Op as LayerOp)?.SideOutputs ?? [];
            for (var side = 0; side < sides.Count; side++)
                Add(nodes[i].Outputs[1 + side], sides[side].Word);
            if (nodes[i].Outputs.Count == 0)
                return;
            value = nodes[i].Outputs[0];
            Add(value, _graph.Values[value].Kind == ValueKind.ParameterGradient ? "d" + Variable(_graph.Values[value].Of) : ResultOf(nodes[i], i + 1 < nodes.Count ? nodes[i + 1] : null));
        }
    }

    // A gradient is that of what the next operation was, forwards, the result of.
    private static string ResultOf(Node node, Node? next) =>
        node.Op is LayerOp layer ? layer.Symbol : next?.Op.Role(0) ?? (node.Phase == Phase.Forward ? "y" : "dx");

    private void Add(int id, string stem)
    {
        if (_names.ContainsKey(id))
            return;
        var name = stem;
        for (var number = 2; Reserved.Contains(name) || Names.IsKeyword(name) || _names.ContainsValue(name); number++)
            name = stem + Text.Invariant(number);
        _names.Add(id, name);
    }
}
