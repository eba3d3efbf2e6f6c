using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Emission;

/// <summary>Writes the file with the forward and backward passes: a formula and the shapes above each statement.</summary>
internal sealed class PassesEmitter
{
    private readonly NetworkModel _model;
    private readonly CodeWriter _writer = new();
    private readonly OperatorFile _operators;

    private readonly Dictionary<string, PlacedParameter> _parameters;
    private readonly TensorViews _views;

    private PassesEmitter(NetworkModel model)
    {
        _model = model;
        _operators = new OperatorFile([Spec.Name, .. Spec.Containers.Select(container => container.Name)]);
        _parameters = model.Parameters.Parameters.ToDictionary(parameter => parameter.Name);
        _views = new TensorViews(new Names(model.Training.Graph), model.Parameters.Parameters);
    }

    private NetworkSpec Spec => _model.Spec;

    public static string Emit(NetworkModel model) => new PassesEmitter(model).Run();

    private string Run()
    {
        var open = NetworkEmitter.Begin(_writer, Spec, "The passes");
        var training = new Use(this, _model.Training);
        var inference = new Use(this, _model.Inference);
        foreach (var line in Remarks.Write(_model))
            _writer.Line(line);
        _writer.Line(NetworkEmitter.GeneratedCode);
        _writer.Open($"partial class {Names.Identifier(Spec.Name)}");
        training.Forward();
        _writer.Line();
        if (_model.Training.Graph.HasLoss)
        {
            training.Loss();
            _writer.Line();
        }

        training.OutputGradient();
        _writer.Line();
        training.Backward();
        _writer.Line();
        training.BackwardInput();
        _writer.Line();
        inference.Predict();
        training.Hooks();
        _writer.Close();
        for (var i = Spec.Namespace.Length > 0 ? 1 : 0; i < open; i++)
            _writer.Close();
        _writer.Lines(_operators.ToString().TrimEnd('\n').Split('\n'));
        if (Spec.Namespace.Length > 0)
            _writer.Close();
        return _writer.ToString();
    }

    /// <summary>The methods of one use of the network: its training or its inference.</summary>
    private sealed class Use
    {
        private readonly PassesEmitter _emitter;
        private readonly NetworkGraph _graph;
        private readonly Schedule _schedule;
        private readonly MemoryPlan _plan;
        private readonly Storage _storage;
        private readonly Names _names;
        private readonly NetworkCode _code;
        private readonly StepWriter _steps;
        private readonly IReadOnlyDictionary<int, PlannedBuffer> _buffers;
        private readonly IReadOnlyDictionary<int, PlannedBuffer> _fixed;
        private readonly Outlines _outlines;
        private readonly List<int> _hooks = [];
        private readonly BlockHooks _blockHooks = new();

        public Use(PassesEmitter emitter, Lowered lowered)
        {
            _emitter = emitter;
            _outlines = lowered.Outlines;
            (_graph, _schedule, _plan) = (lowered.Graph, lowered.Schedule, lowered.Plan);
            _storage = new Storage(_graph);
            _buffers = _plan.Buffers.ToDictionary(buffer => buffer.Value);
            _fixed = _plan.Fixed.Buffers.ToDictionary(buffer => buffer.Value);
            _names = new Names(_graph);
            var masks = MaskNumbers.Of(_graph);
            _code = new NetworkCode(_graph, _names, emitter._operators, Variable, node => Text.Invariant(masks[node]));
            _steps = new StepWriter(Writer, _code);
        }

        private CodeWriter Writer => _emitter._writer;

        private string Input => Text.Invariant(_graph.Input.Shape.Size);

        public void Forward()
        {
            Writer.Lines(
                "/// <summary>Runs the layers on a batch and keeps what the backward pass needs.</summary>",
                "/// <param name=\"parameters\">The parameters.</param>",
                $"/// <param name=\"x\">X {_names.Extents(_graph.Input.Id)}, the batch.</param>",
                "/// <param name=\"workspace\">Takes the activations.</param>",
                _schedule.Steps.Any(step => step.Root.Op is BatchNormOp)
                    ? "/// <param name=\"training\">Whether dropout is active and batch normalisation takes the batch's statistics instead of the running ones, which follow them.</param>"
                    : "/// <param name=\"training\">Whether dropout is active.</param>");
            Writer.Open($"public void Forward(Parameters parameters, {_names.ReadOnlySpan} x, Workspace workspace, bool training = true)");
            Writer.Line($"var n = workspace.Begin(x.Length, {Input}, training: true);");
            if (_schedule.Steps.Any(step => step.Nodes.Any(node => node.Op is DropoutOp)))
                Writer.Lines("if (training)", "    workspace.Step++;");
            if (_schedule.Steps.Any(step => step.Root.Op is BatchNormOp))
                Writer.Line("workspace.BatchStatistics = training;");
            var methods = Methods("Forward", _steps);
            Buffers(_outlines.Forward);
            Statements(_outlines.Forward, _steps, methods);
            Writer.Line();
            Finish("Forward");
            Writer.Close();
            Write(_outlines.Forward, methods);
        }

        public void Loss()
        {
            var step = _schedule.Steps.First(candidate => candidate.Phase == Phase.Loss);
            var classes = step.Root.Op as ClassLossOp;
            Overload(step, classes is null ? _names.Type : "int");
            if (classes is { TakesDistributions: true })
            {
                Writer.Line();
                Overload(step, _names.Type);
            }
        }

        public void OutputGradient()
        {
            var step = _schedule.Steps.First(candidate => candidate.Phase == Phase.Loss);
            var prediction = _graph.Prediction;
            var result = step.Result;
            Writer.Lines(
                $"/// <summary>Starts the backward pass from {(_graph.HasLoss ? "a gradient of your own instead of the loss's" : "the gradient of a loss outside the network")}: the vector–Jacobian product.</summary>",
                "/// <param name=\"workspace\">The workspace of the forward pass.</param>",
                $"/// <param name=\"dy\">d{_names.Symbol(prediction.Id)} {_names.Extents(prediction.Id)}, the gradient with respect to <see cref=\"Workspace.LossInput\"/>.</param>");
            Writer.Open($"public void OutputGradient(Workspace workspace, {_names.ReadOnlySpan} dy)");
            var gradient = step.Root.Outputs[0];
            Start("Forward", "Loss", "OutputGradient");
            Writer.Line($"workspace.Require(dy.Length, {Text.Invariant(prediction.Shape.Size)}, \"gradient\");");
            var epilogue = step.Epilogue.ToList();
            Buffers([result, .. epilogue.SelectMany(node => node.Inputs).Where(id => _graph.Values[id].IsPlanned && id != gradient && !epilogue.Any(node => node.Outputs.Contains(id)))]);
            Writer.Line();
            if (epilogue.Count == 0)
            {
                Writer.Line($"dy.CopyTo({_names.Variable(result)});");
            }
            else
            {
                foreach (var node in epilogue)
                    _steps.Comment(node);
                var columns = prediction.Shape.Size;
                var op = _code.Code(_code.Epilogues.Epilogue(gradient, -1, epilogue, [], columns));
                Writer.Line($"Kernels::Pass.Apply<{_names.Type}, {op.Type}>(dy, {_names.Variable(result)}, {StepCode.Matrix(columns)}, {op.Construction});");
            }

            Hook(result);
            Finish("Loss");
            Writer.Close();
        }

        public void Backward()
        {
            Writer.Lines(
                "/// <summary>The gradient of the loss with respect to every parameter, layer by layer from the last to the first.</summary>",
                "/// <param name=\"parameters\">The parameters of the forward pass.</param>",
                $"/// <param name=\"x\">X {_names.Extents(_graph.Input.Id)}, the batch of the forward pass.</param>",
                "/// <param name=\"workspace\">The workspace of the forward pass and the loss.</param>",
                "/// <param name=\"gradients\">Takes the gradients.</param>",
                "/// <param name=\"accumulate\">Whether to add to what <paramref name=\"gradients\"/> holds instead of replacing it.</param>");
            Writer.Open($"public void Backward(Parameters parameters, {_names.ReadOnlySpan} x, Workspace workspace, Gradients gradients, bool accumulate = false)");
            Start("Loss", "Loss", "Backward");
            Writer.Line($"workspace.Require(x.Length, {Input}, \"input\");");
            var methods = Methods("Backward", _steps);
            Buffers(_outlines.Backward);
            Statements(_outlines.Backward, _steps, methods);
            Writer.Line();
            Finish("Backward");
            Writer.Close();
            Write(_outlines.Backward, methods);
        }

        public void BackwardInput()
        {
            Writer.Lines(
                "/// <summary>The gradient of the loss with respect to the batch; follows <see cref=\"Backward\"/>, or the loss itself, where no parameter's gradient is wanted.</summary>",
                "/// <param name=\"parameters\">The parameters of the forward pass.</param>",
                "/// <param name=\"workspace\">The workspace of the forward pass and the loss.</param>",
                $"/// <param name=\"dx\">dX {_names.Extents(_graph.Input.Id)}, takes the gradient.</param>");
            Writer.Open($"public void BackwardInput(Parameters parameters, Workspace workspace, {_names.Span} dx)");
            Start("Loss", "BackwardInput", "BackwardInput");
            Writer.Line($"workspace.Require(dx.Length, {Input}, \"gradient of the input\");");
            var steps = new StepWriter(Writer, _code with { LeavesOutParameters = true, Variable = id => _graph.Values[id].Kind == ValueKind.ParameterGradient ? "default" : Variable(id) });
            var (way, last, methods) = (_outlines.WayToInput, _outlines.BackwardInput, Methods("BackwardInput", steps));
            Buffers(way, last);
            if (way.Items.Count > 0)
            {
                Writer.Line();
                Writer.Line("// Without Backward before it, the gradients of the layers come first, as there; those of parameters are left out.");
                Writer.Open("if (workspace.Stage == Runtime::WorkspaceStage.Loss)");
                Statements(way, steps, methods, startsBlock: true);
                Writer.Line();
                Finish("BackwardInput");
                Writer.Close();
            }

            Statements(last, steps, methods);
            Writer.Close();
            Write(way, methods);
            Write(last, methods);
        }

        public void Predict()
        {
            var last = _schedule.Steps[_schedule.Steps.Count - 1];
            Writer.Lines(
                "/// <summary>The network's answer to a batch, at inference.</summary>",
                "/// <param name=\"parameters\">The parameters.</param>",
                $"/// <param name=\"x\">X {_names.Extents(_graph.Input.Id)}, the batch.</param>",
                $"/// <param name=\"y\">Y {_names.Extents(last.Result)}, takes the answer.</param>",
                "/// <param name=\"workspace\">Scratch memory; a training step under way in it is lost.</param>");
            Writer.Open($"public void Predict(Parameters parameters, {_names.ReadOnlySpan} x, {_names.Span} y, Workspace workspace)");
            Writer.Line($"var n = workspace.Begin(x.Length, {Input}, training: false);");
            Writer.Line($"workspace.Require(y.Length, {Text.Invariant(_graph.Values[last.Result].Shape.Size)}, \"output\");");
            var methods = Methods("Predict", _steps);
            Buffers(_outlines.Forward);
            Statements(_outlines.Forward, _steps, methods);
            Writer.Close();
            Write(_outlines.Forward, methods);
        }

        public void Hooks()
        {
            foreach (var value in _hooks.Distinct().Select(id => _graph.Values[id]))
            {
                Writer.Line();
                Writer.Lines(
                    $"/// <summary>Called when the gradient d{_names.Symbol(value.Id).Substring(1)} {_names.Extents(value.Id)} of the layer {value.Layer} is there; costs nothing unless you implement it.</summary>",
                    $"partial void OnGradient{Text.Member(value.Layer)}({_names.Span} {_names.Variable(value.Id)});");
            }

            _blockHooks.Write(Writer, _names.Span);
        }

        private BlockMethods Methods(string pass, StepWriter steps) => new(Writer, pass, steps.Code, _plan, _emitter._parameters, _emitter._views, _blockHooks, HookOf);

        private void Write(Outline outline, BlockMethods methods)
        {
            foreach (var method in outline.Methods)
                methods.Write(method);
        }

        private void Statements(Outline outline, StepWriter steps, BlockMethods methods, bool startsBlock = false)
        {
            for (var i = 0; i < outline.Items.Count; i++)
            {
                var item = outline.Items[i];
                if (i > 0 || !startsBlock)
                    Writer.Line();
                if (item is { Method: { } method, Instance: { } instance })
                {
                    methods.Call(method, instance);
                    _hooks.AddRange(instance.Steps.Where(step => step.HasResult && HookOf(step.Result) is not null).Select(step => step.Result));
                    continue;
                }

                var step = item.Step!;
                steps.Heading(step, i == 0 ? null : outline.Items[i - 1].Step);
                steps.Write(step);
                if (step.HasResult)
                    Hook(step.Result);
            }
        }

        private void Overload(Step step, string target)
        {
            var root = step.Root;
            var shape = _graph.Prediction.Shape;
            var variable = target == "int" ? "labels" : "t";
            var op = (LossOp)root.Op;
            var targetShape = target == "int" ? Shape.Of(shape.Rows) : shape;
            Writer.Lines(
                "/// <summary>The loss of the last forward pass; leaves its gradient in the workspace.</summary>",
                "/// <param name=\"workspace\">The workspace of the forward pass.</param>",
                $"/// <param name=\"{variable}\">[{(target == "int" && targetShape.Size == 1 ? "n" : targetShape.Batched)}]{(target == "int" ? ", the class of each row" : "")}.</param>",
                $"/// <param name=\"weights\">A factor for each {(op switch { ClassLossOp => "row", SampleLossOp => "sample", _ => "element" })}, or empty for all one.</param>",
                "/// <param name=\"terms\">Takes the loss terms before their factors, or empty.</param>");
            Writer.Open($"public {_names.Type} Loss(Workspace workspace, global::System.ReadOnlySpan<{target}> {variable}, {_names.ReadOnlySpan} weights = default, {_names.Span} terms = default)");
            Start("Forward", "Loss", "Loss");
            Writer.Line($"workspace.Require({variable}.Length, {Text.Invariant(targetShape.Size)}, \"target\");");
            var epilogue = step.Epilogue.ToList();
            Buffers([root.Inputs[0], step.Result, .. epilogue.SelectMany(node => node.Inputs).Where(id => _graph.Values[id].IsPlanned && id != root.Outputs[0] && !epilogue.Any(node => node.Outputs.Contains(id)))]);
            Writer.Line();
            var symbols = new[] { _names.Symbol(root.Inputs[0]), target == "int" ? "onehot(labels)" : "t" };
            Writer.Line("// " + op.Formula(symbols, []));
            Writer.Line($"// {op.GradientFormula(symbols, _names.Symbol(root.Outputs[0])).PadRight(StepWriter.FormulaWidth)}  {_names.Extents(root.Outputs[0])}");
            foreach (var node in epilogue)
                _steps.Comment(node);
            var call = op.Evaluate(new LossCode(_code, step, takesLabels: target == "int", variable));
            Writer.Line($"var loss = {call};");
            Hook(step.Result);
            Finish("Loss");
            Writer.Line(_graph.Nodes.Any(node => node.Op is PenaltyOp) ? "return loss + workspace.Penalty;" : "return loss;");
            Writer.Close();
        }

        private string Variable(int id)
        {
            var value = _graph.Values[id];
            if (_plan.External.Contains(id))
                return "y";
            // A view of the caller's memory goes by the caller's name.
            if (value.IsPlanned && !_storage.IsPlanned(id))
                return Variable(_storage.Sharing(id).First(other => !_graph.Values[other].IsPlanned));
            return value.Kind switch
            {
                ValueKind.Parameter or ValueKind.State => $"parameters.{Tensor(id)}",
                ValueKind.ParameterGradient => $"gradients.{Tensor(value.Of)}",
                _ => value.Name,
            };
        }

        // Basic1.Conv1.Weight
        private string Tensor(int parameter)
        {
            var placed = _emitter._parameters[_graph.Values[parameter].Name];
            return string.Join(".", $"{placed.Layer}.{placed.Spec.Name}".Split('.').Select(Text.Pascal));
        }

        private void Start(string from, string to, string pass) =>
            Writer.Line($"var n = workspace.Continue(Runtime::WorkspaceStage.{from}, Runtime::WorkspaceStage.{to}, \"{pass}\");");

        private void Finish(string stage) => Writer.Line($"workspace.Finish(Runtime::WorkspaceStage.{stage});");

        private void Buffers(params Outline[] outlines) =>
            Buffers(outlines.SelectMany(outline => outline.Items).SelectMany(item => item is { Method: { } method, Instance: { } instance } ? BlockMethods.Arguments(method, instance) : item.Step!.Touched));

        private void Buffers(IEnumerable<int> ids)
        {
            foreach (var id in ids.Distinct().Where(id => !_plan.External.Contains(id)))
            {
                var isFixed = _fixed.TryGetValue(id, out var buffer);
                if (isFixed || _buffers.TryGetValue(id, out buffer))
                    _steps.Buffer(id, isFixed, Text.Invariant(buffer.Offset), buffer.Size);
            }
        }

        // The gradient of a copy of the batch is BackwardInput's answer.
        private string? HookOf(int id) => _graph.Values[id] is { Kind: ValueKind.Gradient } value && value.Layer != _graph.Input.Layer ? "OnGradient" + Text.Member(value.Layer) : null;

        private void Hook(int id)
        {
            if (HookOf(id) is not { } hook)
                return;
            _hooks.Add(id);
            Writer.Line($"{hook}({Variable(id)});");
        }
    }
}
