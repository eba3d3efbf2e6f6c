using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Emission;

/// <summary>Writes the file with what the passes work on: Parameters, Gradients, Workspace, the description and the common interface.</summary>
internal sealed class PartsEmitter
{
    private readonly NetworkModel _model;
    private readonly NetworkGraph _graph;
    private readonly Names _names;
    private readonly CodeWriter _writer = new();
    private readonly TensorViews _views;

    private PartsEmitter(NetworkModel model)
    {
        _model = model;
        _graph = model.Training.Graph;
        _names = new Names(_graph);
        _views = new TensorViews(_names, model.Parameters.Parameters);
    }

    private NetworkSpec Spec => _model.Spec;

    private string Type => _names.Type;

    private IReadOnlyList<Value> Inputs => [.. _graph.Inputs];

    private IReadOnlyList<(string Name, Shape Shape)> Outputs =>
        [.. Heads.Outputs(_model.Layers).Zip(_model.Inference.Graph.Kept, (output, id) => (output.Variable, _model.Inference.Graph.Values[id].Shape))];

    private IReadOnlyList<Head> Losses => Heads.Of(_model.Layers);

    public static string Emit(NetworkModel model) => new PartsEmitter(model).Run();

    private string Run()
    {
        var open = NetworkEmitter.Begin(_writer, Spec, "The parts");
        var variants = _graph.HasLoss ? LossVariant.Of(Losses) : [];
        var shared = new SharedInterface(_model, _names, _writer);
        _writer.Open($"partial class {Names.Identifier(Spec.Name)} : {string.Join(", ", shared.Types)}");
        Description(shared.TargetDescriptions);
        Members();
        Layout();
        var hasState = _model.Parameters.Parameters.Any(parameter => !parameter.Spec.IsLearnable);
        Arena("Parameters", hasState ? "The learnable numbers, and behind them the state" : "The learnable numbers", "ParameterArena", isGradient: false);
        Arena("Gradients", "The gradient of the loss with respect to every parameter", "GradientArena", isGradient: true);
        _views.Structs(_writer);
        Workspace(shared);
        Checks(variants, shared);
        shared.Write();
        for (var i = 0; i <= open; i++)
            _writer.Close();
        return _writer.ToString();
    }

    private void Description(IReadOnlyList<string> targets)
    {
        var rows = Remarks.Rows(_model);
        var bytes = _graph.IsDouble ? 8 : 4;
        _writer.Line("/// <summary>Layers, shapes, counts and bytes.</summary>");
        _writer.Lines("public static Runtime::NetworkDescription Description { get; } = new(");
        _writer.Indent();
        _writer.Line($"\"{Spec.Name}\", \"{Type}\", {Extents(SideBySide(Inputs.Select(input => input.Shape)))}, {Extents(SideBySide(Outputs.Select(output => output.Shape)))}, \"{(_graph.HasLoss ? string.Join(" + ", Losses.Select(head => (head.Op.Weight == 1 ? "" : Text.RoundTrip(head.Op.Weight) + " · ") + head.Op.Summary)) : Losses[0].Op.Summary)}\",");
        _writer.Line("[");
        foreach (var row in rows.Where(row => !row.IsLoss))
            _writer.Line($"    new(\"{row.Name}\", \"{row.Operation}\", {Extents(row.Output)}, {Text.Invariant(row.Parameters)}, {Text.Invariant(row.Flops)}),");
        _writer.Line("],");
        var lists = new[] { ("Inputs", "input", Inputs.Select(input => (_names.Variable(input.Id), input.Shape)).ToList()), ("Outputs", "output", Outputs.ToList()) }
            .Where(list => list.Item3.Count > 1).Select(list => $"{list.Item1} = [{string.Join(", ", list.Item3.Select(part => $"new(\"{part.Item1}\", \"{list.Item2}\", {Extents(part.Item2)}, 0, 0)"))}]").ToList();
        if (targets.Count > 0)
            lists.Add($"Targets = [{string.Join(", ", targets)}]");
        _writer.Line($"{Text.Invariant((long)_model.Training.Plan.Elements * bytes)}, {Text.Invariant((long)_model.Inference.Plan.Elements * bytes)}){(lists.Count == 0 ? ";" : "")}");
        _writer.Outdent();
        if (lists.Count > 0)
            _writer.Lines(["{", .. lists.Select(list => $"    {list},"), "};"]);
        _writer.Line();
    }

    // Several batches are one to code that serves all networks: each sample's side by side.
    private static Shape SideBySide(IEnumerable<Shape> shapes) => shapes.ToList() is { Count: 1 } only ? only[0] : Shape.Of(shapes.Sum(shape => shape.Size));

    // The values of the properties that declare members: their last layers.
    private void Members()
    {
        var list = _model.Layers;
        foreach (var member in Spec.Members)
        {
            var end = list.Stacks.First(stack => stack.Name == member.Name).End;
            var value = end == int.MinValue ? $"new(\"{member.Variable}\", \"{Losses.First(head => head.Loss.Member == member.Name).Op.Summary}\", [1], 0, 0)"
                : end < 0 ? $"new(\"{list.Inputs[-1 - end].Layer}\", \"input\", {Extents(list.Inputs[-1 - end].Shape)}, 0, 0)"
                : $"Description.Layers[{Text.Invariant(list.Layers.Take(end).Count(layer => layer.Op is not LossOp))}]";
            _writer.Lines($"{member.Modifiers} Runtime::LayerDescription {Names.Identifier(member.Name)} => {value};", "");
        }
    }

    private void Layout()
    {
        _writer.Lines("private static readonly Runtime::TensorInfo[] Layout =", "[");
        foreach (var tensor in _model.Parameters.Parameters)
            _writer.Line($"    new(\"{tensor.Layer}.{tensor.Spec.Name}\", {Extents(tensor.Shape)}, {Text.Invariant(tensor.Offset)}, {tensor.Spec.Initializer}, {Text.Invariant(tensor.Spec.Fan(tensor.Shape, tensor.Spec.FanIn))}, {Text.Invariant(tensor.Spec.Fan(tensor.Shape, tensor.Spec.FanOut))}{(tensor.Spec.IsLearnable ? "" : ", IsLearnable: false")}),");

        _writer.Lines("];", "");
    }

    private void Arena(string name, string summary, string contract, bool isGradient)
    {
        bool IsHeld(PlacedParameter tensor) => tensor.Spec.IsLearnable || !isGradient;
        _writer.Line($"/// <summary>{summary}: {Text.Plural(_model.Parameters.Parameters.Count(IsHeld), "tensor")} in one aligned block.</summary>");
        _writer.Open($"public sealed class {name} : Runtime::{contract}<{Type}>");
        if (!isGradient)
        {
            _writer.Lines(
                "/// <summary>New parameters.</summary>",
                "/// <param name=\"seed\">The initialisers' seed; the same one gives the same bits.</param>",
                "public Parameters(ulong seed = 0)",
                $"    : base(Layout, {Text.Invariant(_model.Parameters.Length)}) => Initialize(seed);");
        }
        else
        {
            _writer.Lines("/// <summary>New gradients, all zero.</summary>", "public Gradients()", $"    : base(Layout, {Text.Invariant(_model.Parameters.Learnable)})");
            _writer.Lines("{", "}");
        }

        _views.Properties(_writer, isGradient);
        _writer.Close();
        _writer.Line();
    }

    private void Workspace(SharedInterface shared)
    {
        var plan = _model.Training.Plan;
        var fixedElements = Math.Max(plan.Fixed.Length, _model.Inference.Plan.Fixed.Length);
        _writer.Line("/// <summary>Activations and their gradients for batches up to a capacity.</summary>");
        _writer.Open($"public sealed class Workspace : Runtime::Workspace<{Type}>");
        _writer.Lines(
            "/// <summary>A new workspace.</summary>",
            "/// <param name=\"capacity\">The largest batch, in samples.</param>",
            "/// <param name=\"training\">Whether it serves training steps, or inference alone.</param>",
            "public Workspace(int capacity, bool training = true)",
            $"    : base(capacity, training, {Text.Invariant(plan.Elements)}, {Text.Invariant(_model.Inference.Plan.Elements)}{(fixedElements == 0 ? "" : ", " + Text.Invariant(fixedElements))})");
        _writer.Lines("{", "}");
        foreach (var view in WorkspaceView.Of(_model, _names))
            view.Write(_writer, _names);
        foreach (var head in WorkspaceView.Losses(_model))
        {
            _writer.Line();
            _writer.Line($"/// <summary>The loss of {(head.Name.Length == 0 ? "the network's stack" : head.Name)} before its weight, as Loss has found it.</summary>");
            _writer.Line($"public {Type} {Text.Pascal(head.Variable("loss"))} {{ get; internal set; }}");
        }

        shared.Parts();
        _writer.Close();
        _writer.Line();
    }

    private void Checks(IReadOnlyList<LossVariant> variants, SharedInterface shared)
    {
        foreach (var (variant, type) in variants.Zip(shared.TargetTypes, (variant, type) => (variant, type)))
        {
            var targets = variant.Targets.Select(pair => (Name: pair.Head.IsOnly ? "target" : pair.Head.Target(pair.TakesLabels), Type: pair.TakesLabels ? "int" : Type, pair.Head)).ToList();
            var inputs = Inputs.Select(input => _names.Variable(input.Id)).ToList();
            _writer.Lines([
                "/// <summary>Compares Backward's gradients with central differences of the loss.</summary>",
                "/// <param name=\"parameters\">Where to compare; unchanged afterwards.</param>",
                .. inputs.Select(input => $"/// <param name=\"{input}\">A small batch: ten samples or so.</param>"),
                .. targets.Select(target => $"/// <param name=\"{target.Name}\">{(target.Head.IsOnly ? "Its targets" : $"The targets of {target.Head.Name}")}.</param>"),
                $"public Runtime::GradientCheckReport CheckGradients(Parameters parameters, {string.Join(", ", inputs.Select(input => $"{_names.ReadOnlySpan} {input}").Concat(targets.Select(target => $"global::System.ReadOnlySpan<{target.Type}> {target.Name}")))}) =>",
                $"    Runtime::GradientCheck.Run<{Type}, {type}>(this, parameters, {shared.Inputs}, {shared.Targets(variant, type)});",
                "",
            ]);
        }
    }

    public static string Extents(Shape shape) => $"[{string.Join(", ", shape.Extents.Select(extent => Text.Invariant(extent)))}]";
}
