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
        private readonly IReadOnlyDictionary<int, string> _external;
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
            var outputs = Heads.Outputs(emitter._model.Layers);
            _external = _plan.External.ToDictionary(value => value.Value, value => outputs[value.Output].Variable);
            _names = new Names(_graph);
            var masks = MaskNumbers.Of(_graph);
            _code = new NetworkCode(_graph, _names, emitter._operators, Variable, node => Text.Invariant(masks[node]));
            _steps = new StepWriter(Writer, _code);
        }

        private CodeWriter Writer => _emitter._writer;

        private LayerList Layers => _emitter._model.Layers;

        private IReadOnlyList<Value> Inputs => [.. _graph.Inputs];

        // ReadOnlySpan<float> x
        private string InputParameters => string.Join(", ", _graph.Inputs.Select(input => $"{_names.ReadOnlySpan} {_names.Variable(input.Id)}"));

        private IEnumerable<string> InputRemarks(string what) => _graph.Inputs.Select(input => $"/// <param name=\"{_names.Variable(input.Id)}\">{_names.Symbol(input.Id)} {_names.Extents(input.Id)}, {what}.</param>");

        // The first batch tells the number of samples.
        private void Begin(bool training)
        {
            Writer.Line($"var n = workspace.Begin({_names.Variable(Inputs[0].Id)}.Length, {Text.Invariant(Inputs[0].Shape.Size)}, training: {(training ? "true" : "false")});");
            Require(Inputs.Skip(1));
        }

        private void Require(IEnumerable<Value> inputs)
        {
            foreach (var input in inputs)
                Writer.Line($"workspace.Require({_names.Variable(input.Id)}.Length, {Text.Invariant(input.Shape.Size)}, \"{(Inputs.Count == 1 ? "input" : "input " + input.Layer)}\");");
        }

        public void Forward()
        {
            Writer.Lines([
                "/// <summary>Runs the layers on a batch and keeps what the backward pass needs.</summary>",
                "/// <param name=\"parameters\">The parameters.</param>",
                .. InputRemarks("the batch"),
                "/// <param name=\"workspace\">Takes the activations.</param>",
                _schedule.Steps.Any(step => step.Root.Op is BatchNormOp)
                    ? "/// <param name=\"training\">Whether dropout is active and batch normalisation takes the batch's statistics instead of the running ones, which follow them.</param>"
                    : "/// <param name=\"training\">Whether dropout is active.</param>",
            ]);
            Writer.Open($"public void Forward(Parameters parameters, {InputParameters}, Workspace workspace, bool training = true)");
            Begin(training: true);
            if (_schedule.Steps.Any(step => step.Nodes.Any(node => node.Op is DropoutOp)))
                Writer.Lines("if (training)", "    workspace.Step++;");
            if (_schedule.Steps.Any(step => step.Root.Op is BatchNormOp))
                Writer.Line("workspace.BatchStatistics = training;");
            var methods = Methods("Forward", _steps);
            Buffers(_outlines.Forward);
            Statements(_outlines.Forward.Items, _steps, methods);
            Writer.Line();
            Finish("Forward");
            Writer.Close();
            Write(_outlines.Forward, methods);
        }

        public void Loss()
        {
            var variants = LossVariant.Of(Heads.Of(Layers));
            for (var i = 0; i < variants.Count; i++)
            {
                if (i > 0)
                    Writer.Line();
                Overload(variants[i]);
            }
        }

        public void OutputGradient()
        {
            var heads = Steps(Heads.Of(Layers));
            var gradients = Heads.Of(Layers).SelectMany(head => Heads.GradientsOf(Layers, head).Zip(_graph.PredictionsOf(_graph.LossOf(head)), (name, prediction) => (name, prediction))).ToList();
            Writer.Lines(
                $"/// <summary>Starts the backward pass from {(_graph.HasLoss ? gradients.Count == 1 ? "a gradient of your own instead of the loss's" : "gradients of your own instead of the losses'" : gradients.Count == 1 ? "the gradient of a loss outside the network" : "the gradients of losses outside the network")}: the vector–Jacobian product.</summary>",
                "/// <param name=\"workspace\">The workspace of the forward pass.</param>");
            foreach (var (name, prediction) in gradients)
                Writer.Line($"/// <param name=\"{name}\">d{_names.Symbol(prediction.Id)} {_names.Extents(prediction.Id)}, the gradient with respect to {(gradients.Count == 1 ? "<see cref=\"Workspace.LossInput\"/>" : "what the loss reads")}.</param>");
            Writer.Open($"public void OutputGradient(Workspace workspace, {string.Join(", ", gradients.Select(gradient => $"{_names.ReadOnlySpan} {gradient.name}"))})");
            Start("Forward", "Loss", "OutputGradient");
            foreach (var (name, prediction) in gradients)
                Writer.Line($"workspace.Require({name}.Length, {Text.Invariant(prediction.Shape.Size)}, \"{(gradients.Count == 1 ? "gradient" : "gradient " + name)}\");");
            Buffers(heads.SelectMany(pair => Written(pair.Step)));
            foreach (var (head, step) in heads)
            {
                Writer.Line();
                StartGradient(step, Heads.GradientsOf(Layers, head));
            }

            Finish("Loss");
            Writer.Close();
        }

        private void StartGradient(Step step, IReadOnlyList<string> from)
        {
            var (root, epilogue) = (step.Root, step.Epilogue.ToList());
            if (epilogue.Count == 0)
            {
                foreach (var (name, id) in from.Zip(root.Outputs, (name, id) => (name, id)))
                {
                    Writer.Line($"{name}.CopyTo({_names.Variable(id)});");
                    Hook(id);
                }

                return;
            }

            foreach (var node in epilogue)
                _steps.Comment(node);
            var columns = _graph.Values[root.Inputs[0]].Shape.Size;
            var op = _code.Code(_code.Epilogues.Epilogue(root.Outputs[0], -1, epilogue, [], columns));
            Writer.Line($"Kernels::Pass.Apply<{_names.Type}, {op.Type}>({from[0]}, {_names.Variable(step.Result)}, {StepCode.Matrix(columns)}, {op.Construction});");
            Hook(step.Result);
        }

        // The losses in the order in which they run.
        private List<(Head Head, Step Step)> Steps(IReadOnlyList<Head> heads) =>
            [.. _schedule.Steps.Where(step => step.Phase == Phase.Loss).Select(step => (heads.First(head => head.Loss.Name == step.Root.Layer), step))];

        // What the step of a loss leaves, and what it reads on the way from the gradient to that.
        private IEnumerable<int> Written(Step step)
        {
            var (root, epilogue) = (step.Root, step.Epilogue.ToList());
            return (epilogue.Count == 0 ? root.Outputs : EquatableArray.Of(step.Result))
                .Concat(epilogue.SelectMany(node => node.Inputs).Where(id => _graph.Values[id].IsPlanned && id != root.Outputs[0] && !epilogue.Any(node => node.Outputs.Contains(id))));
        }

        public void Backward()
        {
            Writer.Lines([
                "/// <summary>The gradient of the loss with respect to every parameter, layer by layer from the last to the first.</summary>",
                "/// <param name=\"parameters\">The parameters of the forward pass.</param>",
                .. InputRemarks("the batch of the forward pass"),
                "/// <param name=\"workspace\">The workspace of the forward pass and the loss.</param>",
                "/// <param name=\"gradients\">Takes the gradients.</param>",
                "/// <param name=\"accumulate\">Whether to add to what <paramref name=\"gradients\"/> holds instead of replacing it.</param>",
            ]);
            Writer.Open($"public void Backward(Parameters parameters, {InputParameters}, Workspace workspace, Gradients gradients, bool accumulate = false)");
            Start("Loss", "Loss", "Backward");
            Require(Inputs);
            var methods = Methods("Backward", _steps);
            Buffers(_outlines.Backward);
            Statements(_outlines.Backward.Items, _steps, methods);
            Writer.Line();
            Finish("Backward");
            Writer.Close();
            Write(_outlines.Backward, methods);
        }

        public void BackwardInput()
        {
            var gradients = Inputs.Select(input => (Input: input, Name: WantedGradients.NameOf(_graph, input))).ToList();
            var single = gradients.Count == 1;
            Writer.Lines([
                $"/// <summary>The gradient of the loss with respect to {(single ? "the batch" : "the batches")}; follows <see cref=\"Backward\"/>, or the loss itself, where no parameter's gradient is wanted.</summary>",
                "/// <param name=\"parameters\">The parameters of the forward pass.</param>",
                "/// <param name=\"workspace\">The workspace of the forward pass and the loss.</param>",
                .. gradients.Select(gradient => $"/// <param name=\"{gradient.Name}\">d{_names.Symbol(gradient.Input.Id)} {_names.Extents(gradient.Input.Id)}, takes the gradient{(single ? "" : "; empty if not wanted")}.</param>"),
            ]);
            Writer.Open($"public void BackwardInput(Parameters parameters, Workspace workspace, {string.Join(", ", gradients.Select(gradient => $"{_names.Span} {gradient.Name}"))})");
            Start("Loss", "BackwardInput", "BackwardInput");
            foreach (var (input, name) in gradients)
            {
                if (!single)
                    Writer.Line($"if (!{name}.IsEmpty)");
                Writer.Line($"{(single ? "" : "    ")}workspace.Require({name}.Length, {Text.Invariant(input.Shape.Size)}, \"gradient of the input{(single ? "" : " " + input.Layer)}\");");
            }

            // An input that no loss depends on.
            foreach (var (_, name) in gradients.Where(gradient => WantedGradients.ValueOf(_graph, gradient.Input) is null))
                Writer.Line($"{name}.Clear();");
            var steps = new StepWriter(Writer, _code with { LeavesOutParameters = true, Variable = id => _graph.Values[id].Kind == ValueKind.ParameterGradient ? "default" : Variable(id) });
            var (way, last, methods) = (_outlines.WayToInput, _outlines.BackwardInput, Methods("BackwardInput", steps));
            Buffers(way, last);
            if (way.Items.Count > 0)
            {
                Writer.Line();
                Writer.Line("// Without Backward before it, the gradients of the layers come first, as there; those of parameters are left out.");
                Writer.Open("if (workspace.Stage == Runtime::WorkspaceStage.Loss)");
                Statements(way.Items, steps, methods, startsBlock: true);
                Writer.Line();
                Finish("BackwardInput");
                Writer.Close();
            }

            if (single)
                Statements(last.Items, steps, methods);
            else
                WantedStatements(last.Items, steps, methods);
            Writer.Close();
            Write(way, methods);
            Write(last, methods);
        }

        // Each step only where somebody wants a gradient that it leads to.
        private void WantedStatements(IReadOnlyList<OutlineItem> items, StepWriter steps, BlockMethods methods)
        {
            IReadOnlyList<Node> NodesOf(OutlineItem item) => [.. (item.Instance?.Steps ?? [item.Step!]).SelectMany(step => step.Nodes)];
            foreach (var (start, count, gradients) in WantedGradients.Runs(_graph, [.. items.Select(NodesOf)]))
            {
                Writer.Line();
                Writer.Open($"if ({string.Join(" || ", gradients.Select(gradient => $"!{_names.Variable(gradient.Id)}.IsEmpty"))})");
                Statements([.. items.Skip(start).Take(count)], steps, methods, startsBlock: true);
                Writer.Close();
            }
        }

        public void Predict()
        {
            var outputs = Heads.Outputs(Layers).Zip(_graph.Kept, (output, id) => (output.Variable, Id: id)).ToList();
            var single = outputs.Count == 1;
            Writer.Lines([
                $"/// <summary>The network's {(single ? "answer" : "answers")} to a batch, at inference.</summary>",
                "/// <param name=\"parameters\">The parameters.</param>",
                .. InputRemarks("the batch"),
                .. outputs.Select(output => $"/// <param name=\"{output.Variable}\">{Text.Pascal(output.Variable)} {_names.Extents(output.Id)}, takes the answer.</param>"),
                "/// <param name=\"workspace\">Scratch memory; a training step under way in it is lost.</param>",
            ]);
            Writer.Open($"public void Predict(Parameters parameters, {InputParameters}, {string.Join(", ", outputs.Select(output => $"{_names.Span} {output.Variable}"))}, Workspace workspace)");
            Begin(training: false);
            foreach (var (name, id) in outputs)
                Writer.Line($"workspace.Require({name}.Length, {Text.Invariant(_graph.Values[id].Shape.Size)}, \"{(single ? "output" : "output " + name)}\");");
            var methods = Methods("Predict", _steps);
            Buffers(_outlines.Forward);
            Statements(_outlines.Forward.Items, _steps, methods);
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
                    $"partial void OnGradient{Text.Member(value.Layer)}({_names.Span} gradient);");
            }

            _blockHooks.Write(Writer, _names.Span);
        }

        private BlockMethods Methods(string pass, StepWriter steps) => new(Writer, pass, steps.Code, _plan, _emitter._parameters, _emitter._views, _blockHooks, HookOf);

        private void Write(Outline outline, BlockMethods methods)
        {
            foreach (var method in outline.Methods)
                methods.Write(method);
        }

        private void Statements(IReadOnlyList<OutlineItem> items, StepWriter steps, BlockMethods methods, bool startsBlock = false)
        {
            for (var i = 0; i < items.Count; i++)
            {
                var item = items[i];
                if (i > 0 || !startsBlock)
                    Writer.Line();
                if (item is { Method: { } method, Instance: { } instance })
                {
                    methods.Call(method, instance);
                    _hooks.AddRange(instance.Steps.Where(step => step.HasResult && HookOf(step.Result) is not null).Select(step => step.Result));
                    continue;
                }

                var step = item.Step!;
                steps.Heading(step, i == 0 ? null : items[i - 1].Step);
                steps.Write(step);
                if (step.HasResult)
                    Hook(step.Result);
            }
        }

        private void Overload(LossVariant variant)
        {
            var heads = Steps(Heads.Of(Layers));
            var single = heads.Count == 1;
            string Of(Head head) => single ? "" : $" of {(head.Name.Length == 0 ? "the network's stack" : head.Name)}";
            var (documentation, parameters) = (new List<string>(), new List<string>());
            void Parameter(string type, string name, string remark)
            {
                documentation.Add($"/// <param name=\"{name}\">{remark}.</param>");
                parameters.Add($"{type} {name}");
            }

            Parameter("Workspace", "workspace", "The workspace of the forward pass");
            foreach (var (head, takesLabels) in variant.Targets)
            {
                var shape = TargetShape(head, takesLabels);
                Parameter($"global::System.ReadOnlySpan<{(takesLabels ? "int" : _names.Type)}>", head.Target(takesLabels), $"[{(shape.Size == 1 && takesLabels ? "n" : shape.Batched)}]{(takesLabels ? ", the class of each row" : "")}{(single ? "" : $", what {(head.Name.Length == 0 ? "the network's stack" : head.Name)} is compared with")}");
            }

            foreach (var (head, _) in variant.Heads.Where(pair => pair.Head.Op.HasWeights))
                Parameter(_names.ReadOnlySpan, head.Variable("weights") + " = default", $"A factor for each {(head.Op switch { ClassLossOp => "row", SampleLossOp => "sample", _ => "element" })}{Of(head)}, or empty for all one");
            foreach (var (head, _) in variant.Heads)
                Parameter(_names.Span, head.Variable("terms") + " = default", $"Takes the loss terms{Of(head)} before their factors, or empty");
            Writer.Line($"/// <summary>The {(single ? "loss" : "weighted sum of the losses")} of the last forward pass; leaves its gradient in the workspace.</summary>");
            Writer.Lines([.. documentation.Select(line => line.Replace(" = default", ""))]);
            Writer.Open($"public {_names.Type} Loss({string.Join(", ", parameters)})");
            Start("Forward", "Loss", "Loss");
            foreach (var (head, takesLabels) in variant.Targets)
                Writer.Line($"workspace.Require({head.Target(takesLabels)}.Length, {Text.Invariant(TargetShape(head, takesLabels).Size)}, \"{(single ? "target" : head.Target(takesLabels))}\");");
            Buffers(heads.SelectMany(pair => _graph.PredictionsOf(pair.Step.Root).Select(value => value.Id).Concat(Written(pair.Step))));
            foreach (var (head, step) in heads)
            {
                Writer.Line();
                if (!single)
                    Writer.Line($"// ———— {(head.Name.Length == 0 ? "the network's stack" : head.Name)} ————");
                Evaluate(head, step, variant.Heads.First(pair => pair.Head.Loss == head.Loss).TakesLabels);
            }

            if (!single)
                Writer.Lines("", $"// L = {string.Join(" + ", heads.Select(pair => (pair.Head.Op.Weight == 1 ? "" : Text.RoundTrip(pair.Head.Op.Weight) + "·") + pair.Head.Variable("loss")))}");
            foreach (var (head, _) in single ? [] : heads)
                Writer.Line($"workspace.{Text.Pascal(head.Variable("loss"))} = {head.Variable("loss")};");
            Finish("Loss");
            var terms = heads.Select(pair => (pair.Head.Op.Weight == 1 ? "" : _names.Literals([pair.Head.Op.Weight]) + " * ") + pair.Head.Variable("loss"));
            Writer.Line($"return {string.Join(" + ", terms)}{(_graph.Nodes.Any(node => node.Op is PenaltyOp) ? " + workspace.Penalty" : "")};");
            Writer.Close();
        }

        private Shape TargetShape(Head head, bool takesLabels)
        {
            var prediction = _graph.PredictionsOf(_graph.LossOf(head)).First().Shape;
            var size = head.Op.TargetSize(prediction, takesLabels);
            return size == prediction.Size && !takesLabels ? prediction : Shape.Of(size);
        }

        private void Evaluate(Head head, Step step, bool takesLabels)
        {
            var (root, op) = (step.Root, (LossOp)step.Root.Op);
            List<string> symbols = [.. _graph.PredictionsOf(root).Select(value => _names.Symbol(value.Id)), takesLabels ? $"onehot({head.Target(takesLabels)})" : head.IsOnly ? "t" : head.Target(takesLabels)];
            Writer.Line("// " + op.Formula(symbols, []));
            foreach (var gradient in root.Outputs)
                Writer.Line($"// {op.GradientFormula(symbols, _names.Symbol(gradient)).PadRight(StepWriter.FormulaWidth)}  {_names.Extents(gradient)}");
            foreach (var node in step.Epilogue)
                _steps.Comment(node);
            var call = op.Evaluate(new LossCode(_code, step, takesLabels, head.Target(takesLabels), head.Variable("weights"), head.Variable("terms")));
            Writer.Line($"var {head.Variable("loss")} = {call};");
            foreach (var result in step.Nodes.Count == 1 ? root.Outputs : EquatableArray.Of(step.Result))
                Hook(result);
        }

        private string Variable(int id)
        {
            var value = _graph.Values[id];
            if (_external.TryGetValue(id, out var output))
                return output;
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
            foreach (var id in ids.Distinct().Where(id => !_external.ContainsKey(id)))
            {
                var isFixed = _fixed.TryGetValue(id, out var buffer);
                if (isFixed || _buffers.TryGetValue(id, out buffer))
                    _steps.Buffer(id, isFixed, Text.Invariant(buffer.Offset), buffer.Size);
            }
        }

        // The gradient of a copy of the batch is BackwardInput's answer.
        private string? HookOf(int id) => _graph.Values[id] is { Kind: ValueKind.Gradient } value && _graph.Inputs.All(input => input.Layer != value.Layer) ? "OnGradient" + Text.Member(value.Layer) : null;

        private void Hook(int id)
        {
            if (HookOf(id) is not { } hook)
                return;
            _hooks.Add(id);
            Writer.Line($"{hook}({Variable(id)});");
        }
    }
}
