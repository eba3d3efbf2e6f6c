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

    public static string Emit(NetworkModel model) => new PartsEmitter(model).Run();

    private string Run()
    {
        var open = NetworkEmitter.Begin(_writer, Spec, "The parts");
        var targets = Targets().ToList();
        _writer.Open($"partial class {Names.Identifier(Spec.Name)} : {string.Join(", ", targets.Select(target => $"Runtime::INetwork<{Type}, {target.Type}>").DefaultIfEmpty($"Runtime::INetwork<{Type}>"))}");
        Description();
        Layout();
        var hasState = _model.Parameters.Parameters.Any(parameter => !parameter.Spec.IsLearnable);
        Arena("Parameters", hasState ? "The learnable numbers, and behind them the state" : "The learnable numbers", "ParameterArena", isGradient: false);
        Arena("Gradients", "The gradient of the loss with respect to every parameter", "GradientArena", isGradient: true);
        _views.Structs(_writer);
        Workspace();
        Checks(targets);
        Interface(targets);
        for (var i = 0; i <= open; i++)
            _writer.Close();
        return _writer.ToString();
    }

    private void Description()
    {
        var rows = Remarks.Rows(_model);
        var bytes = _graph.IsDouble ? 8 : 4;
        var last = _model.Inference.Schedule.Steps[_model.Inference.Schedule.Steps.Count - 1];
        _writer.Line("/// <summary>Layers, shapes, counts and bytes.</summary>");
        _writer.Lines("public static Runtime::NetworkDescription Description { get; } = new(");
        _writer.Indent();
        _writer.Line($"\"{Spec.Name}\", \"{Type}\", {Extents(_graph.Input.Shape)}, {Extents(_model.Inference.Graph.Values[last.Result].Shape)}, \"{rows[rows.Count - 1].Operation}\",");
        _writer.Line("[");
        foreach (var row in rows.Take(rows.Count - 1))
            _writer.Line($"    new(\"{row.Name}\", \"{row.Operation}\", {Extents(row.Output)}, {Text.Invariant(row.Parameters)}, {Text.Invariant(row.Flops)}),");
        _writer.Line("],");
        _writer.Line($"{Text.Invariant((long)_model.Training.Plan.Elements * bytes)}, {Text.Invariant((long)_model.Inference.Plan.Elements * bytes)});");
        _writer.Outdent();
        _writer.Line();
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

    private void Workspace()
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
        var forward = _graph.Nodes.Where(node => node.Phase == Phase.Forward && node.Op is not CopyOp).SelectMany(node => node.Outputs.Select((id, i) => (Node: node, Id: id, Suffix: i == 0 ? "" : ((LayerOp)node.Op).SideOutputs[i - 1].View)).Where(view => view.Id == view.Node.Outputs[0] || view.Suffix.Length > 0));
        foreach (var (node, id, suffix) in forward)
        {
            if (plan.Find(id) is { } buffer)
                View(Text.Member(node.Layer) + suffix, $"{_names.Symbol(id)} {_names.Extents(id)} of {node.Layer}; filled by Forward, and Backward may write over it", buffer);
        }

        View("LossInput", $"{_names.Symbol(_graph.Prediction.Id)} {_names.Extents(_graph.Prediction.Id)}, what the {(_graph.HasLoss ? "loss" : "loss outside")} reads; filled by Forward, and Backward may write over it", plan.Find(_graph.Prediction.Id)!);
        _writer.Close();
        _writer.Line();
    }

    private void View(string name, string summary, PlannedBuffer buffer)
    {
        _writer.Line();
        _writer.Line($"/// <summary>{summary}.</summary>");
        _writer.Line($"public {_names.Span} {name} => Buffer({Text.Invariant(buffer.Offset)}, {Text.Invariant(buffer.Size)});");
    }

    private void Checks(List<(string Type, int Size)> targets)
    {
        foreach (var (type, _) in targets)
        {
            _writer.Lines(
                "/// <summary>Compares Backward's gradients with central differences of the loss.</summary>",
                "/// <param name=\"parameters\">Where to compare; unchanged afterwards.</param>",
                "/// <param name=\"x\">A small batch: ten samples or so.</param>",
                "/// <param name=\"target\">Its targets.</param>",
                $"public Runtime::GradientCheckReport CheckGradients(Parameters parameters, {_names.ReadOnlySpan} x, global::System.ReadOnlySpan<{type}> target) =>",
                $"    Runtime::GradientCheck.Run<{Type}, {type}>(this, parameters, x, target);",
                "");
        }
    }

    private void Interface(List<(string Type, int Size)> targets)
    {
        var network = $"Runtime::INetwork<{Type}>";
        var read = _names.ReadOnlySpan;
        _writer.Lines(
            $"Runtime::NetworkDescription {network}.Description => Description;",
            "",
            $"Runtime::ParameterArena<{Type}> {network}.CreateParameters(ulong seed) => new Parameters(seed);",
            "",
            $"Runtime::GradientArena<{Type}> {network}.CreateGradients() => new Gradients();",
            "",
            $"Runtime::Workspace<{Type}> {network}.CreateWorkspace(int capacity, bool training) => new Workspace(capacity, training);",
            "",
            $"void {network}.Forward(Runtime::ParameterArena<{Type}> parameters, {read} x, Runtime::Workspace<{Type}> workspace, bool training) =>",
            "    Forward((Parameters)parameters, x, (Workspace)workspace, training);",
            "",
            $"void {network}.OutputGradient(Runtime::Workspace<{Type}> workspace, {read} dy) => OutputGradient((Workspace)workspace, dy);",
            "",
            $"void {network}.Backward(Runtime::ParameterArena<{Type}> parameters, {read} x, Runtime::Workspace<{Type}> workspace, Runtime::GradientArena<{Type}> gradients, bool accumulate) =>",
            "    Backward((Parameters)parameters, x, (Workspace)workspace, (Gradients)gradients, accumulate);",
            "",
            $"void {network}.BackwardInput(Runtime::ParameterArena<{Type}> parameters, Runtime::Workspace<{Type}> workspace, {_names.Span} dx) =>",
            "    BackwardInput((Parameters)parameters, (Workspace)workspace, dx);",
            "",
            $"void {network}.Predict(Runtime::ParameterArena<{Type}> parameters, {read} x, {_names.Span} y, Runtime::Workspace<{Type}> workspace) =>",
            "    Predict((Parameters)parameters, x, y, (Workspace)workspace);");
        foreach (var (type, size) in targets)
        {
            _writer.Lines(
                "",
                $"int Runtime::INetwork<{Type}, {type}>.TargetSize => {Text.Invariant(size)};",
                "",
                $"{Type} Runtime::INetwork<{Type}, {type}>.Loss(Runtime::Workspace<{Type}> workspace, global::System.ReadOnlySpan<{type}> target, {read} weights, {_names.Span} terms) =>",
                "    Loss((Workspace)workspace, target, weights, terms);");
        }
    }

    private IEnumerable<(string Type, int Size)> Targets()
    {
        if (!_graph.HasLoss)
            yield break;
        var shape = _graph.Prediction.Shape;
        var classes = _graph.Loss.Op as ClassLossOp;
        if (classes is not null)
            yield return ("int", shape.Rows);
        if (classes is null or { TakesDistributions: true })
            yield return (Type, shape.Size);
    }

    private static string Extents(Shape shape) => $"[{string.Join(", ", shape.Extents.Select(extent => Text.Invariant(extent)))}]";
}
