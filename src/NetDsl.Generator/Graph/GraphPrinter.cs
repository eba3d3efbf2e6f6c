using System.Collections.Generic;
using System.Linq;
using System.Text;
using NetDsl.Generator.Passes;
using static NetDsl.Generator.Model.Text;

namespace NetDsl.Generator.Graph;

/// <summary>Graphs, schedules, memory plans and outlines as text, for golden tests and for the eye.</summary>
internal static class GraphPrinter
{
    public static string Print(NetworkGraph graph)
    {
        var text = new StringBuilder($"graph {graph.Name} {(graph.IsDouble ? "double" : "float")}\n");
        foreach (var value in graph.Values.Where(value => value.Kind is ValueKind.Input or ValueKind.Target || value.IsParameter))
            text.Append($"  {value.Name}: {value.Kind.ToString().ToLowerInvariant()}{Shape(value)}\n");
        foreach (var phase in graph.Nodes.GroupBy(node => node.Phase))
        {
            text.Append($"{Phase(phase.Key)}\n");
            foreach (var node in phase)
                text.Append($"  {Print(graph, node)}\n");
        }

        return text.ToString();
    }

    public static string Print(NetworkGraph graph, Schedule schedule)
    {
        var text = new StringBuilder($"schedule {graph.Name}\n");
        foreach (var phase in schedule.Steps.GroupBy(step => step.Phase))
        {
            text.Append($"{Phase(phase.Key)}\n");
            foreach (var step in phase)
            {
                text.Append($"  step{(step.Stores.Count == 0 ? "" : " storing " + string.Join(", ", step.Stores.Select(id => graph.Values[id].Name)))}\n");
                foreach (var node in step.Nodes)
                    text.Append($"    {Print(graph, node)}\n");
            }
        }

        return text.ToString();
    }

    public static string Print(NetworkGraph graph, MemoryPlan plan)
    {
        var text = new StringBuilder($"plan {graph.Name}: {plan.Elements} elements a sample\n");
        foreach (var buffer in plan.Buffers)
            text.Append($"  {graph.Values[buffer.Value].Name}: [{buffer.Offset}, {buffer.Offset + buffer.Size}) steps {buffer.First} to {buffer.Last}{(buffer.InPlaceOf < 0 ? "" : " in place of " + graph.Values[buffer.InPlaceOf].Name)}\n");
        foreach (var buffer in plan.Fixed.Buffers)
            text.Append($"  {graph.Values[buffer.Value].Name}: fixed [{buffer.Offset}, {buffer.Offset + buffer.Size})\n");
        return text.ToString();
    }

    public static string Print(NetworkGraph graph, Outline outline)
    {
        var text = new StringBuilder($"outline {graph.Name}\n");
        string Names(IEnumerable<int> values) => string.Join(", ", values.Select(id => graph.Values[id].Name));
        foreach (var method in outline.Methods)
        {
            text.Append($"  {method.Name}({Names(method.Spans)}): {Plural(method.Steps.Count, "step")}\n");
            foreach (var region in method.Regions)
                text.Append($"    {(region.IsFixed ? "fixed, " : "")}{(region.IsConstant ? "where all blocks have them" : "by one offset")}: {Names(region.Values)}\n");
            foreach (var instance in method.Instances)
                text.Append($"    {instance.Path}({Names(method.Spans.Select(id => instance.Values[id]))})\n");
        }

        return text.ToString();
    }

    private static string Print(NetworkGraph graph, Node node) =>
        $"{string.Join(", ", node.Outputs.Select(id => graph.Values[id].Name + Shape(graph.Values[id])))}{(node.Outputs.Count == 0 ? "" : " = ")}{node.Op.Name}({string.Join(", ", node.Inputs.Select(id => graph.Values[id].Name))}){(node.Op.Settings.Length == 0 ? "" : " " + node.Op.Settings)}  # {node.Layer}";

    private static string Shape(Value value) =>
        value.Shape.Rank == 0 ? "" : $"[{(value.IsBatched ? value.Shape.Batched : value.Shape.ToString())}]";

    private static string Phase(Phase phase) => phase switch
    {
        Graph.Phase.Forward => "forward",
        Graph.Phase.Loss => "loss",
        Graph.Phase.Backward => "backward",
        _ => "backward input",
    };
}
