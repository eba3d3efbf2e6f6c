using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Passes;

/// <summary>The shapes of layers while the stack is still being read, for those that depend on them.</summary>
/// <param name="inputs">The network's inputs, or null where they aren't known.</param>
internal sealed class ShapeTrail(IReadOnlyList<Shape>? inputs)
{
    private const long MaxElements = 1L << 28;

    private readonly Dictionary<int, Shape?> _known = [];

    /// <summary>The shape of a layer's result; null where something before it is wrong, which shape inference reports.</summary>
    public Shape? Of(IReadOnlyList<Layer> layers, int layer)
    {
        if (layer < 0 || inputs is null)
            return inputs is not null && -1 - layer < inputs.Count ? inputs[-1 - layer] : null;
        if (!_known.TryGetValue(layer, out var shape))
            _known[layer] = shape = Infer(layers, layers[layer]);
        return shape;
    }

    private Shape? Infer(IReadOnlyList<Layer> layers, Layer layer)
    {
        var data = layer.Inputs.Select(other => Of(layers, other)).OfType<Shape>().ToList();
        if (data.Count < layer.Inputs.Count)
            return null;
        if (layer.Tied >= 0 && Of(layers, layers[layer.Tied].Inputs[0]) is { } encoded)
            data.Add(layers[layer.Tied].Op.Infer(encoded, (_, _, _) => { }).Parameters[0]);
        var fits = true;
        var inference = layer.Op.Infer(data, (rule, _, _) => fits &= rule.Severity == RuleSeverity.Warning);
        return fits && IsReasonable(inference.Outputs[0]) ? inference.Outputs[0] : null;
    }

    private static bool IsReasonable(Shape shape) => shape.Extents.Aggregate(1L, (size, extent) => size > MaxElements ? size : size * extent) <= MaxElements;
}
