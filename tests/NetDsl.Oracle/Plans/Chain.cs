using NetDsl.Oracle.Format;
using NetDsl.Oracle.Language;

namespace NetDsl.Oracle.Plans;

/// <summary>A stack of layers that ends in a loss.</summary>
/// <param name="Stack">Layers and loss.</param>
/// <param name="Input">Name of the input.</param>
/// <param name="Target">Name of the targets' input; may be that of the input.</param>
/// <param name="LossName">The output that is the loss.</param>
/// <param name="Reports">Outputs that are the result of the first so many layers.</param>
internal sealed record Chain(Stack Stack, string Input, string Target, string LossName, IReadOnlyDictionary<string, int> Reports)
{
    /// <summary>Outputs that are the state after the pass, by the names of the inputs that it starts with.</summary>
    public IReadOnlyDictionary<string, string> StateReports { get; init; } = new Dictionary<string, string>();
}

/// <summary>Configuration → chain.</summary>
internal static class ChainReader
{
    /// <summary>A loss without layers.</summary>
    public static Chain Loss(Case @case, Settings settings)
    {
        settings.Ignore("op");
        return Chain([], LossReader.Read(settings), @case.Input("prediction").Shape[1..], "prediction", "target", "loss", new Dictionary<string, int>());
    }

    /// <summary>A graph of one input, whose branches join again.</summary>
    /// <param name="case">The case.</param>
    /// <param name="settings">Its configuration.</param>
    /// <param name="axes">Axes of the input in front of a sample's.</param>
    /// <exception cref="UnsupportedException">Brackets can't say what the graph does, or it has a node that the language lacks.</exception>
    public static Chain Graph(Case @case, Settings settings, int axes = 1)
    {
        settings.Ignore("op", "graph", "report");
        var all = settings.Objects("graph");
        var nodes = new List<GraphNode>();
        foreach (var node in all.SkipLast(1))
            nodes.Add(Node(node, nodes));
        var last = all[^1];
        if (last.Text("op") != "loss")
            throw new UnsupportedException("no networks without a loss at their end");
        var loss = LossReader.Read(last.Object("attrs"));
        var ends = last.Texts("in");
        if (!ends.TryGetValue("prediction", out var prediction) || !@case.Inputs.ContainsKey(ends["target"]))
            throw new UnsupportedException($"no losses of {string.Join(", ", ends.Keys)}");
        var input = nodes.SelectMany(node => node.Inputs).First(name => nodes.All(node => node.Id != name));
        if (ends["target"] == input && !loss.IsSymmetric)
            throw new UnsupportedException($"no gradient of {loss.Attribute} with respect to its target");
        var branches = new Branches(nodes, input, prediction);
        var reports = settings.Texts("report");
        var lossName = reports.First(report => report.Value == last.Text("id")).Key;
        var state = branches.Layers.SelectMany(layer => layer.State.Values).ToHashSet();
        var results = reports.Where(report => report.Key != lossName && !state.Contains(report.Value)).ToDictionary(report => report.Key, report => branches.Results[report.Value]);
        if (results.Values.Any(count => count < 0))
            throw new UnsupportedException("no reports from within a branch");
        return Chain(branches.Layers, loss, @case.Input(input).Shape[axes..], input, ends["target"], lossName, results) with
        {
            StateReports = reports.Where(report => state.Contains(report.Value)).ToDictionary(report => report.Key, report => report.Value),
        };
    }

    private static GraphNode Node(Settings node, List<GraphNode> before)
    {
        var (id, op, inputs, parameters) = (node.Text("id"), node.Text("op"), node.Texts("in"), node.Texts("params"));
        var attributes = node.OptionalObject("attrs");
        if (op is "add" or "concat")
            return new GraphNode(id, op == "add" ? new Layer("Sum") : new Layer("Concat", $"Axis = {attributes.Integer("axis") - 1}"), [.. inputs.Values]);
        var layer = op == "dense_tied" ? Tied(attributes, parameters, before) : LayerReader.Read(op, attributes, parameters, inputs);
        // The same parameters once more.
        var first = parameters.Count == 0 || op == "dense_tied" ? null : before.FirstOrDefault(other => other.Layer is { Parameters.Count: > 0 } made && parameters.Values.Intersect(made.Parameters.Values).Any());
        if (first is not null)
            layer = new Layer("Shared") { Of = first.Layer };
        return new GraphNode(id, layer, [inputs.GetValueOrDefault("x") ?? throw new UnsupportedException($"no layer '{op}' with the inputs {string.Join(", ", inputs.Keys)}")]);
    }

    private static Layer Tied(Settings attributes, IReadOnlyDictionary<string, string> parameters, List<GraphNode> before)
    {
        attributes.Ignore("note");
        attributes.RequireAllRead("dense_tied");
        return new Layer("Tied", $"Bias = {Code.Of(parameters.ContainsKey("bias"))}")
        {
            Of = before.First(other => other.Layer is { } made && made.Parameters.GetValueOrDefault("weight") == parameters["weight"]).Layer,
            Parameters = parameters.Where(parameter => parameter.Key == "bias").ToDictionary(parameter => parameter.Key, parameter => parameter.Value),
        };
    }

    private static Chain Chain(IReadOnlyList<Layer> layers, Loss loss, int[] sample, string input, string target, string lossName, IReadOnlyDictionary<string, int> reports) =>
        new(new Stack(sample, loss.Activation is { } activation ? [.. layers, activation] : layers, loss), input, target, lossName, reports);
}
