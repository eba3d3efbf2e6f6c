using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Emission.Gpu;

internal sealed partial class GpuPasses
{
    private void Loss()
    {
        var variants = LossVariant.Of(Heads.Of(_layers));
        for (var i = 0; i < variants.Count; i++)
        {
            if (i > 0)
                _writer.Line();
            Overload(variants[i]);
        }
    }

    private void Overload(LossVariant variant)
    {
        var heads = Steps();
        var single = heads.Count == 1;
        string Of(Head head) => single ? "" : $" of {(head.Name.Length == 0 ? "the network's stack" : head.Name)}";
        var (documentation, parameters) = (new List<string>(), new List<(string Type, string Name, string Default)>());
        void Parameter(string type, string name, string remark, string value = "")
        {
            documentation.Add($"/// <param name=\"{name}\">{remark}.</param>");
            parameters.Add((type, name, value));
        }

        string Signature() => string.Join(", ", parameters.Select(parameter => $"{parameter.Type} {parameter.Name}{(parameter.Default.Length == 0 ? "" : " = " + parameter.Default)}"));
        Parameter("Workspace", "workspace", "The workspace of the forward pass");
        foreach (var (head, takesLabels) in variant.Targets)
        {
            var shape = TargetShape(head, takesLabels);
            Parameter($"global::System.ReadOnlySpan<{(takesLabels ? "int" : Type)}>", head.Target(takesLabels), $"[{(shape.Size == 1 && takesLabels ? "n" : shape.Batched)}]{(takesLabels ? ", the class of each row" : "")}{(single ? "" : $", what {(head.Name.Length == 0 ? "the network's stack" : head.Name)} is compared with")}");
        }

        foreach (var (head, _) in variant.Heads.Where(pair => pair.Head.Op.HasWeights))
            Parameter(Read, head.Variable("weights"), $"A factor for each {(head.Op switch { ClassLossOp => "row", SampleLossOp => "sample", _ => "element" })}{Of(head)}, or empty for all one", "default");
        var (common, remarks) = (parameters.Count, documentation.Count);
        foreach (var (head, _) in variant.Heads)
            Parameter(Write, head.Variable("terms"), $"Takes the loss terms{Of(head)} before their factors, or empty", "default");

        _writer.Line($"/// <summary>The {(single ? "loss" : "weighted sum of the losses")} of the last forward pass; leaves its gradient in the workspace, and waits for the device.</summary>");
        _writer.Lines([.. documentation]);
        _writer.Open($"public {Type} Loss({Signature()})");
        _writer.Line($"Evaluate({string.Join(", ", parameters.Take(common).Select(parameter => parameter.Name).Concat(variant.Heads.Select(pair => $"{KeepsTerms(pair.Head)}: !{pair.Head.Variable("terms")}.IsEmpty")))});");
        foreach (var (head, _) in variant.Heads)
            _writer.Line($"{TargetOf(head)}.ReadTerms({head.Variable("terms")});");
        _writer.Line("return workspace.Loss;");
        _writer.Close();
        _writer.Line();

        parameters.RemoveRange(common, parameters.Count - common);
        documentation.RemoveRange(remarks, documentation.Count - remarks);
        foreach (var (head, _) in variant.Heads)
            Parameter("bool", KeepsTerms(head), $"Whether the terms{Of(head)} are kept, too", "false");
        _writer.Line("/// <summary>The gradient of the loss of the last forward pass, left in the workspace; the loss stays on the device, for <see cref=\"Kernels::DeviceWorkspace{T}.Loss\"/> to ask for.</summary>");
        _writer.Lines([.. documentation]);
        _writer.Open($"public void Evaluate({Signature()})");
        Start("Forward", "Loss", "Loss");
        foreach (var (head, takesLabels) in variant.Targets)
            _writer.Line($"workspace.Require({head.Target(takesLabels)}.Length, {Text.Invariant(TargetShape(head, takesLabels).Size)}, \"{(single ? "target" : head.Target(takesLabels))}\");");
        Locals(heads.SelectMany(pair => _graph.PredictionsOf(pair.Step.Root).Select(value => value.Id).Concat(Written(pair.Step))));
        foreach (var (head, step) in heads)
        {
            _writer.Line();
            if (!single)
                _writer.Line($"// ———— {(head.Name.Length == 0 ? "the network's stack" : head.Name)} ————");
            Evaluate(head, step, variant.Heads.First(pair => pair.Head.Loss == head.Loss).TakesLabels);
        }

        Finish("Loss");
        _writer.Close();
    }

    private void Evaluate(Head head, Step step, bool takesLabels)
    {
        var (root, op) = (step.Root, (LossOp)step.Root.Op);
        List<string> symbols = [.. _graph.PredictionsOf(root).Select(value => _names.Symbol(value.Id)), takesLabels ? $"onehot({head.Target(takesLabels)})" : head.Target(takesLabels)];
        _writer.Line("// " + op.Formula(symbols, []));
        foreach (var gradient in root.Outputs)
            _writer.Line($"// {op.GradientFormula(symbols, _names.Symbol(gradient)).PadRight(StepWriter.FormulaWidth)}  {_names.Extents(gradient)}");
        foreach (var node in step.Epilogue)
            _steps.Comment(node);
        var shape = _graph.Values[root.Inputs[0]].Shape;
        var terms = StepCode.Samples(op switch { ClassLossOp => shape.Rows, SampleLossOp or EmbeddingLossOp => 1, _ => shape.Size });
        _writer.Line($"{TargetOf(head)}.Begin({(op.HasWeights ? head.Variable("weights") : "default")}, {terms}, {KeepsTerms(head)});");
        _writer.Line(op.Evaluate(new LossCode(_code, step, takesLabels, head.Target(takesLabels), head.Variable("weights"), head.Variable("terms"), TargetOf(head))) + ";");
    }

    private void OutputGradient()
    {
        var heads = Steps();
        var gradients = Heads.Of(_layers).SelectMany(head => Heads.GradientsOf(_layers, head).Zip(_graph.PredictionsOf(_graph.LossOf(head)), (name, prediction) => (name, prediction))).ToList();
        var single = gradients.Count == 1;
        _writer.Lines(
            $"/// <summary>Starts the backward pass from {(_graph.HasLoss ? single ? "a gradient of your own instead of the loss's" : "gradients of your own instead of the losses'" : single ? "the gradient of a loss outside the network" : "the gradients of losses outside the network")}: the vector–Jacobian product.</summary>",
            "/// <param name=\"workspace\">The workspace of the forward pass.</param>");
        foreach (var (name, prediction) in gradients)
            _writer.Line($"/// <param name=\"{name}\">d{_names.Symbol(prediction.Id)} {_names.Extents(prediction.Id)}, the gradient with respect to {(single ? "<see cref=\"Workspace.LossInput\"/>" : "what the loss reads")}.</param>");
        _writer.Open($"public void OutputGradient(Workspace workspace, {string.Join(", ", gradients.Select(gradient => $"{Read} {gradient.name}"))})");
        Start("Forward", "Loss", "OutputGradient");
        foreach (var (name, prediction) in gradients)
            _writer.Line($"workspace.Require({name}.Length, {Text.Invariant(prediction.Shape.Size)}, \"{(single ? "gradient" : "gradient " + name)}\");");
        Locals(heads.SelectMany(pair => Written(pair.Step)));
        foreach (var (head, step) in heads)
        {
            _writer.Line();
            StartGradient(step, Heads.GradientsOf(_layers, head));
        }

        Finish("Loss");
        _writer.Close();
    }

    private void StartGradient(Step step, IReadOnlyList<string> from)
    {
        var epilogue = step.Epilogue.ToList();
        foreach (var (name, id) in from.Zip(epilogue.Count == 0 ? step.Root.Outputs : EquatableArray.Of(step.Result), (name, id) => (name, id)))
            _writer.Line($"{Variable(id)}.Upload({name});");
        if (epilogue.Count == 0)
            return;
        foreach (var node in epilogue)
            _steps.Comment(node);
        var columns = _graph.Values[step.Root.Inputs[0]].Shape.Size;
        var op = _code.Code(_code.Epilogues.Epilogue(step.Root.Outputs[0], -1, epilogue, [], columns));
        _writer.Line($"Kernels::Pass.Apply<{Type}, {op.Type}>({Variable(step.Result)}, {Variable(step.Result)}, {StepCode.Matrix(columns)}, {op.Construction});");
    }

    // The losses in the order in which they run.
    private List<(Head Head, Step Step)> Steps() =>
        [.. _schedule.Steps.Where(step => step.Phase == Phase.Loss).Select(step => (Heads.Of(_layers).First(head => head.Loss.Name == step.Root.Layer), step))];

    // What the step of a loss leaves, and what it reads on the way from the gradient to that.
    private IEnumerable<int> Written(Step step)
    {
        var (root, epilogue) = (step.Root, step.Epilogue.ToList());
        return (epilogue.Count == 0 ? root.Outputs : EquatableArray.Of(step.Result))
            .Concat(epilogue.SelectMany(node => node.Inputs).Where(id => _graph.Values[id].IsPlanned && id != root.Outputs[0] && !epilogue.Any(node => node.Outputs.Contains(id))));
    }

    private Shape TargetShape(Head head, bool takesLabels)
    {
        var prediction = _graph.PredictionsOf(_graph.LossOf(head)).First().Shape;
        var size = head.Op.TargetSize(prediction, takesLabels);
        return size == prediction.Size && !takesLabels ? prediction : Shape.Of(size);
    }

    private static string KeepsTerms(Head head) => "keeps" + Text.Pascal(head.Variable("terms"));

    // C# of where a loss is summed up.
    private string TargetOf(Head head) => $"workspace.LossTargets[{Text.Invariant(Heads.Of(_layers).TakeWhile(other => other.Loss != head.Loss).Count())}]";
}
