using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>Nodes that run as one kernel call: the first one, and elementwise ones on its result while that is in the cache.</summary>
/// <param name="Stores">Values between the first and the last that others read, and that the kernel therefore stores on its way.</param>
internal sealed record Step(Phase Phase, EquatableArray<Node> Nodes, EquatableArray<int> Stores)
{
    public Node Root => Nodes[0];

    public IEnumerable<Node> Epilogue => Nodes.Skip(1);

    public Node LastNode => Nodes[Nodes.Count - 1];

    /// <summary>The value that the kernel's loop writes.</summary>
    public int Result => LastNode.Outputs[0];

    public bool HasResult => LastNode.Outputs.Count > 0;
}

/// <summary>The steps of a network in the order in which they run.</summary>
internal sealed record Schedule(EquatableArray<Step> Steps);

/// <summary>Joins each product, loss or pass with the elementwise operations behind it.</summary>
internal static class Fusion
{
    public static Schedule Run(NetworkGraph graph)
    {
        var steps = new List<Step>();
        var done = new HashSet<Node>();
        foreach (var node in graph.Nodes)
        {
            if (!done.Add(node))
                continue;
            var nodes = new List<Node> { node };
            while (Next(graph, node, nodes[nodes.Count - 1], node.Phase) is { } next && done.Add(next))
                nodes.Add(next);
            var inner = new HashSet<Node>(nodes);
            var stores = nodes.Take(nodes.Count - 1).Select(inside => inside.Outputs[0]).Where(id => graph.ConsumersOf(id).Any(consumer => !inner.Contains(consumer)));
            steps.Add(new Step(node.Phase, nodes.ToEquatableArray(), stores.ToEquatableArray()));
        }

        return new Schedule(steps.OrderBy(step => step.Phase).ToEquatableArray());
    }

    // The gradient that a loss makes goes through the last activation's derivative within the loss's own step, which has no access to parameters.
    private static Node? Next(NetworkGraph graph, Node root, Node node, Phase phase) =>
        node.Op.HasEpilogue || node.Op is ElementwiseLossOp or OutsideLossOp && node.Outputs.Count > 0 && graph.ConsumersOf(node.Outputs[0]).Count() == 1
            ? graph.ConsumersOf(node.Outputs[0]).FirstOrDefault(consumer => consumer.Op is IElementwise op && consumer.Inputs[0] == node.Outputs[0] && Fits(graph, root, op, node.Outputs[0]) && (consumer.Phase == phase || (phase, consumer.Phase) == (Phase.Loss, Phase.Backward) && !consumer.Inputs.Any(id => graph.Values[id].IsParameter)))
            : null;

    // Parameters of channels are read by column or by row, so the kernel's matrix must have the columns that they count on.
    private static bool Fits(NetworkGraph graph, Node root, IElementwise op, int x)
    {
        var channels = op.ChannelsOf(graph.Values[x].Shape);
        return channels.Kind == ChannelKind.None
            || root.Op.EpilogueColumns([.. root.Inputs.Select(id => graph.Values[id].Shape)], graph.Values[root.Outputs[0]].Shape) == channels.Length;
    }
}
