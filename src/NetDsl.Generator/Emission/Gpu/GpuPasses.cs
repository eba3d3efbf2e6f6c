using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Emission.Gpu;

/// <summary>The methods of one use of the network on a device: its training or its inference. Statements are those of the host, printed by the same operations, over views of the device's memory.</summary>
internal sealed class GpuPasses
{
    private readonly NetworkGraph _graph;
    private readonly Schedule _schedule;
    private readonly MemoryPlan _plan;
    private readonly Storage _storage;
    private readonly Names _names;
    private readonly NetworkCode _code;
    private readonly StepWriter _steps;
    private readonly CodeWriter _writer;
    private readonly IReadOnlyDictionary<string, PlacedParameter> _parameters;
    private readonly IReadOnlyDictionary<int, PlannedBuffer> _buffers;
    private readonly IReadOnlyDictionary<int, PlannedBuffer> _fixed;
    private readonly bool _hasStatistics;

    public GpuPasses(NetworkModel model, Lowered lowered, CodeWriter writer, OperatorFile operators)
    {
        (_graph, _schedule, _plan, _writer) = (lowered.Graph, lowered.Schedule, lowered.Plan, writer);
        _storage = new Storage(_graph);
        _names = new Names(_graph, onDevice: true);
        var masks = MaskNumbers.Of(_graph);
        _code = new NetworkCode(_graph, _names, operators, Variable, node => Text.Invariant(masks[node]));
        _steps = new StepWriter(writer, _code);
        _parameters = model.Parameters.Parameters.ToDictionary(parameter => parameter.Name);
        _buffers = _plan.Buffers.ToDictionary(buffer => buffer.Value);
        _fixed = _plan.Fixed.Buffers.ToDictionary(buffer => buffer.Value);
        _hasStatistics = _schedule.Steps.Any(step => step.Root.Op is BatchNormOp);
    }

    private string Type => _names.Type;

    private Value Batch => _graph.Inputs.First();

    private Value Prediction => _graph.PredictionsOf(_graph.Losses.First()).First();

    private string Read => $"global::System.ReadOnlySpan<{Type}>";

    private string Write => $"global::System.Span<{Type}>";

    private string Input => Text.Invariant(Batch.Shape.Size);

    public void Training()
    {
        Forward();
        _writer.Line();
        if (_graph.HasLoss)
        {
            Loss();
            _writer.Line();
        }

        OutputGradient();
        _writer.Line();
        Backward();
        _writer.Line();
        BackwardInput();
    }

    public void Inference()
    {
        var last = _schedule.Steps[_schedule.Steps.Count - 1];
        var size = Text.Invariant(_graph.Values[last.Result].Shape.Size);
        _writer.Lines(
            "/// <summary>The network's answer to a batch, at inference; waits for the device.</summary>",
            "/// <param name=\"parameters\">The parameters.</param>",
            $"/// <param name=\"batch\">X {_names.Extents(Batch.Id)}.</param>",
            $"/// <param name=\"answer\">Y {_names.Extents(last.Result)}, takes the answer.</param>",
            "/// <param name=\"workspace\">Scratch memory; a training step under way in it is lost.</param>");
        _writer.Open($"public void Predict(Parameters parameters, {Read} batch, {Write} answer, Workspace workspace)");
        _writer.Lines(
            $"var n = workspace.Begin(batch.Length, {Input}, training: false);",
            $"workspace.Require(answer.Length, {size}, \"output\");",
            "var x = workspace.Upload(batch);",
            "var y = workspace.Answer(answer.Length);");
        Locals(_schedule.Steps.SelectMany(step => step.Touched));
        Statements(_schedule.Steps, _steps);
        _writer.Lines("", "y.Download(answer);");
        _writer.Close();
    }

    private void Forward()
    {
        var steps = _schedule.Steps.Where(step => step.Phase == Phase.Forward).ToList();
        _writer.Lines(
            "/// <summary>Runs the layers on a batch and keeps what the backward pass needs.</summary>",
            "/// <param name=\"parameters\">The parameters.</param>",
            $"/// <param name=\"batch\">X {_names.Extents(Batch.Id)}; copied to the device.</param>",
            "/// <param name=\"workspace\">Takes the activations.</param>",
            _hasStatistics
                ? "/// <param name=\"training\">Whether dropout is active and batch normalisation takes the batch's statistics instead of the running ones, which follow them.</param>"
                : "/// <param name=\"training\">Whether dropout is active.</param>");
        _writer.Open($"public void Forward(Parameters parameters, {Read} batch, Workspace workspace, bool training = true)");
        _writer.Line($"var n = workspace.Begin(batch.Length, {Input}, training: true);");
        if (steps.Any(step => step.Nodes.Any(node => node.Op is DropoutOp)))
            _writer.Lines("if (training)", "    workspace.Step++;");
        if (_hasStatistics)
            _writer.Line("workspace.BatchStatistics = training;");
        if (steps.Any(step => step.Root.Op is PenaltyOp))
            _writer.Line("workspace.LossTarget.Penalty.Clear();");
        _writer.Line("var x = workspace.Upload(batch);");
        // What batch normalisation moves lies among the parameters.
        Locals(steps.SelectMany(step => step.Touched), movesStatistics: steps.Any(step => step.Root.Op is BatchNormOp { IsFrozen: false }));
        Statements(steps, _steps);
        _writer.Line();
        Finish("Forward");
        _writer.Close();
    }

    private void Loss()
    {
        var step = _schedule.Steps.First(candidate => candidate.Phase == Phase.Loss);
        var classes = step.Root.Op as ClassLossOp;
        Loss(step, classes is null ? Type : "int");
        if (classes is not { TakesDistributions: true })
            return;
        _writer.Line();
        Loss(step, Type);
    }

    private void Loss(Step step, string target)
    {
        var (root, op) = (step.Root, (LossOp)step.Root.Op);
        var shape = Prediction.Shape;
        var variable = target == "int" ? "labels" : "t";
        var targetShape = target == "int" ? Shape.Of(shape.Rows) : shape;
        var extents = target == "int" && targetShape.Size == 1 ? "n" : targetShape.Batched;
        var terms = StepCode.Samples(op is ClassLossOp ? shape.Rows : shape.Size);
        string[] parameters =
        [
            "/// <param name=\"workspace\">The workspace of the forward pass.</param>",
            $"/// <param name=\"{variable}\">[{extents}]{(target == "int" ? ", the class of each row" : "")}.</param>",
            $"/// <param name=\"weights\">A factor for each {(op is ClassLossOp ? "row" : "element")}, or empty for all one.</param>",
        ];
        _writer.Line("/// <summary>The loss of the last forward pass; leaves its gradient in the workspace, and waits for the device.</summary>");
        _writer.Lines(parameters);
        _writer.Line("/// <param name=\"terms\">Takes the loss terms before their factors, or empty.</param>");
        _writer.Open($"public {Type} Loss(Workspace workspace, global::System.ReadOnlySpan<{target}> {variable}, {Read} weights = default, {Write} terms = default)");
        _writer.Lines($"Evaluate(workspace, {variable}, weights, keepsTerms: !terms.IsEmpty);", "return workspace.LossTarget.Read(terms);");
        _writer.Close();
        _writer.Line();

        _writer.Line("/// <summary>The gradient of the loss of the last forward pass, left in the workspace; the loss stays on the device, for <see cref=\"Workspace.Loss\"/> to ask for.</summary>".Replace("Workspace.Loss", $"Kernels::DeviceWorkspace{{T}}.Loss"));
        _writer.Lines(parameters);
        _writer.Line("/// <param name=\"keepsTerms\">Whether the terms are kept, too.</param>");
        _writer.Open($"public void Evaluate(Workspace workspace, global::System.ReadOnlySpan<{target}> {variable}, {Read} weights = default, bool keepsTerms = false)");
        Start("Forward", "Loss", "Loss");
        _writer.Line($"workspace.Require({variable}.Length, {Text.Invariant(targetShape.Size)}, \"target\");");
        var epilogue = step.Epilogue.ToList();
        Locals([root.Inputs[0], step.Result, .. epilogue.SelectMany(node => node.Inputs).Where(id => _graph.Values[id].IsPlanned && id != root.Outputs[0] && !epilogue.Any(node => node.Outputs.Contains(id)))]);
        _writer.Line();
        var symbols = new[] { _names.Symbol(root.Inputs[0]), target == "int" ? "onehot(labels)" : "t" };
        _writer.Line("// " + op.Formula(symbols, []));
        _writer.Line($"// {op.GradientFormula(symbols, _names.Symbol(root.Outputs[0])).PadRight(StepWriter.FormulaWidth)}  {_names.Extents(root.Outputs[0])}");
        foreach (var node in epilogue)
            _steps.Comment(node);
        _writer.Line($"workspace.LossTarget.Begin(weights, {terms}, keepsTerms);");
        _writer.Line(op.Evaluate(new LossCode(_code, step, target == "int", variable, "weights", "terms", "workspace.LossTarget")) + ";");
        Finish("Loss");
        _writer.Close();
    }

    private void OutputGradient()
    {
        var step = _schedule.Steps.First(candidate => candidate.Phase == Phase.Loss);
        var prediction = Prediction;
        _writer.Lines(
            $"/// <summary>Starts the backward pass from {(_graph.HasLoss ? "a gradient of your own instead of the loss's" : "the gradient of a loss outside the network")}: the vector–Jacobian product.</summary>",
            "/// <param name=\"workspace\">The workspace of the forward pass.</param>",
            $"/// <param name=\"gradient\">d{_names.Symbol(prediction.Id)} {_names.Extents(prediction.Id)}, the gradient with respect to <see cref=\"Workspace.LossInput\"/>.</param>");
        _writer.Open($"public void OutputGradient(Workspace workspace, {Read} gradient)");
        Start("Forward", "Loss", "OutputGradient");
        _writer.Line($"workspace.Require(gradient.Length, {Text.Invariant(prediction.Shape.Size)}, \"gradient\");");
        var epilogue = step.Epilogue.ToList();
        var from = step.Root.Outputs[0];
        Locals([step.Result, .. epilogue.SelectMany(node => node.Inputs).Where(id => _graph.Values[id].IsPlanned && id != from && !epilogue.Any(node => node.Outputs.Contains(id)))]);
        _writer.Lines("", $"{Variable(step.Result)}.Upload(gradient);");
        if (epilogue.Count > 0)
        {
            foreach (var node in epilogue)
                _steps.Comment(node);
            var columns = prediction.Shape.Size;
            var op = _code.Code(_code.Epilogues.Epilogue(from, -1, epilogue, [], columns));
            _writer.Line($"Kernels::Pass.Apply<{Type}, {op.Type}>({Variable(step.Result)}, {Variable(step.Result)}, {StepCode.Matrix(columns)}, {op.Construction});");
        }

        Finish("Loss");
        _writer.Close();
    }

    private void Backward()
    {
        var steps = _schedule.Steps.Where(step => step.Phase == Phase.Backward).ToList();
        _writer.Lines(
            "/// <summary>The gradient of the loss with respect to every parameter, layer by layer from the last to the first.</summary>",
            "/// <param name=\"parameters\">The parameters of the forward pass.</param>",
            $"/// <param name=\"batch\">X {_names.Extents(Batch.Id)}, the batch of the forward pass, of which the device has a copy.</param>",
            "/// <param name=\"workspace\">The workspace of the forward pass and the loss.</param>",
            "/// <param name=\"gradients\">Takes the gradients.</param>",
            "/// <param name=\"accumulate\">Whether to add to what <paramref name=\"gradients\"/> holds instead of replacing it.</param>");
        _writer.Open($"public void Backward(Parameters parameters, {Read} batch, Workspace workspace, Gradients gradients, bool accumulate = false)");
        Start("Loss", "Loss", "Backward");
        _writer.Line($"workspace.Require(batch.Length, {Input}, \"input\");");
        var touched = steps.SelectMany(step => step.Touched).ToList();
        if (touched.Any(id => _graph.Values[id].Kind == ValueKind.Input || !_storage.IsPlanned(id) && _graph.Values[id].IsPlanned))
            _writer.Line("var x = workspace.Batch(batch.Length);");
        Locals(touched);
        Statements(steps, _steps);
        _writer.Line();
        Finish("Backward");
        _writer.Close();
    }

    private void BackwardInput()
    {
        _writer.Lines(
            "/// <summary>The gradient of the loss with respect to the batch; follows <see cref=\"Backward\"/>, or the loss itself, where no parameter's gradient is wanted; waits for the device.</summary>",
            "/// <param name=\"parameters\">The parameters of the forward pass.</param>",
            "/// <param name=\"workspace\">The workspace of the forward pass and the loss.</param>",
            $"/// <param name=\"gradient\">dX {_names.Extents(Batch.Id)}, takes the gradient.</param>");
        _writer.Open($"public void BackwardInput(Parameters parameters, Workspace workspace, {Write} gradient)");
        Start("Loss", "BackwardInput", "BackwardInput");
        _writer.Lines($"workspace.Require(gradient.Length, {Input}, \"gradient of the input\");", "var dx = workspace.Batch(gradient.Length);");
        var last = _schedule.Steps.Where(step => step.Phase == Phase.BackwardInput).ToList();
        var way = WayToInput.Of(_graph, _schedule);
        Locals(way.Concat(last).SelectMany(step => step.Touched), leavesOutParameters: true);
        if (way.Count > 0)
        {
            _writer.Line();
            _writer.Line("// Without Backward before it, the gradients of the layers come first, as there; those of parameters are left out.");
            _writer.Open("if (workspace.Stage == Runtime::WorkspaceStage.Loss)");
            // Kernels that make gradients of parameters, too, get no memory for them.
            var steps = new StepWriter(_writer, _code with { LeavesOutParameters = true, Variable = id => _graph.Values[id].Kind == ValueKind.ParameterGradient ? "default" : Variable(id) });
            Statements(way, steps, startsBlock: true);
            _writer.Line();
            Finish("BackwardInput");
            _writer.Close();
        }

        Statements(last, _steps);
        _writer.Lines("", "dx.Download(gradient);");
        _writer.Close();
    }

    private void Statements(IReadOnlyList<Step> steps, StepWriter writer, bool startsBlock = false)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            if (i > 0 || !startsBlock)
                _writer.Line();
            writer.Heading(steps[i], i > 0 ? steps[i - 1] : null);
            writer.Write(steps[i]);
        }
    }

    private string Variable(int id)
    {
        var value = _graph.Values[id];
        if (_plan.External.Any(external => external.Value == id))
            return "y";
        if (value.IsPlanned && !_storage.IsPlanned(id))
            return Variable(_storage.Sharing(id).First(other => !_graph.Values[other].IsPlanned));
        // Gradients of a shared parameter are one place.
        return value.Kind == ValueKind.ParameterGradient ? "d" + _graph.Values[value.Of].Name : value.Name;
    }

    private void Start(string from, string to, string pass) =>
        _writer.Line($"var n = workspace.Continue(Runtime::WorkspaceStage.{from}, Runtime::WorkspaceStage.{to}, \"{pass}\");");

    private void Finish(string stage) => _writer.Line($"workspace.Finish(Runtime::WorkspaceStage.{stage});");

    // Parameters, their gradients and the workspace's buffers as views of the device's memory.
    private void Locals(IEnumerable<int> ids, bool leavesOutParameters = false, bool movesStatistics = false)
    {
        var values = ids.Distinct().Where(id => !_plan.External.Any(external => external.Value == id)).Select(id => _graph.Values[id]).ToList();
        Views("parametersOnDevice", $"{(movesStatistics ? "training ? parameters.Change(workspace.Device) : " : "")}parameters.Read(workspace.Device)", values.Where(value => value.IsParameter));
        if (!leavesOutParameters)
            Views("gradientsOnDevice", "gradients.Write(workspace.Device, accumulate)", values.Where(value => value.Kind == ValueKind.ParameterGradient).Select(value => _graph.Values[value.Of]), "d");
        foreach (var value in values)
        {
            var isFixed = _fixed.TryGetValue(value.Id, out var buffer);
            if (isFixed || _buffers.TryGetValue(value.Id, out buffer))
                Local(value.Name, $"workspace.{(isFixed ? "Fixed" : "Buffer")}({Text.Invariant(buffer.Offset)}, {Text.Invariant(buffer.Size)})", value, "");
        }
    }

    private void Views(string arena, string view, IEnumerable<Value> parameters, string prefix = "")
    {
        var all = parameters.Distinct().ToList();
        if (all.Count == 0)
            return;
        _writer.Line($"var {arena} = {view};");
        foreach (var parameter in all)
            Local(prefix + parameter.Name, $"{arena}.SubView({Text.Invariant(_parameters[parameter.Name].Offset)}, {Text.Invariant(parameter.Shape.Size)})", parameter, prefix);
    }

    private void Local(string name, string code, Value value, string prefix) =>
        _writer.Line($"{$"var {name} = {code};".PadRight(StepWriter.FormulaWidth + 3)}  // {prefix}{_names.Symbol(value.Id)} {_names.Extents(value.Id)}");
}
