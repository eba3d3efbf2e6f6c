using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Emission;

/// <summary>Writes the interface that code for all networks uses. Several inputs, answers or targets are one batch there, each sample's side by side; they are taken apart on the way.</summary>
internal sealed class SharedInterface
{
    private readonly Names _names;
    private readonly CodeWriter _writer;
    private readonly NetworkGraph _graph;
    private readonly string _device;
    private readonly IReadOnlyList<LossVariant> _variants;
    private readonly IReadOnlyList<int> _inputs;
    private readonly IReadOnlyList<int> _outputs;
    private readonly IReadOnlyList<int> _gradients;

    /// <param name="names">Those of the host, whose memory the interface hands over, also where the network runs on a device.</param>
    /// <param name="device">C# of the device that workspaces are made for, or empty.</param>
    public SharedInterface(NetworkModel model, Names names, CodeWriter writer, string device = "")
    {
        (_names, _writer, _graph, _device) = (names, writer, model.Training.Graph, device);
        var heads = Heads.Of(model.Layers);
        _variants = _graph.HasLoss ? LossVariant.Of(heads) : [];
        _inputs = [.. _graph.Inputs.Select(input => input.Shape.Size)];
        _outputs = [.. model.Inference.Graph.Kept.Select(id => model.Inference.Graph.Values[id].Shape.Size)];
        _gradients = [.. heads.SelectMany(head => _graph.PredictionsOf(_graph.LossOf(head))).Select(value => value.Shape.Size)];
    }

    private string Type => _names.Type;

    /// <summary>The types of the targets, one for each overload of Loss: int where all are class labels.</summary>
    public IReadOnlyList<string> TargetTypes => [.. _variants.Select(variant => variant.Targets.Any() && variant.Targets.All(pair => pair.TakesLabels) ? "int" : Type)];

    /// <summary>The interfaces, one for each type of targets.</summary>
    public IEnumerable<string> Types => Used.Select(use => $"Runtime::INetwork<{Type}, {use.Type}>").DefaultIfEmpty($"Runtime::INetwork<{Type}>");

    // What the workspace needs to take batches apart and to put them together: type, name, and the sizes of a sample's parts.
    private IEnumerable<(string Type, string Name, IReadOnlyList<int> Sizes)> Packings
    {
        get
        {
            if (_inputs.Count > 1)
                yield return (Type, "InputParts", _inputs);
            if (_outputs.Count > 1)
                yield return (Type, "OutputParts", _outputs);
            if (_gradients.Count > 1)
                yield return (Type, "GradientParts", _gradients);
            foreach (var (variant, type) in Used.Where(use => IsParted(use.Variant)))
                yield return (type, Parts(type), [.. variant.Targets.Select(pair => TargetSize(pair.Head, pair.TakesLabels))]);
        }
    }

    // One overload for each type; of those over numbers the last, whose targets are distributions where they can be.
    private IReadOnlyList<(LossVariant Variant, string Type)> Used => [.. _variants.Zip(TargetTypes, (variant, type) => (variant, type)).GroupBy(pair => pair.type).Select(group => group.Last())];

    /// <summary>C# of what targets must be, where they are numbers and not all numbers will do: one for each loss.</summary>
    public IReadOnlyList<string> TargetDescriptions
    {
        get
        {
            var targets = Used.Where(use => use.Type == Type).SelectMany(use => use.Variant.Targets).ToList();
            if (targets.All(target => Of(target) == (Interval.Real, false)))
                return [];
            return [.. targets.Select(target =>
            {
                var (range, isEnd) = Of(target);
                return $"new(\"{target.Head.Op.Name}\", {Text.Invariant(TargetSize(target.Head, target.TakesLabels))}, {Number(range.Low)}, {Number(range.High)}{(isEnd ? ", IsEnd: true" : "")})";
            })];

            static (Interval, bool) Of((Head Head, bool TakesLabels) target) => target.TakesLabels ? (Interval.Real, false) : target.Head.Op.Targets;
            static string Number(double end) => double.IsInfinity(end) ? end < 0 ? "double.NegativeInfinity" : "double.PositiveInfinity" : Text.RoundTrip(end);
        }
    }

    /// <summary>Numbers, or labels, that a sample has as target of a loss.</summary>
    public int TargetSize(Head head, bool takesLabels) => head.Op.TargetSize(Prediction(head), takesLabels);

    /// <summary>C# of the inputs as one batch.</summary>
    public string Inputs => Join(Type, [.. _graph.Inputs.Select(input => _names.Variable(input.Id))]);

    /// <summary>C# of an overload's targets as the interface takes them.</summary>
    public string Targets(LossVariant variant, string type)
    {
        var used = Used.First(use => use.Type == type).Variant;
        return Join(type, [.. variant.Targets.Zip(used.Targets, (given, taken) => (Name: given.Head.IsOnly ? "target" : given.Head.Target(given.TakesLabels), given, taken)).Select(pair =>
            !pair.given.TakesLabels || type == "int" ? pair.Name
            : pair.taken.TakesLabels ? $"Runtime::SideBySide.Numbers<{type}>({pair.Name})"
            : $"Runtime::SideBySide.OneHot<{type}>({pair.Name}, {Text.Invariant(Prediction(pair.given.Head).Last)})")]);
    }

    // The number of samples from the first input.
    private string Join(string type, IReadOnlyList<string> batches)
    {
        if (batches.Count < 2)
            return batches.Count == 0 ? "default" : batches[0];
        var input = _graph.Inputs.First();
        return $"Runtime::SideBySide.Join<{type}>({_names.Variable(input.Id)}.Length / {Text.Invariant(input.Shape.Size)}, {string.Join(", ", batches.Select(batch => batch.Contains('(') ? batch : batch + ".ToArray()"))})";
    }

    private Shape Prediction(Head head) => _graph.PredictionsOf(_graph.LossOf(head)).First().Shape;

    /// <summary>Members of the workspace that take batches apart and put them together.</summary>
    public void Parts()
    {
        foreach (var (type, name, sizes) in Packings)
        {
            _writer.Lines(
                "",
                $"internal Runtime::SampleParts<{type}> {name} => _{Text.Camel(name)} ??= new(Capacity, {string.Join(", ", sizes.Select(size => Text.Invariant(size)))});",
                "",
                $"private Runtime::SampleParts<{type}>? _{Text.Camel(name)};");
        }
    }

    public void Write()
    {
        var network = $"Runtime::INetwork<{Type}>";
        var read = _names.ReadOnlySpan;
        _writer.Lines([
            $"Runtime::NetworkDescription {network}.Description => Description;",
            "",
            .. _device.Length == 0 && _graph.Stepped.Any() ? new[] { $"bool {network}.StepsInBackward => true;", "" } : [],
            $"Runtime::ParameterArena<{Type}> {network}.CreateParameters(ulong seed) => new Parameters(seed);",
            "",
            $"Runtime::GradientArena<{Type}> {network}.CreateGradients() => new Gradients();",
            "",
            $"Runtime::Workspace<{Type}> {network}.CreateWorkspace(int capacity, bool training) => new Workspace({(_device.Length == 0 ? "" : _device + ", ")}capacity, training);",
            "",
        ]);
        Method($"void {network}.Forward(Runtime::ParameterArena<{Type}> parameters, {read} x, Runtime::Workspace<{Type}> workspace, bool training)", TakeInputs, $"Forward(Runtime::Part.Of<Parameters>(parameters), {InputArguments}, Runtime::Part.Of<Workspace>(workspace), training)");
        Method($"void {network}.OutputGradient(Runtime::Workspace<{Type}> workspace, {read} dy)", Take("GradientParts", "dy", _gradients), $"OutputGradient(Runtime::Part.Of<Workspace>(workspace), {Arguments("gradientParts", "dy", _gradients)})");
        Method($"void {network}.Backward(Runtime::ParameterArena<{Type}> parameters, {read} x, Runtime::Workspace<{Type}> workspace, Runtime::GradientArena<{Type}> gradients, bool accumulate)", TakeInputs, $"Backward(Runtime::Part.Of<Parameters>(parameters), {InputArguments}, Runtime::Part.Of<Workspace>(workspace), Runtime::Part.Of<Gradients>(gradients), accumulate)");
        Method($"void {network}.BackwardInput(Runtime::ParameterArena<{Type}> parameters, Runtime::Workspace<{Type}> workspace, {_names.Span} dx)", Make("InputParts", _inputs), $"BackwardInput(Runtime::Part.Of<Parameters>(parameters), Runtime::Part.Of<Workspace>(workspace), {Arguments("inputParts", "dx", _inputs)})", Give("inputParts", "dx", _inputs));
        Method($"void {network}.Predict(Runtime::ParameterArena<{Type}> parameters, {read} x, {_names.Span} y, Runtime::Workspace<{Type}> workspace)", [.. TakeInputs, .. Make("OutputParts", _outputs, $"x.Length / {Text.Invariant(_inputs.Sum())}")], $"Predict(Runtime::Part.Of<Parameters>(parameters), {InputArguments}, {Arguments("outputParts", "y", _outputs)}, Runtime::Part.Of<Workspace>(workspace))", Give("outputParts", "y", _outputs), isLast: Used.Count == 0);
        for (var i = 0; i < Used.Count; i++)
            Loss(Used[i].Variant, Used[i].Type, isLast: i == Used.Count - 1);
    }

    private IReadOnlyList<string> TakeInputs => Take("InputParts", "x", _inputs);

    private string InputArguments => Arguments("inputParts", "x", _inputs);

    private void Loss(LossVariant variant, string type, bool isLast)
    {
        var contract = $"Runtime::INetwork<{Type}, {type}>";
        var sizes = variant.Targets.Select(pair => TargetSize(pair.Head, pair.TakesLabels)).ToList();
        var name = Text.Camel(Parts(type));
        _writer.Lines($"int {contract}.TargetSize => {Text.Invariant(sizes.Sum())};", "");
        var signature = $"{Type} {contract}.Loss(Runtime::Workspace<{Type}> workspace, global::System.ReadOnlySpan<{type}> target, {_names.ReadOnlySpan} weights, {_names.Span} terms)";
        if (!IsParted(variant) && variant.Heads[0].Head.Op.HasWeights)
        {
            Method(signature, [], "Loss(Runtime::Part.Of<Workspace>(workspace), target, weights, terms)", isLast: isLast);
            return;
        }

        var targets = sizes.Count == 1 && !IsParted(variant)
            ? ["target"]
            : variant.Targets.Select((pair, i) => pair.TakesLabels && type != "int" ? $"{name}.Labels({Text.Invariant(i)})" : $"{name}[{Text.Invariant(i)}]");
        var terms = variant.Heads.Count == 1 ? ", terms: terms" : "";
        Method(signature, [$"Runtime::SampleParts<{Type}>.RejectWeights(weights.Length{(terms.Length == 0 ? " + terms.Length" : "")});", .. IsParted(variant) ? [$"var {name} = Runtime::Part.Of<Workspace>(workspace).{Parts(type)}.Take(target);"] : new string[0]], $"Loss(Runtime::Part.Of<Workspace>(workspace){string.Concat(targets.Select(target => ", " + target))}{terms})", isLast: isLast);
    }

    // Several targets, or labels among numbers.
    private bool IsParted(LossVariant variant) => variant.Targets.Count() > 1;

    private static string Parts(string type) => type == "int" ? "LabelParts" : "TargetParts";

    private static string[] Take(string parts, string batch, IReadOnlyList<int> sizes) => sizes.Count == 1 ? [] : [$"var {Text.Camel(parts)} = Runtime::Part.Of<Workspace>(workspace).{parts}.Take({batch});"];

    private static string[] Make(string parts, IReadOnlyList<int> sizes, string count = "workspace.Count") => sizes.Count == 1 ? [] : [$"var {Text.Camel(parts)} = Runtime::Part.Of<Workspace>(workspace).{parts}.Make({count});"];

    private static string[] Give(string parts, string batch, IReadOnlyList<int> sizes) => sizes.Count == 1 ? [] : [$"{parts}.Give({batch});"];

    private static string Arguments(string parts, string batch, IReadOnlyList<int> sizes) => sizes.Count == 1 ? batch : string.Join(", ", sizes.Select((_, i) => $"{parts}[{Text.Invariant(i)}]"));

    // One expression where nothing is to be done around the call.
    private void Method(string signature, IReadOnlyList<string> before, string call, IReadOnlyList<string>? after = null, bool isLast = false)
    {
        if (before.Count == 0 && after is null or { Count: 0 })
        {
            var isShort = signature.Contains(".OutputGradient(");
            _writer.Lines(isShort ? [$"{signature} => {call};"] : [$"{signature} =>", $"    {call};"]);
        }
        else
        {
            _writer.Open(signature);
            _writer.Lines([.. before]);
            _writer.Line(signature.StartsWith("void", System.StringComparison.Ordinal) ? call + ";" : $"return {call};");
            _writer.Lines([.. after ?? []]);
            _writer.Close();
        }

        if (!isLast)
            _writer.Line();
    }
}
