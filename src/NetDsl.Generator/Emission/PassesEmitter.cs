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
        private readonly PassSignatures _signatures;
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
            _code = new NetworkCode(_graph, _names, emitter._operators, Variable, node => Text.Invariant(masks[node])) { GradientArena = "gradients" };
            _steps = new StepWriter(Writer, _code);
            _signatures = new PassSignatures(lowered, Layers, Writer);
        }

        private CodeWriter Writer => _emitter._writer;

        private LayerList Layers => _emitter._model.Layers;

        public void Forward()
        {
            _signatures.Forward();
            var methods = Methods("Forward", _steps);
            Buffers(_outlines.Forward);
            Statements(_outlines.Forward.Items, _steps, methods);
            Writer.Line();
            _signatures.Finish("Forward");
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
            _signatures.OutputGradient();
            Buffers(_signatures.Losses.SelectMany(pair => _signatures.Written(pair.Step)));
            foreach (var (head, step) in _signatures.Losses)
            {
                Writer.Line();
                StartGradient(step, Heads.GradientsOf(Layers, head));
            }

            _signatures.Finish("Loss");
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

        public void Backward()
        {
            _signatures.Backward();
            var methods = Methods("Backward", _steps);
            Buffers(_outlines.Backward);
            Statements(_outlines.Backward.Items, _steps, methods);
            Writer.Line();
            _signatures.Finish("Backward");
            Writer.Close();
            Write(_outlines.Backward, methods);
        }

        public void BackwardInput()
        {
            _signatures.BackwardInput();
            var steps = new StepWriter(Writer, _code with { LeavesOutParameters = true, GradientArena = "", Variable = id => _graph.Values[id].Kind == ValueKind.ParameterGradient ? "default" : Variable(id) });
            var (way, last, methods) = (_outlines.WayToInput, _outlines.BackwardInput, Methods("BackwardInput", steps));
            Buffers(way, last);
            if (way.Items.Count > 0)
            {
                _signatures.BeginWayToInput();
                Statements(way.Items, steps, methods, startsBlock: true);
                Writer.Line();
                _signatures.Finish("BackwardInput");
                Writer.Close();
            }

            if (_graph.Inputs.Count() == 1)
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
            _signatures.Predict();
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
            var heads = _signatures.Losses;
            var single = heads.Count == 1;
            _signatures.Loss(variant);
            _signatures.BeginLoss(variant);
            Buffers(heads.SelectMany(pair => _graph.PredictionsOf(pair.Step.Root).Select(value => value.Id).Concat(_signatures.Written(pair.Step))));
            foreach (var (head, step) in heads)
            {
                Writer.Line();
                if (!single)
                    Writer.Line($"// ———— {PassSignatures.NameOf(head)} ————");
                Evaluate(head, step, variant.Heads.First(pair => pair.Head.Loss == head.Loss).TakesLabels);
            }

            if (!single)
                Writer.Lines("", $"// L = {string.Join(" + ", heads.Select(pair => (pair.Head.Op.Weight == 1 ? "" : Text.RoundTrip(pair.Head.Op.Weight) + "·") + pair.Head.Variable("loss")))}");
            foreach (var (head, _) in single ? [] : heads)
                Writer.Line($"workspace.{Text.Pascal(head.Variable("loss"))} = {head.Variable("loss")};");
            _signatures.Finish("Loss");
            var terms = heads.Select(pair => (pair.Head.Op.Weight == 1 ? "" : _names.Literals([pair.Head.Op.Weight]) + " * ") + pair.Head.Variable("loss"));
            Writer.Line($"return {string.Join(" + ", terms)}{(_graph.Nodes.Any(node => node.Op is PenaltyOp) ? " + workspace.Penalty" : "")};");
            Writer.Close();
        }

        private void Evaluate(Head head, Step step, bool takesLabels)
        {
            _signatures.LossFormulas(head, step, takesLabels, _steps);
            var call = ((LossOp)step.Root.Op).Evaluate(new LossCode(_code, step, takesLabels, head.Target(takesLabels), head.Variable("weights"), head.Variable("terms")));
            Writer.Line($"var {head.Variable("loss")} = {call};");
            foreach (var result in step.Nodes.Count == 1 ? step.Root.Outputs : EquatableArray.Of(step.Result))
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
