using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Emission;

/// <summary>What the network's class says of itself: the layers with their counts, and the memory plan.</summary>
internal static class Remarks
{
    /// <summary>One layer's row: what the table and the Description hold.</summary>
    internal sealed record Row(string Name, string Operation, Shape Output, long Parameters, long Flops, bool IsPenalty, bool IsLoss);

    public static IReadOnlyList<Row> Rows(NetworkModel model)
    {
        // The training graph after loss fusion lacks the activation that went into the loss, so layers are looked up where they still are.
        var graph = ShapeInference.Run(Lowering.LowerAll(model.Spec, model.Layers), []);
        var nodes = graph.Nodes.GroupBy(node => node.Layer).ToDictionary(group => group.Key, group => group.First());
        return model.Layers.Layers.Select(layer =>
        {
            var node = nodes[layer.Name];
            var x = graph.Values[node.Inputs[0]].Shape;
            var y = node.Outputs.Count > 0 ? graph.Values[node.Outputs[0]].Shape : Shape.Of(1);
            var parameters = layer.Op is PenaltyOp || layer.Shares >= 0 ? 0 : node.Inputs.Skip(1).Take(layer.Op.Parameters.Count).Select(id => graph.Values[id]).Where(value => value.Kind == ValueKind.Parameter).Sum(value => value.Shape.LongSize);
            return new Row(layer.Name, layer.Op.Summary + (layer.Op.IsFrozen ? ", frozen" : ""), y, parameters, layer.Op.Flops(x, y), layer.Op is PenaltyOp, layer.Op is LossOp);
        }).ToList();
    }

    public static IEnumerable<string> Write(NetworkModel model)
    {
        var rows = Rows(model);
        var graph = model.Training.Graph;
        var layers = rows.Where(row => !row.IsLoss).ToList();
        yield return $"/// <summary>A network of {Text.Plural(layers.Count, "layer")} with {Text.Grouped(rows.Sum(row => row.Parameters))} parameters: {string.Join(" and ", graph.Inputs.Select(input => input.Shape))} → {string.Join(" and ", Ends(model).Select(value => value.Shape))}.</summary>";
        yield return "/// <remarks>";
        yield return "/// <code>";
        string[][] cells =
        [
            ["layer", "operation", "output", "parameters", "FLOPs a sample"],
            .. graph.Inputs.Select(input => new[] { input.Layer, "", input.Shape.ToString(), "", "" }),
            .. rows.Where(row => graph.HasLoss || !row.IsLoss).Select(row => new[] { row.Name, row.Operation, row.IsLoss || row.IsPenalty ? "" : row.Output.ToString(), Text.Grouped(row.Parameters), Text.Grouped(row.Flops) }),
            ["total", "", "", Text.Grouped(rows.Sum(row => row.Parameters)), Text.Grouped(rows.Sum(row => row.Flops))],
        ];
        foreach (var line in Table(cells, rightAlignedFrom: 3))
            yield return "/// " + Xml.Escape(line);
        yield return "/// </code>";
        var bytes = graph.IsDouble ? 8 : 4;
        yield return "/// <para>Memory plans: offsets and sizes are elements a sample; a value may take over the place of another that is read for the last time.</para>";
        foreach (var line in Plan("Training", model.Training, bytes).Concat(Plan("Inference", model.Inference, bytes)))
            yield return line;
        yield return "/// </remarks>";
    }

    // What the losses read; where there are several answers, those.
    private static IEnumerable<Value> Ends(NetworkModel model) =>
        model.Inference.Graph.Kept.Count == 1 ? model.Training.Graph.PredictionsOf(model.Training.Graph.Losses.First()).Take(1) : model.Inference.Graph.Kept.Select(id => model.Inference.Graph.Values[id]);

    private static IEnumerable<string> Plan(string use, Lowered lowered, int bytes)
    {
        var peak = (long)lowered.Plan.Elements * bytes;
        yield return $"/// <para>{use}: {Text.Grouped(peak)} bytes a sample{(lowered.Plan.Buffers.Count == 0 ? ", all of it the caller's" : "")}{(lowered.Plan.Fixed.Length == 0 ? "" : $", and {Text.Grouped((long)lowered.Plan.Fixed.Length * bytes)} whatever the batch")}.</para>";
        if (lowered.Plan.Buffers.Count == 0)
            yield break;
        var names = new Names(lowered.Graph);
        string[][] cells =
        [
            ["value", "offset", "size", ""],
            .. lowered.Plan.Buffers.Select(buffer => new[]
            {
                names.Symbol(buffer.Value), Text.Grouped(buffer.Offset), Text.Grouped(buffer.Size),
                buffer.InPlaceOf < 0 ? "" : "in place of " + names.Symbol(buffer.InPlaceOf),
            }),
        ];
        yield return "/// <code>";
        foreach (var line in Table(cells, rightAlignedFrom: 1, leftAlignedFrom: 3))
            yield return "/// " + Xml.Escape(line);
        yield return "/// </code>";
    }

    private static IEnumerable<string> Table(string[][] cells, int rightAlignedFrom, int leftAlignedFrom = int.MaxValue)
    {
        var widths = Enumerable.Range(0, cells[0].Length).Select(column => cells.Max(row => row[column].Length)).ToArray();
        return cells.Select(row => string.Join("   ", row.Select((cell, column) =>
            column >= rightAlignedFrom && column < leftAlignedFrom ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
    }
}
