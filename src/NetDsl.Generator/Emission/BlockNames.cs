using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Emission;

/// <summary>What a block's values are called in a method that several blocks share: products are counted from the block's first one, what the block reads is x.</summary>
internal sealed class BlockNames
{
    private readonly NetworkGraph _graph;
    private readonly Dictionary<int, string> _names = [];
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    private BlockNames(NetworkGraph graph) => _graph = graph;

    /// <summary>The names of values that the block with a path touches.</summary>
    public static IReadOnlyDictionary<int, string> Of(NetworkGraph graph, string path, IEnumerable<int> values)
    {
        var names = new BlockNames(graph);
        names.AddLayers(path);
        foreach (var id in values)
            names.Name(id);
        return names._names;
    }

    // As Lowering counts.
    private void AddLayers(string path)
    {
        var numbers = new Dictionary<int, int>();
        var products = 0;
        foreach (var node in _graph.Nodes.Where(node => node.Phase == Phase.Forward && node.Layer.StartsWith(path + ".", StringComparison.Ordinal)))
        {
            if (node.Op is not LayerOp op || node.Outputs.Count == 0)
                continue;
            var data = node.Inputs.Where((_, i) => i == 0 || i > op.Parameters.Count).ToList();
            foreach (var id in data.Where(id => !_graph.Values[id].IsParameter))
                Add(id, "x");
            var number = op.IsProduct ? ++products : data.Max(id => numbers.TryGetValue(id, out var known) ? known : 0);
            void Count(IEnumerable<(int Id, string Symbol)> values)
            {
                foreach (var (id, symbol) in values)
                {
                    numbers[id] = number;
                    Add(id, symbol + Text.Invariant(number));
                }
            }

            Count(node.Inputs.Skip(1).Zip(op.Parameters, (id, parameter) => (id, parameter.Symbol)));
            Count([(node.Outputs[0], op.Symbol)]);
            Count(node.Outputs.Skip(1).Zip(op.SideOutputs, (id, side) => (id, side.Symbol)));
        }
    }

    // What belongs to other blocks has the number 0, as what comes before the first product.
    private string Name(int id)
    {
        if (_names.TryGetValue(id, out var known))
            return known;
        var value = _graph.Values[id];
        if (value.Of < 0)
            return Add(id, value.Kind switch { ValueKind.Gradient => "scratch", ValueKind.Activation => "x0", _ => value.Name.TrimEnd('_', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9') + "0" });
        var part = "d" + _graph.Values[value.Of].Name + "Part";
        return Add(id, "d" + Name(value.Of) + (value.Kind == ValueKind.PartialGradient && value.Name.StartsWith(part, StringComparison.Ordinal) ? "Part" + value.Name.Substring(part.Length) : ""));
    }

    private string Add(int id, string stem)
    {
        if (_names.TryGetValue(id, out var known))
            return known;
        var name = stem;
        for (var number = 2; !_taken.Add(name); number++)
            name = stem + (char.IsDigit(stem[stem.Length - 1]) ? "_" : "") + Text.Invariant(number);
        return _names[id] = name;
    }
}
