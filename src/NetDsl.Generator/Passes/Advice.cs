using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>Warnings about layers that fit, but not each other.</summary>
internal static class Advice
{
    public static void Run(NetworkGraph graph, IReadOnlyList<Layer> layers, List<Problem> problems)
    {
        Layer Of(Node node) => layers.First(layer => layer.Name == node.Layer);
        // Once for a block, however often it is used.
        var reported = new HashSet<(string, int)>();
        foreach (var norm in graph.Nodes.Where(node => node.Op is NormOp op && op.TakesOffChannelMeans(graph.Values[node.Inputs[0]].Shape)))
        {
            var before = graph.Nodes.FirstOrDefault(node => node.Outputs.Contains(norm.Inputs[0]));
            if (before?.Op is LayerOp op && op.HasChannelBias(graph.Values[norm.Inputs[0]].Shape) && Of(before).Shares < 0 && reported.Add(before.Place.Declared))
                problems.Add(before.Place.Problem(Rules.BiasWithoutEffect, "Bias", Of(before).Kind, Of(norm).Kind));
        }
    }
}
