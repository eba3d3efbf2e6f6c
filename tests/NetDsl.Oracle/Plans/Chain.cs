using NetDsl.Oracle.Format;
using NetDsl.Oracle.Language;

namespace NetDsl.Oracle.Plans;

/// <summary>A stack of layers that ends in a loss.</summary>
/// <param name="Stack">Layers and loss.</param>
/// <param name="Input">Name of the input.</param>
/// <param name="Target">Name of the targets' input; may be that of the input.</param>
/// <param name="LossName">The output that is the loss.</param>
/// <param name="Reports">Outputs that are the result of the first so many layers.</param>
internal sealed record Chain(Stack Stack, string Input, string Target, string LossName, IReadOnlyDictionary<string, int> Reports);

/// <summary>Configuration → chain.</summary>
internal static class ChainReader
{
    /// <summary>A loss without layers.</summary>
    public static Chain Loss(Case @case, Settings settings)
    {
        settings.Ignore("op");
        return Chain([], LossReader.Read(settings), @case.Input("prediction").Shape[1..], "prediction", "target", "loss", new Dictionary<string, int>());
    }

    /// <summary>A graph whose nodes follow one another.</summary>
    /// <param name="case">The case.</param>
    /// <param name="settings">Its configuration.</param>
    /// <param name="axes">Axes of the input in front of a sample's.</param>
    /// <exception cref="UnsupportedException">The graph branches, shares parameters, or has a node that the language lacks.</exception>
    public static Chain Graph(Case @case, Settings settings, int axes = 1)
    {
        settings.Ignore("op", "graph", "report");
        var nodes = settings.Objects("graph");
        var layers = new List<Layer>();
        var results = new Dictionary<string, int>();
        string? input = null;
        string? previous = null;
        foreach (var node in nodes.SkipLast(1))
        {
            var op = node.Text("op");
            var sources = node.Texts("in");
            var layer = LayerReader.Read(op, node.OptionalObject("attrs"), node.Texts("params"), sources);
            var source = sources.GetValueOrDefault("x") ?? throw new UnsupportedException($"no layer '{op}' with the inputs {string.Join(", ", sources.Keys)}");
            if (source != (previous ?? source))
                throw new UnsupportedException("no graphs that branch: a network is a stack");
            input ??= source;
            previous = node.Text("id");
            if (layer is not null)
                layers.Add(layer);
            results[previous] = layers.Count;
        }

        if (layers.SelectMany(layer => layer.Parameters.Values).GroupBy(name => name).Any(group => group.Count() > 1))
            throw new UnsupportedException("no parameters that several layers share");
        var last = nodes[^1];
        if (last.Text("op") != "loss")
            throw new UnsupportedException("no networks without a loss at their end");
        var loss = LossReader.Read(last.Object("attrs"));
        var ends = last.Texts("in");
        if (!ends.TryGetValue("prediction", out var prediction) || prediction != previous || !@case.Inputs.ContainsKey(ends["target"]))
            throw new UnsupportedException("no graphs that branch: a network is a stack");
        if (ends["target"] == input && !loss.IsSymmetric)
            throw new UnsupportedException($"no gradient of {loss.Attribute} with respect to its target");
        var reports = settings.Texts("report");
        var lossName = reports.First(report => report.Value == last.Text("id")).Key;
        return Chain(layers, loss, @case.Input(input!).Shape[axes..], input!, ends["target"], lossName, reports.Where(report => report.Key != lossName).ToDictionary(report => report.Key, report => results[report.Value]));
    }

    private static Chain Chain(IReadOnlyList<Layer> layers, Loss loss, int[] sample, string input, string target, string lossName, IReadOnlyDictionary<string, int> reports) =>
        new(new Stack(sample, loss.Activation is { } activation ? [.. layers, activation] : layers, loss), input, target, lossName, reports);
}
