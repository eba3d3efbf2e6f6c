using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>A parameter's place in the arena.</summary>
/// <param name="Name">Its value's name, the same in every graph of the network.</param>
internal sealed record PlacedParameter(string Name, string Layer, ParameterSpec Spec, Shape Shape, int Offset);

/// <summary>The parameters side by side in one arena, layer after layer: first those that are learnt, then those that aren't.</summary>
/// <param name="Learnable">Elements of the first part, which the gradients' arena has, too.</param>
internal sealed record ParameterLayout(EquatableArray<PlacedParameter> Parameters, int Learnable, int Length)
{
    // Tensors start on 64-byte boundaries, whatever the element type.
    private const int Alignment = 16;

    public static ParameterLayout Of(NetworkGraph graph)
    {
        var parameters = new List<PlacedParameter>();
        var (offset, learnable) = (0, 0);
        foreach (var isLearnable in new[] { true, false })
        {
            foreach (var (layer, spec, id) in Of(graph, isLearnable))
            {
                var shape = graph.Values[id].Shape;
                parameters.Add(new PlacedParameter(graph.Values[id].Name, layer, spec, shape, offset));
                offset += (shape.Size + Alignment - 1) / Alignment * Alignment;
            }

            learnable = isLearnable ? offset : learnable;
        }

        return new ParameterLayout(parameters.ToEquatableArray(), learnable, offset);
    }

    private static IEnumerable<(string Layer, ParameterSpec Spec, int Value)> Of(NetworkGraph graph, bool isLearnable) =>
        graph.Nodes.Where(node => node.Op is LayerOp)
            .SelectMany(node => ((LayerOp)node.Op).Parameters.Zip(node.Inputs.Skip(1), (spec, id) => (graph.Values[id].Layer, spec with { IsLearnable = graph.Values[id].Kind == ValueKind.Parameter }, id)))
            .Where(parameter => parameter.Item2.IsLearnable == isLearnable)
            .GroupBy(parameter => parameter.id).Select(group => group.First());
}
