using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Emission.Gpu;

/// <summary>The methods of one use of the network on a device: its training or its inference. Statements are those of the host, printed by the same operations, over views of the device's memory.</summary>
internal sealed partial class GpuPasses
{
    private readonly NetworkGraph _graph;
    private readonly LayerList _layers;
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
    private readonly IReadOnlyDictionary<int, string> _external;
    private readonly PassSignatures _signatures;

    public GpuPasses(NetworkModel model, Lowered lowered, CodeWriter writer, OperatorFile operators)
    {
        (_graph, _schedule, _plan, _writer) = (lowered.Graph, lowered.Schedule, lowered.Plan, writer);
        _layers = model.Layers;
        _storage = new Storage(_graph);
        _names = new Names(_graph, onDevice: true);
        var masks = MaskNumbers.Of(_graph);
        _code = new NetworkCode(_graph, _names, operators, Variable, node => Text.Invariant(masks[node]));
        _steps = new StepWriter(writer, _code);
        _parameters = model.Parameters.Parameters.ToDictionary(parameter => parameter.Name);
        _buffers = _plan.Buffers.ToDictionary(buffer => buffer.Value);
        _fixed = _plan.Fixed.Buffers.ToDictionary(buffer => buffer.Value);
        _signatures = new PassSignatures(lowered, _layers, writer, onDevice: true);
        var outputs = Heads.Outputs(_layers);
        _external = _plan.External.ToDictionary(value => value.Value, value => OnDevice(outputs[value.Output].Variable));
    }

    private string Type => _names.Type;

    private IReadOnlyList<Value> Inputs => _signatures.Inputs;

    // The view of the device's memory where a parameter of the method is the host's.
    private static string OnDevice(string parameter) => parameter + "OnDevice";

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
        _signatures.Predict();
        Upload();
        var offset = 0;
        foreach (var (name, id) in _signatures.Outputs)
        {
            var size = _graph.Values[id].Shape.Size;
            _writer.Line($"var {OnDevice(name)} = workspace.Answer({Text.Invariant(offset)}, {Text.Invariant(size)});");
            offset += size;
        }

        Locals(_schedule.Steps.SelectMany(step => step.Touched));
        Folds();
        Statements(_schedule.Steps, new StepWriter(_writer, _code, prepares: false));
        _writer.Line();
        foreach (var (name, _) in _signatures.Outputs)
            _writer.Line($"{OnDevice(name)}.Download({name});");
        _writer.Close();
    }

    // What is left of batch normalisations stays until the parameters change.
    private void Folds()
    {
        var folds = _schedule.Steps.SelectMany(_steps.Preparations).ToList();
        if (folds.Count == 0)
            return;
        _writer.Line();
        _writer.Open("if (workspace.LacksFolds(parameters))");
        _writer.Lines([.. folds, "workspace.HasFolds(parameters);"]);
        _writer.Close();
    }

    private void Forward()
    {
        var steps = _schedule.Steps.Where(step => step.Phase == Phase.Forward).ToList();
        _signatures.Forward();
        if (steps.Any(step => step.Root.Op is PenaltyOp))
            _writer.Line("workspace.PenaltySum.Clear();");
        Upload();
        // What batch normalisation moves lies among the parameters.
        Locals(steps.SelectMany(step => step.Touched), movesStatistics: steps.Any(step => step.Root.Op is BatchNormOp { IsFrozen: false }));
        Statements(steps, _steps);
        _writer.Line();
        _signatures.Finish("Forward");
        _writer.Close();
    }

    private void Upload()
    {
        foreach (var input in Inputs)
            _writer.Line($"var {OnDevice(input.Name)} = workspace.Upload({Place(input)}, {_names.Variable(input.Id)});");
    }

    // Inputs lie behind each other, and so do their gradients in their place.
    private string Place(Value input) => $"{Text.Invariant(Inputs.TakeWhile(other => other != input).Sum(other => other.Shape.Size))}, {Text.Invariant(input.Shape.Size)}";

    private void Backward()
    {
        var steps = _schedule.Steps.Where(step => step.Phase == Phase.Backward).ToList();
        _signatures.Backward();
        var touched = steps.SelectMany(step => step.Touched).ToList();
        foreach (var input in Inputs.Where(input => touched.Any(id => _storage.Of(id) == _storage.Of(input.Id))))
            _writer.Line($"var {OnDevice(input.Name)} = workspace.Batch({Place(input)});");
        Locals(touched);
        Statements(steps, _steps);
        _writer.Line();
        _signatures.Finish("Backward");
        _writer.Close();
    }

    private void BackwardInput()
    {
        _signatures.BackwardInput();
        var gradients = Inputs.Where(input => WantedGradients.ValueOf(_graph, input) is not null).Select(input => (Input: input, Name: WantedGradients.NameOf(_graph, input))).ToList();
        foreach (var (input, name) in gradients)
            _writer.Line($"var {OnDevice(name)} = workspace.Batch({Place(input)});");
        var last = _schedule.Steps.Where(step => step.Phase == Phase.BackwardInput).ToList();
        var way = WayToInput.Of(_graph, _schedule);
        Locals(way.Concat(last).SelectMany(step => step.Touched), leavesOutParameters: true);
        if (way.Count > 0)
        {
            _signatures.BeginWayToInput();
            // Kernels that make gradients of parameters, too, get no memory for them.
            var steps = new StepWriter(_writer, _code with { LeavesOutParameters = true, Variable = id => _graph.Values[id].Kind == ValueKind.ParameterGradient ? "default" : Variable(id) });
            Statements(way, steps, startsBlock: true);
            _writer.Line();
            _signatures.Finish("BackwardInput");
            _writer.Close();
        }

        if (Inputs.Count == 1)
            Statements(last, _steps);
        else
            WantedStatements(last);
        _writer.Line();
        // The gradient lies in the place of the batch, which Backward would read.
        if (way.Count == 0)
            _signatures.Finish("BackwardInput");
        foreach (var (_, name) in gradients)
        {
            if (Inputs.Count > 1)
                _writer.Line($"if (!{name}.IsEmpty)");
            _writer.Line($"{(Inputs.Count == 1 ? "" : "    ")}{OnDevice(name)}.Download({name});");
        }

        _writer.Close();
    }

    // Each step only where somebody wants a gradient that it leads to.
    private void WantedStatements(IReadOnlyList<Step> steps)
    {
        foreach (var (start, count, gradients) in WantedGradients.Runs(_graph, [.. steps.Select(step => step.Nodes)]))
        {
            _writer.Line();
            _writer.Open($"if ({string.Join(" || ", gradients.Select(gradient => $"!{gradient.Name}.IsEmpty"))})");
            Statements([.. steps.Skip(start).Take(count)], _steps, startsBlock: true);
            _writer.Close();
        }
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
        if (_external.TryGetValue(id, out var output))
            return output;
        if (value.IsPlanned && !_storage.IsPlanned(id))
            return Variable(_storage.Sharing(id).First(other => !_graph.Values[other].IsPlanned));
        return value.Kind switch
        {
            // Gradients of a shared parameter are one place.
            ValueKind.ParameterGradient => "d" + _graph.Values[value.Of].Name,
            ValueKind.Input or ValueKind.InputGradient => OnDevice(value.Name),
            _ => value.Name,
        };
    }

    // Parameters, their gradients and the workspace's buffers as views of the device's memory.
    private void Locals(IEnumerable<int> ids, bool leavesOutParameters = false, bool movesStatistics = false)
    {
        var values = ids.Distinct().Where(id => !_external.ContainsKey(id)).Select(id => _graph.Values[id]).ToList();
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
