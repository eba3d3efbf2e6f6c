using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>Copies the batch into the workspace where it is needed by passes that the caller doesn't hand it to, or where it is the answer.</summary>
internal static class InputCopy
{
    /// <summary>Loss and BackwardInput have no access to the batch.</summary>
    public static NetworkGraph Training(NetworkGraph graph) =>
        new Storage(graph).ReadersOf(graph.Input.Id).Any(node => node.Op is LossOp || node.Op.DerivativeReadsInput) ? Insert(graph) : graph;

    /// <summary>Without a layer that computes something the batch is the answer.</summary>
    public static NetworkGraph Inference(NetworkGraph graph) => graph.Nodes.All(node => node.Op is IView) ? Insert(graph) : graph;

    private static NetworkGraph Insert(NetworkGraph graph)
    {
        var result = new GraphBuilder(graph);
        var copy = result.Add("x0", ValueKind.Activation, graph.Input.Layer, graph.Input.Shape);
        result.Nodes.Clear();
        result.Add(new CopyOp(), graph.Input.Layer, new Place(-1), Phase.Forward, [graph.Input], [copy]);
        foreach (var node in graph.Nodes)
            result.Add(node.Op, node.Layer, node.Place, node.Phase, node.Inputs.Select(id => id == graph.Input.Id ? copy : graph.Values[id]), node.Outputs.Select(id => graph.Values[id]));
        return result.Build();
    }
}
