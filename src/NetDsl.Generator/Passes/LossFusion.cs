using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>Joins a sigmoid with the binary cross-entropy behind it into one step on the logits, which neither overflows nor loses digits.</summary>
internal static class LossFusion
{
    public static NetworkGraph Run(NetworkGraph graph)
    {
        var loss = graph.Loss;
        var producer = graph.Nodes.FirstOrDefault(node => node.Outputs.Contains(loss.Inputs[0]));
        if (loss.Op is not ElementwiseLossOp { Name: "binary_cross_entropy" } op || producer?.Op is not ActivationOp { Name: "sigmoid" } || graph.ConsumersOf(producer.Outputs[0]).Count() > 1)
            return graph;

        // The sigmoid's value stays behind without a node; renumbering closes the gap.
        var result = new GraphBuilder(graph.Name, graph.IsDouble);
        var renamed = graph.Values.Where(value => value.Id != producer.Outputs[0]).ToDictionary(value => value.Id, value => result.Add(value.Name, value.Kind, value.Layer, value.Shape));
        renamed[producer.Outputs[0]] = renamed[producer.Inputs[0]];
        foreach (var node in graph.Nodes.Where(node => node != producer))
            result.Add(node == loss ? ElementwiseLosses.WithLogits(op) : node.Op, node.Layer, node.Attribute, node.Phase, node.Inputs.Select(id => renamed[id]), node.Outputs.Select(id => renamed[id]));
        return result.Build();
    }
}
