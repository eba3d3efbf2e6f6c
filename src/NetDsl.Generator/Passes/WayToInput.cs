using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;

namespace NetDsl.Generator.Passes;

/// <summary>The steps of Backward that lead to what BackwardInput reads. Left out between them, others overwrite less, so the memory plan holds.</summary>
internal static class WayToInput
{
    public static IReadOnlyList<Step> Of(NetworkGraph graph, Schedule schedule)
    {
        var storage = new Storage(graph);
        var needed = new HashSet<int>(schedule.Steps.Where(step => step.Phase == Phase.BackwardInput).SelectMany(step => step.Touched).Select(storage.Of));
        var way = new List<Step>();
        foreach (var step in schedule.Steps.Where(step => step.Phase == Phase.Backward).Reverse())
        {
            if (!step.Nodes.SelectMany(node => node.Outputs).Any(id => graph.Values[id].Kind is ValueKind.Gradient or ValueKind.PartialGradient && needed.Contains(storage.Of(id))))
                continue;
            way.Insert(0, step);
            needed.UnionWith(step.Touched.Select(storage.Of));
        }

        return way;
    }
}
