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
    private readonly OperatorFile _operators = new();

    private PassesEmitter(NetworkModel model) => _model = model;

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
        training.Loss();
        _writer.Line();
        training.OutputGradient();
        _writer.Line();
        training.Backward();
        _writer.Line();
        training.BackwardInput();
        _writer.Line();
        inference.Predict();
        _writer.Line();
        training.Update();
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
        private readonly Names _names;
        private readonly EpilogueEmitter _epilogues;
        private readonly List<int> _hooks = [];
        private bool _updates;

        public Use(PassesEmitter emitter, Lowered lowered)
        {
            _emitter = emitter;
            (_graph, _schedule, _plan) = (lowered.Graph, lowered.Schedule, lowered.Plan);
            _names = new Names(_graph);
            _epilogues = new EpilogueEmitter(_graph, _names, emitter._operators);
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
                "/// <param name=\"training\">Whether dropout is active.</param>");
            Writer.Open($"public void Forward(Parameters parameters, {_names.ReadOnlySpan} x, Workspace workspace, bool training = true)");
            Writer.Line($"var n = workspace.Begin(x.Length, {Input}, Runtime::WorkspaceStage.Forward);");
            if (_schedule.Steps.Any(step => step.Nodes.Any(node => node.Op is DropoutOp)))
                Writer.Lines("if (training)", "    workspace.Step++;");
            Statements(step => step.Phase == Phase.Forward, "Forward");
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
                "/// <summary>Starts the backward pass from a gradient of your own instead of the loss's: the vector–Jacobian product.</summary>",
                "/// <param name=\"workspace\">The workspace of the forward pass.</param>",
                $"/// <param name=\"dy\">d{_names.Symbol(prediction.Id)} {_names.Extents(prediction.Id)}, the gradient with respect to <see cref=\"Workspace.LossInput\"/>.</param>");
            Writer.Open($"public void OutputGradient(Workspace workspace, {_names.ReadOnlySpan} dy)");
            var gradient = step.Root.Outputs[0];
            Start("Forward", "Loss", "Loss", "OutputGradient");
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
                var (rows, columns) = Extent(prediction.Shape);
                var op = _epilogues.Epilogue("OutputGradientPass", "", gradient, -1, epilogue, [], columns);
                Writer.Line($"Kernels::Pass.Apply<{_names.Type}, {op.Type}>(dy, {_names.Variable(result)}, {rows}, {Text.Invariant(columns)}, {Construct(op)});");
            }

            Hook(result);
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
            Start("Loss", "Loss", "Backward", "Backward");
            Writer.Line($"workspace.Require(x.Length, {Input}, \"input\");");
            Statements(step => step.Phase == Phase.Backward, "Backward");
            Writer.Close();
        }

        public void Update()
        {
            Writer.Lines(
                "/// <summary>Backward and an optimiser's step at once: every parameter is updated while its gradient is in registers, and no gradient is stored.</summary>",
                "/// <param name=\"parameters\">The parameters of the forward pass; updated.</param>",
                $"/// <param name=\"x\">X {_names.Extents(_graph.Input.Id)}, the batch of the forward pass.</param>",
                "/// <param name=\"workspace\">The workspace of the forward pass and the loss.</param>",
                "/// <param name=\"first\">The optimiser's first state in the parameters' layout; empty if the rule has none.</param>",
                "/// <param name=\"second\">The second state, likewise.</param>",
                "/// <param name=\"rule\">The optimiser's rule.</param>",
                "/// <returns>False, and nothing done, where the batch is too large for it.</returns>");
            Writer.Line($"public bool TryUpdate<TRule>(Parameters parameters, {_names.ReadOnlySpan} x, Workspace workspace, {_names.Span} first, {_names.Span} second, TRule rule)");
            Writer.Indent();
            Writer.Line($"where TRule : struct, Kernels::Optimizers.IUpdateRule<{_names.Type}>");
            Writer.Outdent();
            Writer.Open();
            var rows = _graph.Nodes.Where(node => node.Op is DenseBackwardParametersOp).Select(node => _graph.Values[node.Inputs[0]].Shape.Rows).DefaultIfEmpty(1).Max();
            Writer.Line($"if (!Kernels::Dense.CanUpdate<{_names.Type}>({(rows == 1 ? "workspace.Count" : $"workspace.Count * {Text.Invariant(rows)}")}))");
            Writer.Line("    return false;");
            Start("Loss", "Loss", "Empty", "TryUpdate");
            Writer.Line($"workspace.Require(x.Length, {Input}, \"input\");");
            _updates = true;
            Statements(step => step.Phase == Phase.Backward, "Backward");
            Writer.Line();
            Writer.Line("return true;");
            Writer.Close();
        }

        public void BackwardInput()
        {
            Writer.Lines(
                "/// <summary>The gradient of the loss with respect to the batch; follows <see cref=\"Backward\"/>.</summary>",
                "/// <param name=\"parameters\">The parameters of the forward pass.</param>",
                "/// <param name=\"workspace\">The workspace of the forward and backward pass.</param>",
                $"/// <param name=\"dx\">dX {_names.Extents(_graph.Input.Id)}, takes the gradient.</param>");
            Writer.Open($"public void BackwardInput(Parameters parameters, Workspace workspace, {_names.Span} dx)");
            Start("Backward", "Backward", "Backward", "BackwardInput");
            Writer.Line($"workspace.Require(dx.Length, {Input}, \"gradient of the input\");");
            Statements(step => step.Phase == Phase.BackwardInput, "BackwardInput");
            Writer.Close();
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
            Writer.Line($"var n = workspace.Begin(x.Length, {Input}, Runtime::WorkspaceStage.Empty);");
            Writer.Line($"workspace.Require(y.Length, {Text.Invariant(_graph.Values[last.Result].Shape.Size)}, \"output\");");
            Statements(_ => true, "Predict");
            Writer.Close();
        }

        public void Hooks()
        {
            foreach (var value in _hooks.Distinct().Select(id => _graph.Values[id]))
            {
                Writer.Line();
                Writer.Lines(
                    $"/// <summary>Called when the gradient d{_names.Symbol(value.Id).Substring(1)} {_names.Extents(value.Id)} of the layer {value.Layer} is there; costs nothing unless you implement it.</summary>",
                    $"partial void OnGradient{Text.Pascal(value.Layer)}({_names.Span} {_names.Variable(value.Id)});");
            }
        }

        private void Overload(Step step, string target)
        {
            var root = step.Root;
            var shape = _graph.Prediction.Shape;
            var variable = target == "int" ? "labels" : "t";
            var op = (LossOp)root.Op;
            var targetShape = target == "int" ? LabelShape(shape) : shape;
            Writer.Lines(
                "/// <summary>The loss of the last forward pass; leaves its gradient in the workspace.</summary>",
                "/// <param name=\"workspace\">The workspace of the forward pass.</param>",
                $"/// <param name=\"{variable}\">[{(target == "int" && targetShape.Size == 1 ? "n" : targetShape.Batched)}]{(target == "int" ? ", the class of each row" : "")}.</param>",
                $"/// <param name=\"weights\">A factor for each {(op is ClassLossOp ? "row" : "element")}, or empty for all one.</param>",
                "/// <param name=\"terms\">Takes the loss terms before their factors, or empty.</param>");
            Writer.Open($"public {_names.Type} Loss(Workspace workspace, global::System.ReadOnlySpan<{target}> {variable}, {_names.ReadOnlySpan} weights = default, {_names.Span} terms = default)");
            Start("Forward", "Loss", "Loss", "Loss");
            Writer.Line($"workspace.Require({variable}.Length, {Text.Invariant(targetShape.Size)}, \"target\");");
            var epilogue = step.Epilogue.ToList();
            Buffers([root.Inputs[0], step.Result, .. epilogue.SelectMany(node => node.Inputs).Where(id => _graph.Values[id].IsPlanned && id != root.Outputs[0] && !epilogue.Any(node => node.Outputs.Contains(id)))]);
            Writer.Line();
            var symbols = new[] { _names.Symbol(root.Inputs[0]), target == "int" || op is not ClassLossOp ? (op is ClassLossOp ? "labels" : "t") : "t" };
            Writer.Line("// " + op.Formula(symbols, []));
            Writer.Line($"// {op.GradientFormula(symbols, _names.Symbol(root.Outputs[0])).PadRight(FormulaWidth)}  {_names.Extents(root.Outputs[0])}");
            foreach (var node in epilogue)
                Comment(node);
            var (rows, columns) = op is ClassLossOp ? (RowsOf(shape), shape.Last) : Extent(shape);
            var common = $"{_names.Variable(root.Inputs[0])}, {variable}, {_names.Variable(step.Result)}, weights, terms, {rows}, {Text.Invariant(columns)}, Kernels::Losses.LossReduction.{op.Reduction}";
            var call = op switch
            {
                ElementwiseLossOp => LossTermCall(step, epilogue, columns, common),
                SoftmaxCrossEntropyOp softmax when target == "int" => $"Kernels::Losses.SoftmaxCrossEntropy.Evaluate<{_names.Type}>({common}, {Text.RoundTrip(softmax.Smoothing)}, [{_names.Literals(softmax.ClassWeights)}], {Ignore(softmax)})",
                SoftmaxCrossEntropyOp softmax => $"Kernels::Losses.SoftmaxCrossEntropy.Evaluate<{_names.Type}>({common}, {Text.RoundTrip(softmax.Smoothing)})",
                ClassLossOp likelihood => $"Kernels::Losses.{likelihood.Kernel}.Evaluate<{_names.Type}>({common}, [{_names.Literals(likelihood.ClassWeights)}], {Ignore(likelihood)})",
                _ => throw new System.InvalidOperationException($"No code for the loss {op.Name}."),
            };
            if (HasHook(step.Result))
            {
                Writer.Line($"var loss = {call};");
                Hook(step.Result);
                Writer.Line("return loss;");
            }
            else
            {
                Writer.Line($"return {call};");
            }

            Writer.Close();
        }

        private string LossTermCall(Step step, List<Node> epilogue, int columns, string common)
        {
            var term = _epilogues.LossTerm("LossTerm", step.Root, epilogue, columns);
            return $"Kernels::Losses.ElementwiseLoss.Evaluate<{_names.Type}, {term.Type}>({common}, {Construct(term)})";
        }

        private static string Ignore(ClassLossOp op) => op.IgnoreIndex == int.MinValue ? "int.MinValue" : Text.Invariant(op.IgnoreIndex);

        private void Statements(System.Func<Step, bool> select, string suffix)
        {
            var steps = _schedule.Steps.Where(select).ToList();
            Buffers(steps.SelectMany(Touched));
            foreach (var step in steps)
            {
                Writer.Line();
                Statement(step, suffix);
                if (step.HasResult)
                    Hook(step.Result);
            }
        }

        private void Statement(Step step, string suffix)
        {
            var root = step.Root;
            foreach (var node in step.Nodes)
                Comment(node);
            foreach (var node in step.Nodes.Where(node => node.Op is DropoutOp))
                FillMask(node);
            var epilogue = step.Epilogue.ToList();
            var name = Text.Pascal(step.Phase is Phase.Forward ? root.Layer : step.LastNode.Layer) + suffix;
            string V(int id) => Variable(id);
            switch (root.Op)
            {
                case DenseOp dense:
                {
                    var columns = _graph.Values[root.Outputs[0]].Shape.Last;
                    var op = _epilogues.Epilogue(name, Formula(root), root.Outputs[0], dense.Bias ? root.Inputs[2] : -1, epilogue, step.Stores, columns);
                    Writer.Line($"Kernels::Dense.Forward<{_names.Type}, {Shape(root)}, {op.Type}>({V(root.Inputs[0])}, {V(root.Inputs[1])}, {V(step.Result)}, {DenseRows(root.Outputs[0])}, {Construct(op)});");
                    break;
                }

                case DenseBackwardParametersOp dense when _updates:
                    Writer.Line($"Kernels::Dense.UpdateParameters<{_names.Type}, {Shape(root)}, TRule>({V(root.Inputs[0])}, {V(root.Inputs[1])}, parameters.Values, first, second, {Offset(root.Outputs[0])}, {(dense.Bias ? Offset(root.Outputs[1]) : "-1")}, {DenseRows(root.Inputs[0])}, rule);");
                    break;

                case DenseBackwardParametersOp dense:
                    Writer.Line($"Kernels::Dense.BackwardParameters<{_names.Type}, {Shape(root)}>({V(root.Inputs[0])}, {V(root.Inputs[1])}, {V(root.Outputs[0])}, {(dense.Bias ? V(root.Outputs[1]) : "default")}, {DenseRows(root.Inputs[0])}, accumulate);");
                    break;

                case DenseBackwardInputOp:
                {
                    var (_, columns) = ProductColumns(root);
                    var op = _epilogues.Epilogue(name, "", root.Outputs[0], -1, epilogue, step.Stores, columns);
                    Writer.Line($"Kernels::Dense.BackwardInput<{_names.Type}, {Shape(root)}, {op.Type}>({V(root.Inputs[0])}, {V(root.Inputs[1])}, {V(step.Result)}, {DenseRows(root.Inputs[0])}, {Construct(op)});");
                    break;
                }

                case SoftmaxOp softmax:
                {
                    var (outer, axis, inner) = SoftmaxOp.Split(_graph.Values[root.Inputs[0]].Shape, softmax.Axis);
                    Writer.Line($"Kernels::Softmax.Forward<{_names.Type}>({V(root.Inputs[0])}, {V(step.Result)}, {Times(outer)}, {Text.Invariant(axis)}, {Text.Invariant(inner)});");
                    break;
                }

                case SoftmaxBackwardOp softmax:
                {
                    var (outer, axis, inner) = SoftmaxOp.Split(_graph.Values[root.Inputs[0]].Shape, softmax.Axis);
                    Writer.Line($"Kernels::Softmax.Backward<{_names.Type}>({V(root.Inputs[1])}, {V(root.Inputs[0])}, {V(step.Result)}, {Times(outer)}, {Text.Invariant(axis)}, {Text.Invariant(inner)});");
                    break;
                }

                case IElementwise:
                {
                    var (rows, columns) = Extent(_graph.Values[root.Inputs[0]].Shape);
                    var op = _epilogues.Epilogue(name, "", root.Inputs[0], -1, [.. step.Nodes], step.Stores, columns);
                    Writer.Line($"Kernels::Pass.Apply<{_names.Type}, {op.Type}>({V(root.Inputs[0])}, {V(step.Result)}, {rows}, {Text.Invariant(columns)}, {Construct(op)});");
                    break;
                }

                default:
                    throw new System.InvalidOperationException($"No code for {root.Op.Name}.");
            }
        }

        private void Comment(Node node)
        {
            if (_updates && node.Op is DenseBackwardParametersOp)
            {
                var (dz, x) = (_names.Symbol(node.Inputs[0]), _names.Symbol(node.Inputs[1]));
                var updates = node.Outputs.Select((gradient, i) => $"{_names.Symbol(Parameter(gradient))} ← rule({_names.Symbol(Parameter(gradient))}, {(i == 0 ? $"{dz}ᵀ·{x}" : $"Σₙ {dz}")})");
                Writer.Line($"// {string.Join("     ", updates).PadRight(FormulaWidth)}  {_names.Extents(node.Inputs[0])}ᵀ·{_names.Extents(node.Inputs[1])} → {_names.Extents(node.Outputs[0])}");
                return;
            }

            var shapes = node.Op switch
            {
                DenseOp dense => $"{_names.Extents(node.Inputs[0])}·[{_graph.Values[node.Inputs[1]].Shape}]ᵀ{(dense.Bias ? " + " + _names.Extents(node.Inputs[2]) : "")} → {_names.Extents(node.Outputs[0])}",
                DenseBackwardParametersOp => $"{_names.Extents(node.Inputs[0])}ᵀ·{_names.Extents(node.Inputs[1])} → {_names.Extents(node.Outputs[0])}",
                DenseBackwardInputOp => $"{_names.Extents(node.Inputs[0])}·{_names.Extents(node.Inputs[1])} → {_names.Extents(node.Outputs[0])}",
                _ => _names.Extents(node.Outputs[0]),
            };
            Writer.Line($"// {Formula(node).PadRight(FormulaWidth)}  {shapes}");
        }

        private string Formula(Node node) => node.Op.Formula(_names.Symbols(node.Inputs), _names.Symbols(node.Outputs));

        private void FillMask(Node node)
        {
            var mask = _names.Variable(node.Outputs[1]);
            var index = _graph.Nodes.Where(other => other.Op is DropoutOp).ToList().IndexOf(node);
            Writer.Lines(
                "if (!training)",
                $"    {mask}.Fill(1);",
                "else if (!workspace.FrozenMasks)",
                $"    Kernels::Dropout.FillMask<{_names.Type}>({mask}, {Text.RoundTrip(((DropoutOp)node.Op).Rate)}, workspace.MaskSeed({Text.Invariant(index)}), workspace.Step);");
        }

        private string Construct(Operator op) => op.Arguments.Count == 0 ? "default" : $"new({string.Join(", ", op.Arguments.Select(Variable))})";

        private string Shape(Node node)
        {
            var weight = node.Inputs.Concat(node.Outputs).Select(id => _graph.Values[id]).First(value => value.Kind is ValueKind.Parameter or ValueKind.ParameterGradient && value.Shape.Rank == 2);
            var body = new CodeWriter();
            body.Open(" : Kernels::IDenseShape");
            body.Lines(
                $"public static int Inputs => {Text.Invariant(weight.Shape.Last)};",
                "",
                $"public static int Outputs => {Text.Invariant(weight.Shape.Extents[0])};");
            body.Close();
            return _emitter._operators.AddShape($"Dense{Text.Invariant(weight.Shape.Last)}To{Text.Invariant(weight.Shape.Extents[0])}", "Extents of a dense layer, constants for the compiler", body.ToString());
        }

        private (string Rows, int Columns) ProductColumns(Node node) => (DenseRows(node.Inputs[0]), _graph.Values[node.Inputs[1]].Shape.Last);

        // A product over the last axis takes every row of a sample as a row of the matrix.
        private string DenseRows(int id) => RowsOf(_graph.Values[id].Shape);

        private string RowsOf(Shape shape) => Times(shape.Rows);

        private (string Rows, int Columns) Extent(Shape shape) => ("n", shape.Size);

        private static string Times(int rows) => rows == 1 ? "n" : $"n * {Text.Invariant(rows)}";

        private static Shape LabelShape(Shape shape) => Model.Shape.Of(shape.Rows);

        private string Variable(int id)
        {
            var value = _graph.Values[id];
            if (_plan.External.Contains(id))
                return "y";
            return value.Kind switch
            {
                ValueKind.Parameter => $"parameters.{Text.Pascal(value.Layer)}.{Tensor(id)}",
                ValueKind.ParameterGradient => $"gradients.{Text.Pascal(value.Layer)}.{Tensor(id)}",
                _ => value.Name,
            };
        }

        private string Tensor(int id) => Text.Pascal(Place(id).Spec.Name);

        private string Offset(int gradient) => Text.Invariant(Place(gradient).Offset);

        private PlacedParameter Place(int id) => _emitter._model.Parameters.Find(_graph.Values[Parameter(id)].Name);

        private int Parameter(int id) =>
            _graph.Values[id].Kind == ValueKind.Parameter ? id : _graph.Values.First(value => "d" + value.Name == _graph.Values[id].Name).Id;

        private IEnumerable<int> Touched(Step step)
        {
            var inner = step.Nodes.Take(step.Nodes.Count - 1).Select(node => node.Outputs.Count > 0 ? node.Outputs[0] : -1).Where(id => !step.Stores.Contains(id)).ToList();
            return step.Nodes.SelectMany(node => node.Inputs.Concat(node.Outputs)).Where(id => !inner.Contains(id));
        }

        private void Start(string from, string to, string next, string pass) =>
            Writer.Line($"var n = workspace.Continue(Runtime::WorkspaceStage.{from}, Runtime::WorkspaceStage.{to}, Runtime::WorkspaceStage.{next}, \"{pass}\");");

        private void Buffers(IEnumerable<int> ids)
        {
            foreach (var id in ids.Distinct().Where(id => _graph.Values[id].IsPlanned && !_plan.External.Contains(id)))
            {
                var buffer = _plan.Find(id)!;
                Writer.Line($"{$"var {_names.Variable(id)} = workspace.Buffer({Text.Invariant(buffer.Offset)}, {Text.Invariant(buffer.Size)});".PadRight(FormulaWidth + 3)}  // {_names.Symbol(id)} {_names.Extents(id)}");
            }
        }

        // The gradient of a copy of the batch is BackwardInput's answer.
        private bool HasHook(int id) => _graph.Values[id] is { Kind: ValueKind.Gradient } && !_graph.ConsumersOf(id).Any(node => node.Op is CopyOp);

        private void Hook(int id)
        {
            if (!HasHook(id))
                return;
            _hooks.Add(id);
            Writer.Line($"OnGradient{Text.Pascal(_graph.Values[id].Layer)}({_names.Variable(id)});");
        }
    }
}
