using NetDsl.Kernels.Losses;
using NetDsl.Oracle.Format;
using NetDsl.Oracle.Language;

namespace NetDsl.Oracle.Plans;

/// <summary>A graph that ends in a loss of several embeddings: each input and each node is a member of the network.</summary>
internal class GraphPlan : Plan
{
    private readonly IReadOnlyList<string> _inputs;
    private readonly string? _target;
    private readonly string _loss;
    private readonly IReadOnlyDictionary<string, string> _reports;
    private readonly Dictionary<string, string> _tensors = [];
    private readonly Stack _stack;

    /// <exception cref="UnsupportedException">The language lacks what the case asks for.</exception>
    public GraphPlan(Case @case, Settings settings)
        : base(@case)
    {
        settings.Ignore("op");
        var nodes = settings.Objects("graph");
        var ends = nodes[^1].Texts("in");
        _target = ends.GetValueOrDefault("target");
        _inputs = [.. @case.Inputs.Keys.Where(name => name != _target)];
        _reports = settings.Texts("report");
        _loss = _reports.First(report => report.Value == nodes[^1].Text("id")).Key;
        settings.RequireAllRead("graph");

        var members = _inputs.Select(InputOf).ToList();
        var first = new Dictionary<string, string>();
        foreach (var node in nodes.SkipLast(1))
            members.Add(Member(Layer(node, first), node.Text("id")));
        members.Add(Member(LossOf(nodes[^1].Object("attrs"), ends), nodes[^1].Text("id")));
        _stack = new Stack([], [], Loss.None) { Members = string.Join("\n", members) };
    }

    /// <summary>A loss of inputs, with nothing between them but views.</summary>
    protected GraphPlan(Case @case, Settings loss, IReadOnlyDictionary<string, string> ends)
        : base(@case)
    {
        (_target, _loss, _reports) = (ends.GetValueOrDefault("target"), "loss", new Dictionary<string, string>());
        _inputs = [.. ends.Values.Where(name => name != _target)];
        string Embedded(string name) => name == _target ? name : "Embedded" + name;
        var views = _inputs.Select(name => Member($"Flatten(From = nameof({NameOf(name)}))", Embedded(name)));
        _stack = new Stack([], [], Loss.None) { Members = string.Join("\n", [.. _inputs.Select(InputOf), .. views, Member(LossOf(loss, ends.ToDictionary(end => end.Key, end => Embedded(end.Value))), _loss)]) };
    }

    public override IReadOnlyList<Stack> Networks => [_stack];

    /// <summary>Whether its loss compares embeddings.</summary>
    public static bool Covers(Settings settings) => settings.Objects("graph")[^1].OptionalObject("attrs") is { } loss && EmbeddingLossPlan.Covers(loss.Text("function"));

    public override void Run<T>(Platform platform, IReadOnlyList<INetwork<T>> networks, Comparer comparer)
    {
        var network = (INetwork<T, T>)platform.Place(networks[0]);
        var count = Case.Input(_inputs[0]).Shape[0];
        var parameters = network.CreateParameters(seed: 0);
        foreach (var tensor in parameters.Tensors)
            Case.Parameters[_tensors[tensor.Name]].As<T>().CopyTo(parameters[tensor.Name]);
        var gradients = network.CreateGradients();
        var workspace = network.CreateWorkspace(count);

        var x = SideBySide.Join<T>(count, [.. _inputs.Select(name => (ReadOnlyMemory<T>)Case.Input(name).As<T>())]);
        network.Forward(parameters, x, workspace, training: false);
        foreach (var (name, node) in _reports.Where(report => report.Key != _loss))
            comparer.Output(name, Tensor.From<T>(platform.Read(workspace, NameOf(node)), Case.Output(name).Shape));

        var target = _target is null ? [] : Case.Input(_target).As<T>();
        comparer.Output(_loss, Tensor.Scalar(double.CreateChecked(network.Loss(workspace, target))));
        network.Backward(parameters, x, workspace, gradients, accumulate: false);
        var dx = new T[x.Length];
        network.BackwardInput(parameters, workspace, dx);
        var start = 0;
        foreach (var name in _inputs)
        {
            var shape = Case.Input(name).Shape;
            var size = shape[1..].Aggregate(1, (product, extent) => product * extent);
            T[] part = [.. dx.Chunk(dx.Length / count).SelectMany(sample => sample.AsSpan(start, size).ToArray())];
            comparer.Gradient(name, Tensor.From<T>(part, shape));
            start += size;
        }

        foreach (var tensor in gradients.Tensors)
            comparer.Gradient(_tensors[tensor.Name], Tensor.From<T>(gradients[tensor.Name], [.. tensor.Shape]));
    }

    protected static LossReduction ReductionOf(Settings loss) =>
        Enum.TryParse<LossReduction>(loss.Text("reduction").Replace("_", ""), ignoreCase: true, out var reduction)
            ? reduction
            : throw new UnsupportedException($"no {loss.Text("function")} that is neither summed nor averaged");

    // The parameters of a node that another had first are its own once more.
    private string Layer(Settings node, Dictionary<string, string> first)
    {
        var (id, inputs, parameters) = (node.Text("id"), node.Texts("in"), node.Texts("params"));
        var layer = LayerReader.Read(node.Text("op"), node.OptionalObject("attrs"), parameters, inputs) ?? throw new UnsupportedException("no node that does nothing");
        var key = string.Join(" ", parameters.Values);
        var from = $"From = nameof({NameOf(inputs["x"])})";
        if (parameters.Count > 0 && first.TryGetValue(key, out var owner))
            return $"Shared(\"{owner}.layer\", {from})";
        first[key] = NameOf(id);
        foreach (var (tensor, name) in layer.Parameters)
            _tensors[$"{char.ToLowerInvariant(NameOf(id)[0])}{NameOf(id)[1..]}.layer.{tensor}"] = name;
        return $"{layer.Attribute}({string.Join(", ", [.. layer.Arguments, "Name = \"layer\"", from])})";
    }

    private static string LossOf(Settings attributes, IReadOnlyDictionary<string, string> ends)
    {
        string Of(string end) => $"nameof({NameOf(ends[end])})";
        var reduction = $"Reduction = Reduction.{ReductionOf(attributes)}";
        var margin = Code.Of(attributes.Number("margin"));
        var loss = attributes.Text("function") switch
        {
            "contrastive" => $"Contrastive({Of("a")}, {Of("b")}, {margin}, OneMeansSimilar = {Code.Of(attributes.Text("one_means") == "similar")}, {reduction})",
            "cosine_embedding" => $"CosineEmbedding({Of("a")}, {Of("b")}, {margin}, {reduction})",
            _ => $"TripletMargin({Of("anchor")}, {Of("positive")}, {Of("negative")}, {margin}, Epsilon = {Code.Of(attributes.Number("eps"))}, Swap = {Code.Of(attributes.Flag("swap", false))}, {reduction})",
        };
        attributes.RequireAllRead("the loss");
        return loss;
    }

    private string InputOf(string name) => Member($"Input({string.Join(", ", Case.Input(name).Shape[1..])})", name);

    private static string Member(string layer, string id) => $"    [{layer}] public partial LayerDescription {NameOf(id)} {{ get; }}";

    // fc1_a → NodeFc1_a, whatever else the network has of that name.
    private static string NameOf(string id) => "Node" + char.ToUpperInvariant(id[0]) + id[1..];
}
