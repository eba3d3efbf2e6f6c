using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Emission;

/// <summary>What the passes of one use of the network have in common on the host and on a device: their remarks, signatures and first checks, how they end, and what is said of losses.</summary>
internal sealed class PassSignatures(Lowered lowered, LayerList layers, CodeWriter writer, bool onDevice = false)
{
    private readonly NetworkGraph _graph = lowered.Graph;

    // Callers hand over the host's memory in both cases.
    private readonly Names _names = new(lowered.Graph);

    /// <summary>The losses in the order in which they run.</summary>
    public IReadOnlyList<(Head Head, Step Step)> Losses { get; } =
        [.. lowered.Schedule.Steps.Where(step => step.Phase == Phase.Loss).Select(step => (Heads.Of(layers).First(head => head.Loss.Name == step.Root.Layer), step))];

    /// <summary>The batches.</summary>
    public IReadOnlyList<Value> Inputs => [.. _graph.Inputs];

    /// <summary>The answers: the parameter that takes each, and its value.</summary>
    public IReadOnlyList<(string Name, int Id)> Outputs => [.. Heads.Outputs(layers).Zip(_graph.Kept, (output, id) => (output.Variable, id))];

    // ReadOnlySpan<float> x
    private string InputParameters => string.Join(", ", Inputs.Select(input => $"{_names.ReadOnlySpan} {_names.Variable(input.Id)}"));

    private string Waits => onDevice ? "; waits for the device" : "";

    /// <summary>How a loss is called in comments.</summary>
    public static string NameOf(Head head) => head.Name.Length == 0 ? "the network's stack" : head.Name;

    /// <summary>Whether a loss's terms are wanted, as a parameter.</summary>
    public static string KeepsTerms(Head head) => "keeps" + Text.Pascal(head.Variable("terms"));

    public void Forward()
    {
        var hasStatistics = lowered.Schedule.Steps.Any(step => step.Root.Op is BatchNormOp);
        writer.Lines([
            "/// <summary>Runs the layers on a batch and keeps what the backward pass needs.</summary>",
            "/// <param name=\"parameters\">The parameters.</param>",
            .. InputRemarks(onDevice ? "the batch; copied to the device" : "the batch"),
            "/// <param name=\"workspace\">Takes the activations.</param>",
            hasStatistics
                ? "/// <param name=\"training\">Whether dropout is active and batch normalisation takes the batch's statistics instead of the running ones, which follow them.</param>"
                : "/// <param name=\"training\">Whether dropout is active.</param>",
        ]);
        writer.Open($"public void Forward(Parameters parameters, {InputParameters}, Workspace workspace, bool training = true)");
        Begin(training: true);
        if (lowered.Schedule.Steps.Any(step => step.Nodes.Any(node => node.Op is DropoutOp)))
            writer.Lines("if (training)", "    workspace.Step++;");
        if (hasStatistics)
            writer.Line("workspace.BatchStatistics = training;");
    }

    public void Loss(LossVariant variant)
    {
        var parameters = LossParameters(variant);
        parameters.AddRange(variant.Heads.Select(pair => (_names.Span, pair.Head.Variable("terms"), "default", $"Takes the loss terms{Of(pair.Head)} before their factors, or empty")));
        Open(
            $"The {(Losses.Count == 1 ? "loss" : "weighted sum of the losses")} of the last forward pass; leaves its gradient in the workspace{(onDevice ? ", and waits for the device" : "")}",
            $"{_names.Type} Loss", parameters);
    }

    /// <summary>A loss that stays on the device.</summary>
    public void Evaluate(LossVariant variant)
    {
        var parameters = LossParameters(variant);
        parameters.AddRange(variant.Heads.Select(pair => ("bool", KeepsTerms(pair.Head), "false", $"Whether the terms{Of(pair.Head)} are kept, too")));
        Open(
            "The gradient of the loss of the last forward pass, left in the workspace; the loss stays on the device, for <see cref=\"Kernels::DeviceWorkspace{T}.Loss\"/> to ask for",
            "void Evaluate", parameters);
    }

    /// <summary>The names of what a loss takes, save for the last ones, which tell of its terms.</summary>
    public IEnumerable<string> LossArguments(LossVariant variant) => LossParameters(variant).Select(parameter => parameter.Name);

    /// <summary>The first lines of a loss.</summary>
    public void BeginLoss(LossVariant variant)
    {
        Start("Forward", "Loss", "Loss");
        foreach (var (head, takesLabels) in variant.Targets)
            Require(head.Target(takesLabels), TargetShape(head, takesLabels).Size, Losses.Count == 1 ? "target" : head.Target(takesLabels));
    }

    /// <summary>The formulas of a loss and of its gradient.</summary>
    public void LossFormulas(Head head, Step step, bool takesLabels, StepWriter steps)
    {
        var op = (LossOp)step.Root.Op;
        List<string> symbols = [.. _graph.PredictionsOf(step.Root).Select(value => _names.Symbol(value.Id)), takesLabels ? $"onehot({head.Target(takesLabels)})" : head.IsOnly ? "t" : head.Target(takesLabels)];
        writer.Line("// " + op.Formula(symbols, []));
        foreach (var gradient in step.Root.Outputs)
            writer.Line($"// {op.GradientFormula(symbols, _names.Symbol(gradient)).PadRight(StepWriter.FormulaWidth)}  {_names.Extents(gradient)}");
        foreach (var node in step.Epilogue)
            steps.Comment(node);
    }

    /// <summary>What the step of a loss leaves, and what it reads on the way from the gradient to that.</summary>
    public IEnumerable<int> Written(Step step)
    {
        var (root, epilogue) = (step.Root, step.Epilogue.ToList());
        return (epilogue.Count == 0 ? root.Outputs : EquatableArray.Of(step.Result))
            .Concat(epilogue.SelectMany(node => node.Inputs).Where(id => _graph.Values[id].IsPlanned && id != root.Outputs[0] && !epilogue.Any(node => node.Outputs.Contains(id))));
    }

    public void OutputGradient()
    {
        var gradients = Heads.Of(layers).SelectMany(head => Heads.GradientsOf(layers, head).Zip(_graph.PredictionsOf(_graph.LossOf(head)), (name, prediction) => (name, prediction))).ToList();
        var single = gradients.Count == 1;
        writer.Lines([
            $"/// <summary>Starts the backward pass from {(_graph.HasLoss ? single ? "a gradient of your own instead of the loss's" : "gradients of your own instead of the losses'" : single ? "the gradient of a loss outside the network" : "the gradients of losses outside the network")}: the vector–Jacobian product.</summary>",
            "/// <param name=\"workspace\">The workspace of the forward pass.</param>",
            .. gradients.Select(gradient => $"/// <param name=\"{gradient.name}\">d{_names.Symbol(gradient.prediction.Id)} {_names.Extents(gradient.prediction.Id)}, the gradient with respect to {(single ? "<see cref=\"Workspace.LossInput\"/>" : "what the loss reads")}.</param>"),
        ]);
        writer.Open($"public void OutputGradient(Workspace workspace, {string.Join(", ", gradients.Select(gradient => $"{_names.ReadOnlySpan} {gradient.name}"))})");
        Start("Forward", "Loss", "OutputGradient");
        foreach (var (name, prediction) in gradients)
            Require(name, prediction.Shape.Size, single ? "gradient" : "gradient " + name);
    }

    public void Backward()
    {
        var stepped = onDevice ? [] : _graph.Stepped.Select(node => _names.Symbol(node.Outputs[0])).ToList();
        writer.Lines([
            "/// <summary>The gradient of the loss with respect to every parameter, layer by layer from the last to the first.</summary>",
            "/// <param name=\"parameters\">The parameters of the forward pass.</param>",
            .. InputRemarks(onDevice ? "the batch of the forward pass, of which the device has a copy" : "the batch of the forward pass"),
            "/// <param name=\"workspace\">The workspace of the forward pass and the loss.</param>",
            $"/// <param name=\"gradients\">Takes the gradients{(stepped.Count == 0 ? "" : $"; within an optimiser's BackwardStep, {string.Join(", ", stepped)} may be left out, since the optimiser uses them up as they come")}.</param>",
            "/// <param name=\"accumulate\">Whether to add to what <paramref name=\"gradients\"/> holds instead of replacing it.</param>",
        ]);
        writer.Open($"public void Backward(Parameters parameters, {InputParameters}, Workspace workspace, Gradients gradients, bool accumulate = false)");
        Start("Loss", "Loss", "Backward");
        Require(Inputs);
    }

    public void BackwardInput()
    {
        var gradients = Inputs.Select(input => (Input: input, Name: WantedGradients.NameOf(_graph, input))).ToList();
        var single = gradients.Count == 1;
        writer.Lines([
            $"/// <summary>The gradient of the loss with respect to {(single ? "the batch" : "the batches")}; follows <see cref=\"Backward\"/>, or the loss itself, where no parameter's gradient is wanted{Waits}.</summary>",
            "/// <param name=\"parameters\">The parameters of the forward pass.</param>",
            "/// <param name=\"workspace\">The workspace of the forward pass and the loss.</param>",
            .. gradients.Select(gradient => $"/// <param name=\"{gradient.Name}\">d{_names.Symbol(gradient.Input.Id)} {_names.Extents(gradient.Input.Id)}, takes the gradient{(single ? "" : "; empty if not wanted")}.</param>"),
        ]);
        writer.Open($"public void BackwardInput(Parameters parameters, Workspace workspace, {string.Join(", ", gradients.Select(gradient => $"{_names.Span} {gradient.Name}"))})");
        Start("Loss", "BackwardInput", "BackwardInput");
        foreach (var (input, name) in gradients)
        {
            if (!single)
                writer.Line($"if (!{name}.IsEmpty)");
            Require(name, input.Shape.Size, "gradient of the input" + (single ? "" : " " + input.Layer), single ? "" : "    ");
        }

        // An input that no loss depends on.
        foreach (var (_, name) in gradients.Where(gradient => WantedGradients.ValueOf(_graph, gradient.Input) is null))
            writer.Line($"{name}.Clear();");
    }

    /// <summary>Begins the way from the loss to the layers that BackwardInput else finds done; the caller closes it.</summary>
    public void BeginWayToInput()
    {
        writer.Lines("", "// Without Backward before it, the gradients of the layers come first, as there; those of parameters are left out.");
        writer.Open("if (workspace.Stage == Runtime::WorkspaceStage.Loss)");
    }

    public void Predict()
    {
        var single = Outputs.Count == 1;
        writer.Lines([
            $"/// <summary>The network's {(single ? "answer" : "answers")} to a batch, at inference{Waits}.</summary>",
            "/// <param name=\"parameters\">The parameters.</param>",
            .. InputRemarks("the batch"),
            .. Outputs.Select(output => $"/// <param name=\"{output.Name}\">{Text.Pascal(output.Name)} {_names.Extents(output.Id)}, takes the answer.</param>"),
            "/// <param name=\"workspace\">Scratch memory; a training step under way in it is lost.</param>",
        ]);
        writer.Open($"public void Predict(Parameters parameters, {InputParameters}, {string.Join(", ", Outputs.Select(output => $"{_names.Span} {output.Name}"))}, Workspace workspace)");
        Begin(training: false);
        foreach (var (name, id) in Outputs)
            Require(name, _graph.Values[id].Shape.Size, single ? "output" : "output " + name);
    }

    /// <summary>Tells the workspace that a pass is done.</summary>
    public void Finish(string stage) => writer.Line($"workspace.Finish(Runtime::WorkspaceStage.{stage});");

    private void Start(string from, string to, string pass) =>
        writer.Line($"var n = workspace.Continue(Runtime::WorkspaceStage.{from}, Runtime::WorkspaceStage.{to}, \"{pass}\");");

    // The first batch tells the number of samples.
    private void Begin(bool training)
    {
        if (onDevice)
            writer.Line("workspace.RequireOn(Device);");
        writer.Line($"var n = workspace.Begin({_names.Variable(Inputs[0].Id)}.Length, {Text.Invariant(Inputs[0].Shape.Size)}, training: {(training ? "true" : "false")});");
        Require(Inputs.Skip(1));
    }

    private void Require(IEnumerable<Value> inputs)
    {
        foreach (var input in inputs)
            Require(_names.Variable(input.Id), input.Shape.Size, Inputs.Count == 1 ? "input" : "input " + input.Layer);
    }

    private void Require(string name, int size, string what, string indent = "") => writer.Line($"{indent}workspace.Require({name}.Length, {Text.Invariant(size)}, \"{what}\");");

    private IEnumerable<string> InputRemarks(string what) => Inputs.Select(input => $"/// <param name=\"{_names.Variable(input.Id)}\">{_names.Symbol(input.Id)} {_names.Extents(input.Id)}, {what}.</param>");

    // What a loss takes: type, name, default and remark of each.
    private List<(string Type, string Name, string Default, string Remark)> LossParameters(LossVariant variant)
    {
        List<(string, string, string, string)> parameters = [("Workspace", "workspace", "", "The workspace of the forward pass")];
        foreach (var (head, takesLabels) in variant.Targets)
        {
            var shape = TargetShape(head, takesLabels);
            var remark = $"[{(shape.Size == 1 && takesLabels ? "n" : shape.Batched)}]{(takesLabels ? ", the class of each row" : "")}{(Losses.Count == 1 ? "" : $", what {NameOf(head)} is compared with")}";
            parameters.Add(($"global::System.ReadOnlySpan<{(takesLabels ? "int" : _names.Type)}>", head.Target(takesLabels), "", remark));
        }

        foreach (var (head, _) in variant.Heads.Where(pair => pair.Head.Op.HasWeights))
            parameters.Add((_names.ReadOnlySpan, head.Variable("weights"), "default", $"A factor for each {(head.Op switch { ClassLossOp => "row", SampleLossOp => "sample", _ => "element" })}{Of(head)}, or empty for all one"));
        return parameters;
    }

    private void Open(string summary, string method, List<(string Type, string Name, string Default, string Remark)> parameters)
    {
        writer.Line($"/// <summary>{summary}.</summary>");
        writer.Lines([.. parameters.Select(parameter => $"/// <param name=\"{parameter.Name}\">{parameter.Remark}.</param>")]);
        writer.Open($"public {method}({string.Join(", ", parameters.Select(parameter => $"{parameter.Type} {parameter.Name}{(parameter.Default.Length == 0 ? "" : " = " + parameter.Default)}"))})");
    }

    private string Of(Head head) => Losses.Count == 1 ? "" : $" of {NameOf(head)}";

    private Shape TargetShape(Head head, bool takesLabels)
    {
        var prediction = _graph.PredictionsOf(_graph.LossOf(head)).First().Shape;
        var size = head.Op.TargetSize(prediction, takesLabels);
        return size == prediction.Size && !takesLabels ? prediction : Shape.Of(size);
    }
}
