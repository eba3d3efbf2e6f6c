using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>Joins an activation with the loss behind it where the algebra then gets rid of logarithms that overflow and lose digits: binary cross-entropy of a sigmoid.</summary>
internal static class LossFusion
{
    public static NetworkGraph Run(NetworkGraph graph) => graph.Losses.Select(loss => loss.Layer).ToList().Aggregate(graph, Run);

    private static NetworkGraph Run(NetworkGraph graph, string layer)
    {
        var loss = graph.Losses.First(node => node.Layer == layer);
        var producer = graph.Nodes.FirstOrDefault(node => node.Outputs.Contains(loss.Inputs[0]));
        if (loss.Op is not ElementwiseLossOp op || producer?.Op is not ActivationOp activation || graph.ConsumersOf(producer.Outputs[0]).Count() > 1 || op.Absorb(activation) is not { } joined)
            return graph;

        // The activation's values stay behind without a node; renumbering closes the gap.
        var result = new GraphBuilder(graph.Name, graph.IsDouble);
        var renamed = graph.Values.Where(value => !producer.Outputs.Contains(value.Id)).ToDictionary(value => value.Id, value => result.Add(value.Name, value.Kind, value.Layer, value.Shape));
        renamed[producer.Outputs[0]] = renamed[producer.Inputs[0]];
        foreach (var node in graph.Nodes.Where(node => node != producer))
            result.Add(node == loss ? joined : node.Op, node.Layer, node.Place, node.Phase, node.Inputs.Select(id => renamed[id]), node.Outputs.Select(id => renamed[id]));
        result.Kept.AddRange(graph.Kept.Select(id => renamed[id].Id));
        return result.Build();
    }
}
