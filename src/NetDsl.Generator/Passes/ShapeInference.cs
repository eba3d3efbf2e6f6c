using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>Gives every value its shape, layer by layer from the input on, and reports what doesn't fit.</summary>
internal static class ShapeInference
{
    // What one array holds, with room for the smallest batch rounded up.
    private const long MaxElements = 2_147_000_000 / 16;

    public static NetworkGraph Run(NetworkGraph graph, List<Problem> problems)
    {
        var result = new GraphBuilder(graph);
        CheckSize("The input", result.Values[graph.Input.Id].Shape, MaxElements, Site.Class, problems);
        foreach (var node in graph.Nodes)
        {
            // Shapes behind a wrong one would only repeat its error.
            if (problems.Count > 0)
                break;
            var op = (LayerOp)node.Op;
            var inference = op.Infer(result.Values[node.Inputs[0]].Shape, (rule, argument, arguments) => problems.Add(Problem.Of(rule, new Site(node.Attribute, argument), arguments)));
            foreach (var (id, shape) in node.Outputs.Zip(inference.Outputs, (id, shape) => (id, shape)).Concat(node.Inputs.Skip(1).Zip(inference.Parameters, (id, shape) => (id, shape))))
            {
                CheckSize($"The {result.Values[id].Kind.ToString().ToLowerInvariant()} of {node.Layer}", shape, MaxElements, new Site(node.Attribute, ""), problems);
                result.Values[id] = result.Values[id] with { Shape = shape };
            }
        }

        return result.Build();
    }

    private static void CheckSize(string what, Shape shape, long limit, Site site, List<Problem> problems)
    {
        // Extents are checked one after the other, since their product may overflow 64 bits.
        var size = 1L;
        foreach (var extent in shape.Extents)
        {
            size *= extent;
            if (size <= limit)
                continue;
            problems.Add(Problem.Of(Rules.TooLarge, site, $"{what} ({shape})", "over " + Text.Grouped(limit), Text.Grouped(limit)));
            return;
        }
    }
}
