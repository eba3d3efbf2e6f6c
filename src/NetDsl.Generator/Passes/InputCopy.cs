using System.Linq;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>Copies the batch into the workspace where it is needed by passes that the caller doesn't hand it to, or where it is the answer.</summary>
internal static class InputCopy
{
    /// <summary>Loss and BackwardInput have no access to the batch.</summary>
    public static NetworkGraph Training(NetworkGraph graph) =>
        graph.ConsumersOf(graph.Input.Id).Any(node => node.Op is LossOp or ActivationOp { Function.Derivation.Saved: Saved.Input } or GateOp or MaxoutOp) ? Insert(graph) : graph;

    /// <summary>Without a layer the batch is the answer.</summary>
    public static NetworkGraph Inference(NetworkGraph graph) => graph.Nodes.Count == 0 ? Insert(graph) : graph;

    private static NetworkGraph Insert(NetworkGraph graph)
    {
        var result = new GraphBuilder(graph);
        var copy = result.Add("x0", ValueKind.Activation, graph.Input.Layer, graph.Input.Shape);
        result.Nodes.Clear();
        result.Add(new CopyOp(), graph.Input.Layer, -1, Phase.Forward, [graph.Input], [copy]);
        foreach (var node in graph.Nodes)
            result.Add(node.Op, node.Layer, node.Attribute, node.Phase, node.Inputs.Select(id => id == graph.Input.Id ? copy : graph.Values[id]), node.Outputs.Select(id => graph.Values[id]));
        return result.Build();
    }
}
