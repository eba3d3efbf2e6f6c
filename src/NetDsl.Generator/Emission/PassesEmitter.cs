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
    private const int FormulaWidth = 56;

    private readonly NetworkModel _model;
    private readonly CodeWriter _writer = new();
    private readonly OperatorFile _operators;

    private readonly Dictionary<string, PlacedParameter> _parameters;

    private PassesEmitter(NetworkModel model)
    {
        _model = model;
        _operators = new OperatorFile([Spec.Name, .. Spec.Containers.Select(container => container.Name)]);
        _parameters = model.Parameters.Parameters.ToDictionary(parameter => parameter.Name);
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
        private readonly IReadOnlyDictionary<int, PlannedBuffer> _buffers;
        private readonly IReadOnlyDictionary<int, PlannedBuffer> _fixed;
        private readonly List<int> _hooks = [];
        private bool _leavesOutParameters;

        public Use(PassesEmitter emitter, Lowered lowered)
        {
            _emitter = emitter;
            (_graph, _schedule, _plan) = (lowered.Graph, lowered.Schedule, lowered.Plan);
            _storage = new Storage(_graph);
            _buffers = _plan.Buffers.ToDictionary(buffer => buffer.Value);
            _fixed = _plan.Fixed.Buffers.ToDictionary(buffer => buffer.Value);
            _names = new Names(_graph);
            _code = new NetworkCode(_graph, _names, emitter._operators, Variable);
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
            Statements(step => step.Phase == Phase.Forward);
            Writer.Line();
            Finish("Forward");
            Writer.Close();
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
                    Comment(node);
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
            Statements(step => step.Phase == Phase.Backward);
            Writer.Line();
            Finish("Backward");
            Writer.Close();
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
            var last = _schedule.Steps.Where(step => step.Phase == Phase.BackwardInput).ToList();
            var way = WayTo(last);
            Buffers(way.Concat(last).SelectMany(Touched));
            if (way.Count > 0)
            {
                Writer.Line();
                Writer.Line("// Without Backward before it, the gradients of the layers come first, as there; those of parameters are left out.");
                Writer.Open("if (workspace.Stage == Runtime::WorkspaceStage.Loss)");
                // Kernels that make gradients of parameters, too, get no memory for them.
                var makesBoth = way.Any(step => step.Root.Outputs.Any(id => _graph.Values[id].Kind == ValueKind.ParameterGradient));
                if (makesBoth)
                    Writer.Line("const bool accumulate = false;");
                _leavesOutParameters = true;
                Statements(way, startsBlock: !makesBoth);
                _leavesOutParameters = false;
                Writer.Line();
                Finish("BackwardInput");
                Writer.Close();
            }

            Statements(last);
            Writer.Close();
        }

        // The steps of Backward that lead to what BackwardInput reads. Left out between them, others overwrite less, so the memory plan holds.
        private List<Step> WayTo(List<Step> last)
        {
            var needed = new HashSet<int>(last.SelectMany(Touched).Select(_storage.Of));
            var way = new List<Step>();
            foreach (var step in _schedule.Steps.Where(step => step.Phase == Phase.Backward).Reverse())
            {
                if (!step.Nodes.SelectMany(node => node.Outputs).Any(id => _graph.Values[id].Kind is ValueKind.Gradient or ValueKind.PartialGradient && needed.Contains(_storage.Of(id))))
                    continue;
                way.Insert(0, step);
                needed.UnionWith(Touched(step).Select(_storage.Of));
            }

            return way;
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
            Statements(_ => true);
            Writer.Close();
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
            Writer.Line($"// {op.GradientFormula(symbols, _names.Symbol(root.Outputs[0])).PadRight(FormulaWidth)}  {_names.Extents(root.Outputs[0])}");
            foreach (var node in epilogue)
                Comment(node);
            var call = op.Evaluate(new LossCode(_code, step, takesLabels: target == "int", variable));
            Writer.Line($"var loss = {call};");
            Hook(step.Result);
            Finish("Loss");
            Writer.Line(_graph.Nodes.Any(node => node.Op is PenaltyOp) ? "return loss + workspace.Penalty;" : "return loss;");
            Writer.Close();
        }

        private void Statements(System.Func<Step, bool> select)
        {
            var steps = _schedule.Steps.Where(select).ToList();
            Buffers(steps.SelectMany(Touched));
            Statements(steps);
        }

        private void Statements(List<Step> steps, bool startsBlock = false)
        {
            var block = "";
            for (var i = 0; i < steps.Count; i++)
            {
                var step = steps[i];
                if (i > 0 || !startsBlock)
                    Writer.Line();
                if (BlockOf(step) != block && BlockOf(step).Length > 0)
                    Writer.Line($"// ———— {BlockOf(step)} ————");
                block = BlockOf(step);
                Statement(step);
                if (step.HasResult)
                    Hook(step.Result);
            }
        }

        private static string BlockOf(Step step) => step.Root.Layer.Contains('.') ? step.Root.Layer.Substring(0, step.Root.Layer.LastIndexOf('.')) : "";

        private void Statement(Step step)
        {
            var code = new StepCode(_code, step);
            foreach (var node in step.Nodes)
                Writer.Lines([.. node.Op.Prepare(code, node)]);
            foreach (var node in step.Nodes)
                Comment(node);
            ClearFresh(step.Root);
            if (step.Root.Op is not IView)
                Writer.Lines(((step.Root.Op is IElementwise ? code.Pass() : step.Root.Op.Call(code)) + ";").Split('\n'));
        }

        // A kernel that adds one of its gradients to what another layer left adds them all.
        private void ClearFresh(Node node)
        {
            var fresh = node.Outputs.Where(id => _graph.Values[id] is { Kind: ValueKind.ParameterGradient, IsFurther: false }).ToList();
            if (_leavesOutParameters || fresh.Count == 0 || !node.Outputs.Any(id => _graph.Values[id].IsFurther))
                return;
            Writer.Open("if (!accumulate)");
            foreach (var id in fresh)
                Writer.Line($"{Variable(id)}.Clear();");
            Writer.Close();
        }

        private void Comment(Node node)
        {
            var extents = node.Op.Extents([.. node.Inputs.Select(_names.Extents)], [.. node.Outputs.Select(_names.Extents)]);
            // Two formulas stand side by side where they fit.
            var formula = node.Op.Formula(_names.Symbols(node.Inputs), _names.Symbols(node.Outputs));
            foreach (var symbol in node.Outputs.Where(id => _graph.Values[id].IsFurther).Select(_names.Symbol))
                formula = formula.Replace(symbol + " = ", symbol + " += ");
            var lines = formula.Length <= FormulaWidth ? [formula] : formula.Split(["     "], System.StringSplitOptions.RemoveEmptyEntries);
            foreach (var line in lines)
                Writer.Line($"// {line.PadRight(FormulaWidth)}  {extents}");
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
                ValueKind.ParameterGradient when _leavesOutParameters => "default",
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

        private IEnumerable<int> Touched(Step step)
        {
            var inner = step.Nodes.Take(step.Nodes.Count - 1).Select(node => node.Outputs.Count > 0 ? node.Outputs[0] : -1).Where(id => !step.Stores.Contains(id)).ToList();
            return step.Nodes.SelectMany(node => node.Inputs.Concat(node.Outputs)).Where(id => !inner.Contains(id));
        }

        private void Start(string from, string to, string pass) =>
            Writer.Line($"var n = workspace.Continue(Runtime::WorkspaceStage.{from}, Runtime::WorkspaceStage.{to}, \"{pass}\");");

        private void Finish(string stage) => Writer.Line($"workspace.Finish(Runtime::WorkspaceStage.{stage});");

        private void Buffers(IEnumerable<int> ids)
        {
            foreach (var id in ids.Distinct().Where(id => !_plan.External.Contains(id)))
            {
                var isFixed = _fixed.TryGetValue(id, out var buffer);
                var method = isFixed ? "Fixed" : "Buffer";
                if (isFixed || _buffers.TryGetValue(id, out buffer))
                    Writer.Line($"{$"var {_names.Variable(id)} = workspace.{method}({Text.Invariant(buffer.Offset)}, {Text.Invariant(buffer.Size)});".PadRight(FormulaWidth + 3)}  // {_names.Symbol(id)} {_names.Extents(id)}");
            }
        }

        // The gradient of a copy of the batch is BackwardInput's answer.
        private bool HasHook(int id) => _graph.Values[id] is { Kind: ValueKind.Gradient } value && value.Layer != _graph.Input.Layer;

        private void Hook(int id)
        {
            if (!HasHook(id))
                return;
            _hooks.Add(id);
            Writer.Line($"OnGradient{Text.Member(_graph.Values[id].Layer)}({Variable(id)});");
        }
    }
}
