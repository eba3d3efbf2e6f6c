using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Passes;

/// <summary>[Input] of the class and of its members → the inputs of the network.</summary>
internal static class InputReader
{
    public static IReadOnlyList<InputSpec> Read(NetworkSpec spec, List<Problem> problems)
    {
        var inputs = new List<InputSpec>();
        foreach (var stack in spec.Stacks)
        {
            if (stack.Layers.FirstOrDefault(layer => layer.Is("Input")) is not { } input)
                continue;
            foreach (var early in stack.Layers.TakeWhile(layer => !layer.Is("Input")))
                problems.Add(Problem.Of(Rules.LayerBeforeInput, new Site(early.Attribute, ""), early.Kind));
            inputs.Add(new InputSpec(stack.Name.Length == 0 ? "x" : ArgumentNames.Of(stack.Variable, "Input"), stack.Name, Extents(input, problems), new Place(stack.Name.Length == 0 ? -1 : input.Attribute)));
        }

        if (inputs.Count == 0)
            problems.Add(Problem.Of(Rules.NoInput, Site.Class, spec.Name));
        return inputs;
    }

    private static Shape Extents(LayerSpec input, List<Problem> problems)
    {
        var extents = input.Find("shape")?.Numbers ?? EquatableArray<double>.Empty;
        if (extents.Count == 0)
            problems.Add(Problem.Of(Rules.NotPositive, new Site(input.Attribute, ""), "The number of extents of [Input]", "0", "the number of axes of a sample"));
        for (var i = 0; i < extents.Count; i++)
        {
            if (extents[i] < 1)
                problems.Add(Problem.Of(Rules.NotPositive, new Site(input.Attribute, $"shape[{Text.Invariant(i)}]"), $"Extent {Text.Invariant(i + 1)} of [Input]", Text.RoundTrip(extents[i]), "an extent of the input"));
        }

        return extents.Count == 0 || extents.Any(extent => extent < 1) ? Shape.Of(1) : new Shape(extents.Select(extent => (int)extent).ToEquatableArray());
    }
}
