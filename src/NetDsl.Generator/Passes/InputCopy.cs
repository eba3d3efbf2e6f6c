using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>Copies batches into the workspace where they are needed by passes that the caller doesn't hand them to, or where they are the answer.</summary>
internal static class InputCopy
{
    /// <summary>Loss and BackwardInput have no access to the batch.</summary>
    public static NetworkGraph Training(NetworkGraph graph)
    {
        foreach (var input in graph.Inputs.ToList())
        {
            if (new Storage(graph).ReadersOf(input.Id).Any(node => node.Op is LossOp || node.Op.DerivativeReadsInput))
                graph = Insert(graph, input);
        }

        return graph;
    }

    /// <summary>Each answer is computed into memory of its own: a batch seen with another shape, or another answer, is copied.</summary>
    public static NetworkGraph Inference(NetworkGraph graph)
    {
        foreach (var input in graph.Inputs.ToList())
        {
            if (graph.Kept.Any(answer => new Storage(graph).Of(answer) == input.Id))
                graph = Insert(graph, input);
        }

        var storage = new Storage(graph);
        var result = new GraphBuilder(graph);
        for (var i = 1; i < graph.Kept.Count; i++)
        {
            var answer = graph.Values[graph.Kept[i]];
            if (!graph.Kept.Take(i).Any(other => storage.Of(other) == storage.Of(answer.Id)))
                continue;
            var copy = result.Add(answer.Name, ValueKind.Activation, answer.Layer, answer.Shape);
            result.Add(new CopyOp(), answer.Layer, new Place(-1), Phase.Forward, [answer], [copy]);
            result.Kept[i] = copy.Id;
        }

        return result.Build();
    }

    private static NetworkGraph Insert(NetworkGraph graph, Value input)
    {
        var result = new GraphBuilder(graph);
        var copy = result.Add(input.Name + "0", ValueKind.Activation, input.Layer, input.Shape);
        result.Nodes.Clear();
        result.Add(new CopyOp(), input.Layer, new Place(-1), Phase.Forward, [input], [copy]);
        foreach (var node in graph.Nodes)
            result.Add(node.Op, node.Layer, node.Place, node.Phase, node.Inputs.Select(id => id == input.Id ? copy : graph.Values[id]), node.Outputs.Select(id => graph.Values[id]));
        for (var i = 0; i < result.Kept.Count; i++)
            result.Kept[i] = result.Kept[i] == input.Id ? copy.Id : result.Kept[i];
        return result.Build();
    }
}
