using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>A parameter's place in the arena.</summary>
/// <param name="Name">Its value's name, the same in every graph of the network.</param>
internal sealed record PlacedParameter(string Name, string Layer, ParameterSpec Spec, Shape Shape, int Offset);

/// <summary>The parameters side by side in one arena, layer after layer.</summary>
internal sealed record ParameterLayout(EquatableArray<PlacedParameter> Parameters, int Length)
{
    // Tensors start on 64-byte boundaries, whatever the element type.
    private const int Alignment = 16;

    public static ParameterLayout Of(NetworkGraph graph)
    {
        var parameters = new List<PlacedParameter>();
        var offset = 0;
        foreach (var node in graph.Nodes.Where(node => node.Op is LayerOp { Parameters.Count: > 0 }))
        {
            foreach (var (spec, id) in ((LayerOp)node.Op).Parameters.Zip(node.Inputs.Skip(1), (spec, id) => (spec, id)))
            {
                var shape = graph.Values[id].Shape;
                parameters.Add(new PlacedParameter(graph.Values[id].Name, node.Layer, spec, shape, offset));
                offset += (shape.Size + Alignment - 1) / Alignment * Alignment;
            }
        }

        return new ParameterLayout(parameters.ToEquatableArray(), offset);
    }

    public PlacedParameter Find(string name) => Parameters.First(parameter => parameter.Name == name);
}
