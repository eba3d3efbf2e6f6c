using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;

namespace NetDsl.Generator.Passes;

/// <summary>Which inputs' gradients each part of BackwardInput leads to, where there are several inputs and the caller wants some of them.</summary>
internal static class WantedGradients
{
    /// <summary>The gradients of inputs that each part makes, itself or through a later one, by their values and in the order of their names.</summary>
    /// <param name="parts">The nodes of each part, in the order in which they run.</param>
    private static IReadOnlyList<IReadOnlyList<Value>> Of(NetworkGraph graph, IReadOnlyList<IReadOnlyList<Node>> parts)
    {
        var storage = new Storage(graph);
        var served = new IReadOnlyList<Value>[parts.Count];
        for (var i = parts.Count - 1; i >= 0; i--)
        {
            var made = parts[i].SelectMany(node => node.Outputs).ToList();
            var behind = Enumerable.Range(i + 1, parts.Count - i - 1).Where(other => parts[other].SelectMany(node => node.Inputs).Any(input => made.Any(output => storage.Of(output) == storage.Of(input))));
            served[i] = [.. made.Select(id => graph.Values[id]).Where(value => value.Kind == ValueKind.InputGradient).Concat(behind.SelectMany(other => served[other])).Distinct().OrderBy(value => value.Name, StringComparer.Ordinal)];
        }

        return served;
    }

    /// <summary>Parts that follow each other and lead to the same gradients: where they start, how many they are, and the gradients.</summary>
    public static IEnumerable<(int Start, int Count, IReadOnlyList<Value> Gradients)> Runs(NetworkGraph graph, IReadOnlyList<IReadOnlyList<Node>> parts)
    {
        var served = Of(graph, parts);
        for (var start = 0; start < parts.Count;)
        {
            var count = served.Skip(start).TakeWhile(gradients => gradients.SequenceEqual(served[start])).Count();
            yield return (start, count, served[start]);
            start += count;
        }
    }

    /// <summary>The gradient of an input as a parameter; a name where no loss depends on the input.</summary>
    public static string NameOf(NetworkGraph graph, Value input) =>
        ValueOf(graph, input)?.Name ?? "d" + Model.Text.Pascal(input.Name);

    /// <summary>The gradient of an input; nothing where no loss depends on it.</summary>
    public static Value? ValueOf(NetworkGraph graph, Value input) =>
        graph.Values.FirstOrDefault(value => value.Kind == ValueKind.InputGradient && value.Of == input.Id);
}
