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
    // What one array holds: all parameters, or the values of the smallest batch, which is rounded up.
    private const long MaxParameters = 2_147_000_000;
    private const long MaxElements = MaxParameters / 16;

    public static NetworkGraph Run(NetworkGraph graph, List<Problem> problems)
    {
        var result = new GraphBuilder(graph);
        foreach (var input in graph.Inputs)
            CheckSize(input.Layer == "input" ? "The input" : $"The input {input.Layer}", input.Shape, MaxElements, new Place(-1), problems);
        var (values, parameters) = (HasErrors(problems) ? 0 : graph.Inputs.Sum(input => input.Shape.LongSize), 0L);
        foreach (var node in graph.Nodes)
        {
            // Shapes behind a wrong one would only repeat its error.
            if (HasErrors(problems))
                break;
            var op = (LayerOp)node.Op;
            var data = node.Inputs.Take(1).Concat(node.Inputs.Skip(1 + op.Parameters.Count)).Select(id => result.Values[id].Shape).ToList();
            var inference = op.Infer(data, (rule, argument, arguments) => problems.Add(node.Place.Problem(rule, argument, arguments)));
            foreach (var (id, shape) in node.Outputs.Zip(inference.Outputs, (id, shape) => (id, shape)).Concat(node.Inputs.Skip(1).Zip(inference.Parameters, (id, shape) => (id, shape))))
            {
                var limit = result.Values[id].IsParameter ? MaxParameters : MaxElements;
                if (result.Values[id] is { IsParameter: true, Shape.Rank: > 0 } shared && shared.Shape != shape)
                    ReportShared(result, node, shared, problems);
                CheckSize($"The {result.Values[id].Kind.ToString().ToLowerInvariant()} of {node.Layer}", shape, limit, node.Place, problems);
                result.Values[id] = result.Values[id] with { Shape = shape };
            }

            if (HasErrors(problems))
                break;
            values += node.Outputs.Sum(id => result.Values[id].Shape.LongSize);
            parameters += node.Inputs.Skip(1).Select(id => result.Values[id]).Where(value => value.IsParameter && value.Layer == node.Layer).Sum(value => value.Shape.LongSize);
            CheckTotal($"All values of a sample up to {node.Layer}", values, MaxElements, node, problems);
            CheckTotal($"All parameters up to {node.Layer}", parameters, MaxParameters, node, problems);
        }

        return result.Build();
    }

    private static void ReportShared(GraphBuilder graph, Node node, Value parameter, List<Problem> problems)
    {
        var first = graph.Nodes.First(other => other.Layer == parameter.Layer);
        problems.Add(node.Place.Problem(Rules.SharedShapes, "", "[Shared]", $"the weights of '{parameter.Layer}'", graph.Values[node.Inputs[0]].Shape.ToString(), $"they were made for {graph.Values[first.Inputs[0]].Shape}", "give it an input that they fit"));
    }

    private static void CheckTotal(string what, long total, long limit, Node node, List<Problem> problems)
    {
        if (total > limit)
            problems.Add(node.Place.Problem(Rules.TooLarge, "", what, Text.Grouped(total), Text.Grouped(limit), Room(limit)));
    }

    private static void CheckSize(string what, Shape shape, long limit, Place place, List<Problem> problems)
    {
        // Extents are checked one after the other, since their product may overflow 64 bits.
        var size = 1L;
        foreach (var extent in shape.Extents)
        {
            size *= extent;
            if (size <= limit)
                continue;
            problems.Add(place.Problem(Rules.TooLarge, "", $"{what} ({shape})", "over " + Text.Grouped(limit), Text.Grouped(limit), Room(limit)));
            return;
        }
    }

    private static bool HasErrors(List<Problem> problems) => problems.Any(problem => problem.Rule.Severity == RuleSeverity.Error);

    private static string Room(long limit) => limit == MaxElements ? " for each of the 16 samples that a workspace holds at least" : "";
}
