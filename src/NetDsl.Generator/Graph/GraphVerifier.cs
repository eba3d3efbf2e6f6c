using System;
using System.Collections.Generic;
using System.Linq;

namespace NetDsl.Generator.Graph;

/// <summary>Checks what every pass must keep; a violation is an error of the generator, never of the user.</summary>
internal static class GraphVerifier
{
    /// <summary>Throws where the graph isn't sound.</summary>
    public static NetworkGraph Verify(NetworkGraph graph, bool hasShapes)
    {
        for (var i = 0; i < graph.Values.Count; i++)
            Require(graph.Values[i].Id == i, $"the value {graph.Values[i].Name} has the id {graph.Values[i].Id}, not its index {i}");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in graph.Values)
        {
            Require(names.Add(value.Name), $"two values are called {value.Name}");
            Require(!hasShapes || value.Kind == ValueKind.Target || value.Shape.Rank > 0, $"the value {value.Name} has no shape");
        }

        var made = new HashSet<int>(graph.Values.Where(value => value.Kind is ValueKind.Input or ValueKind.Target || value.IsParameter).Select(value => value.Id));
        foreach (var node in graph.Nodes)
        {
            foreach (var input in node.Inputs)
                Require(made.Contains(input), $"{node.Op.Name} of {node.Layer} reads {graph.Values[input].Name} before it is made");
            foreach (var output in node.Outputs)
                Require(made.Add(output), $"{node.Op.Name} of {node.Layer} makes {graph.Values[output].Name} a second time");
        }

        Require(graph.Nodes.Zip(graph.Nodes.Skip(1), (first, second) => first.Phase <= second.Phase).All(ordered => ordered), "the phases are out of order");
        return graph;
    }

    private static void Require(bool condition, string violation)
    {
        if (!condition)
            throw new InvalidOperationException("The graph isn't sound: " + violation + ".");
    }
}
