using System.Numerics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;
using NetDsl.Generator.Tests.Reference;

namespace NetDsl.Generator.Tests.Numerics;

/// <summary>Runs a compiled network and compares all that it computes with the reference interpreter, and gradients with differences of the loss.</summary>
internal sealed class NetworkComparison<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const ulong Step = 7;

    // Of the largest element of a tensor: rounding in sums of up to some hundred terms, through six layers.
    private static readonly double Tolerance = typeof(T) == typeof(float) ? 2e-4 : 1e-10;

    private readonly NetworkModel _model;
    private readonly NetworkGraph _graph;
    private readonly INetwork<T> _network;
    private readonly int _batch;
    private readonly Random _random;
    private readonly ParameterArena<T> _parameters;
    private readonly GradientArena<T> _gradients;
    private readonly Workspace<T> _workspace;
    private readonly T[] _x;
    private readonly T[] _dx;
    private T[] _state = [];

    public NetworkComparison(NetworkModel model, INetwork<T> network, int batch, int seed)
    {
        (_model, _graph, _network, _batch, _random) = (model, model.Training.Graph, network, batch, new Random(seed));
        _parameters = network.CreateParameters((ulong)seed);
        foreach (var tensor in _parameters.Tensors)
        {
            foreach (ref var value in _parameters[tensor.Name])
                value += T.CreateTruncating(0.1 * Normal());
        }

        _gradients = network.CreateGradients();
        _workspace = network.CreateWorkspace(batch + 3);
        _workspace.Seed = (ulong)seed;
        _x = Numbers(batch * _network.Description.InputSize, Normal);
        _dx = new T[_x.Length];
    }

    public void Run()
    {
        var variants = _graph.HasLoss ? LossVariant.Of(Heads.Of(_model.Layers)) : [];
        if (_network is INetwork<T, int> classifier)
            Train(classifier, variants[0], int.CreateChecked);
        if (_network is INetwork<T, T> regression)
            Train(regression, variants[^1], T.CreateTruncating);
        StartFromOutputGradient();
        Predict();
    }

    private void Train<TTarget>(INetwork<T, TTarget> network, LossVariant variant, Func<double, TTarget> convert)
        where TTarget : unmanaged
    {
        var targets = variant.Targets.Select(pair => (pair.Head, Values: Target(pair.Head, pair.TakesLabels))).ToList();
        var packed = Pack([.. targets.Select(target => target.Values.Labels is { } labels ? [.. labels.Select(label => (double)label)] : target.Values.Numbers!)]).Select(convert).ToArray();
        network.TargetSize.ShouldBe(packed.Length / _batch);
        var all = targets.ToDictionary(target => target.Head.Loss.Name, target => target.Values);
        // Of several losses each has terms of its own.
        var loss = variant.Heads.Count == 1 ? variant.Heads[0].Head.Op : null;
        var node = _graph.Losses.First();
        var terms = loss switch
        {
            null => 0,
            ClassLossOp => _batch * _graph.PredictionsOf(node).First().Shape.Rows,
            SampleLossOp or EmbeddingLossOp => _batch,
            _ => _batch * _graph.PredictionsOf(node).First().Shape.Size,
        };
        foreach (var weights in loss is { HasWeights: true } ? new[] { [], Numbers(terms, () => _random.NextDouble() + 0.5) } : [[]])
            Train(all, weights, terms, destination => network.Loss(_workspace, packed, weights, destination));
    }

    private void Train(IReadOnlyDictionary<string, Targets> targets, T[] weights, int terms, LossCall loss)
    {
        Forward(training: true);
        var reference = Reference(targets, weights.Length == 0 ? null : Widen(weights));
        reference.Run(Phase.BackwardInput);
        foreach (var buffer in _model.Training.Plan.Buffers.Where(buffer => IsForward(buffer.Value)))
            Compare(_graph.Values[buffer.Value].Name, _workspace.Buffer(buffer.Offset, buffer.Size), reference[buffer.Value]);
        foreach (var buffer in _model.Training.Plan.Fixed.Buffers)
            Compare(_graph.Values[buffer.Value].Name, _workspace.Fixed(buffer.Offset, buffer.Size), reference[buffer.Value]);
        CompareState(reference);

        var received = new T[terms];
        var value = loss(received);
        Compare("loss", [value], [reference.TotalLoss + reference.Penalty]);
        loss([]).ShouldBe(value, "the loss can be asked for twice");
        if (terms > 0)
            Compare("loss terms", received, reference.Terms);
        _gradients.Values.Fill(T.NaN);
        Backward(accumulate: false);
        CompareGradients(reference, factor: 1);

        // The same masks again: the gradients double.
        Forward(training: true);
        loss([]);
        Backward(accumulate: true);
        CompareGradients(reference, factor: 2);
        if (typeof(T) == typeof(double))
            CompareWithDifferences(reference, loss);
    }

    private Targets Target(Head head, bool takesLabels)
    {
        var loss = _graph.LossOf(head);
        var shape = _graph.PredictionsOf(loss).First().Shape;
        var size = _batch * head.Op.TargetSize(shape, takesLabels);
        if (!takesLabels)
            return new Targets(null, Widen(Numbers(size, () => Target((LossOp)loss.Op))));
        var ignored = ((ClassLossOp)head.Op).IgnoreIndex;
        return new Targets([.. Enumerable.Range(0, size).Select(i => i % 5 == 3 && ignored != int.MinValue ? ignored : _random.Next(shape.Last))], null);
    }

    // Each sample's parts side by side.
    private double[] Pack(IReadOnlyList<double[]> parts) =>
        [.. Enumerable.Range(0, _batch).SelectMany(sample => parts.SelectMany(part => part.AsSpan(sample * (part.Length / _batch), part.Length / _batch).ToArray()))];

    private IReadOnlyList<double[]> Unpack(double[] samples, IEnumerable<int> sizes)
    {
        var (parts, start) = (new List<double[]>(), 0);
        foreach (var size in sizes)
        {
            var from = start;
            parts.Add([.. samples.Chunk(samples.Length / _batch).SelectMany(sample => sample.AsSpan(from, size).ToArray())]);
            start += size;
        }

        return parts;
    }

    // Backward from a gradient of the caller's, without dropout.
    private void StartFromOutputGradient()
    {
        var predictions = Heads.Of(_model.Layers).SelectMany(head => _graph.PredictionsOf(_graph.LossOf(head)).Select(value => (Loss: head.Loss.Name, value.Shape.Size))).ToList();
        var dy = Numbers(_batch * predictions.Sum(prediction => prediction.Size), Normal);
        Forward(training: false);
        foreach (var mask in _graph.Values.Where(value => value.Kind == ValueKind.Mask))
            Widen(Buffer(mask.Id)).ShouldAllBe(factor => factor == 1);
        var reference = Reference(new Dictionary<string, Targets>(), null);
        reference.Training = false;
        reference.OutputGradients = predictions.Zip(Unpack(Widen(dy), predictions.Select(prediction => prediction.Size)), (prediction, gradient) => (prediction.Loss, gradient))
            .GroupBy(pair => pair.Loss).ToDictionary(group => group.Key, group => (IReadOnlyList<double[]>)[.. group.Select(pair => pair.gradient)]);
        reference.Run(Phase.BackwardInput);
        CompareState(reference);
        _network.OutputGradient(_workspace, dy);
        Backward(accumulate: false);
        CompareGradients(reference, factor: 1);

        // Without Backward before it, BackwardInput does that part of its work that it needs.
        var dx = _dx.ToArray();
        Forward(training: false);
        _network.OutputGradient(_workspace, dy);
        BackwardInput();
        _dx.ShouldBe(dx, "the gradient of the input doesn't depend on those of parameters");
    }

    private void Predict()
    {
        var graph = _model.Inference.Graph;
        var reference = new Interpreter(graph, _batch);
        _state = _parameters.State.ToArray();
        Set(reference, graph);
        reference.Run(Phase.Forward);
        var answers = Pack([.. graph.Kept.Select(id => reference[id])]);
        foreach (var workspace in new[] { _workspace, _network.CreateWorkspace(_batch, training: false) })
        {
            var y = Numbers(answers.Length, () => double.NaN);
            _network.Predict(_parameters, _x, y, workspace);
            Compare("answer", y, answers);
        }
    }

    private void Forward(bool training)
    {
        // Nothing that an earlier pass left behind may be read.
        _workspace.Begin(_x.Length, _network.Description.InputSize, training: true);
        foreach (var buffer in _model.Training.Plan.Buffers)
            _workspace.Buffer(buffer.Offset, buffer.Size).Fill(T.NaN);
        foreach (var buffer in _model.Training.Plan.Fixed.Buffers)
            _workspace.Fixed(buffer.Offset, buffer.Size).Fill(T.NaN);
        _state = _parameters.State.ToArray();
        _workspace.Step = Step;
        _network.Forward(_parameters, _x, _workspace, training);
    }

    private void Backward(bool accumulate)
    {
        _network.Backward(_parameters, _x, _workspace, _gradients, accumulate);
        BackwardInput();
    }

    private void BackwardInput()
    {
        _dx.AsSpan().Fill(T.NaN);
        _network.BackwardInput(_parameters, _workspace, _dx);
        var first = _dx.ToArray();
        _network.BackwardInput(_parameters, _workspace, _dx);
        _dx.ShouldBe(first, "the gradient of the input can be asked for twice");
    }

    private Interpreter Reference(IReadOnlyDictionary<string, Targets> targets, double[]? weights)
    {
        var reference = new Interpreter(_graph, _batch) { AllTargets = targets, Weights = weights };
        Set(reference, _graph);
        foreach (var dropout in _graph.Nodes.Where(node => node.Op is DropoutOp))
        {
            var mask = Widen(Buffer(dropout.Outputs[1]));
            var kept = 1 / (1 - ((DropoutOp)dropout.Op).Rate);
            mask.ShouldAllBe(factor => factor == 0 || Math.Abs(factor - kept) < 1e-6 * kept || factor == 1);
            if (((DropoutOp)dropout.Op).ByChannel)
                mask.Chunk(_graph.Values[dropout.Outputs[0]].Shape.Plane).ShouldAllBe(channel => channel.All(factor => factor == channel[0]));
            reference[dropout.Outputs[1]] = mask;
        }

        return reference;
    }

    private void Set(Interpreter reference, NetworkGraph graph)
    {
        foreach (var (input, part) in graph.Inputs.Zip(Unpack(Widen(_x), graph.Inputs.Select(input => input.Shape.Size))))
            reference[input.Id] = part;
        foreach (var (parameter, tensor) in graph.Parameters.Zip(_parameters.Tensors))
            reference[parameter.Id] = Widen(_parameters[tensor.Name]);
        // As it was before the pass.
        foreach (var (id, tensor) in State(graph))
            reference[id] = Widen(_state.AsSpan(tensor.Offset - _parameters.Learnable.Length, tensor.Length));
    }

    private IEnumerable<(int Id, TensorInfo Tensor)> State(NetworkGraph graph) =>
        graph.Values.Where(value => value.Kind == ValueKind.State).Zip(_parameters.Tensors.Where(tensor => !tensor.IsLearnable), (value, tensor) => (value.Id, tensor));

    private void CompareState(Interpreter reference)
    {
        foreach (var (id, tensor) in State(_graph))
            Compare(tensor.Name, _parameters[tensor.Name], reference.Updated(id));
    }

    private void CompareGradients(Interpreter reference, double factor)
    {
        foreach (var (name, ids) in ParameterGradients())
            Compare("d" + name, _gradients[name], [.. Sum(reference, ids).Select(value => factor * value)]);
        Compare("dx", _dx, InputGradient(reference));
    }

    private double[] InputGradient(Interpreter reference) => Pack([.. _graph.Inputs.Select(input =>
        _graph.Values.FirstOrDefault(value => value.Kind == ValueKind.InputGradient && value.Of == input.Id) is { } gradient ? reference[gradient.Id] : new double[_batch * input.Shape.Size])]);

    // Layers that share a parameter each contribute to its gradient.
    private IEnumerable<(string Name, IReadOnlyList<int> Ids)> ParameterGradients() =>
        _graph.Parameters.Zip(_parameters.Tensors, (parameter, tensor) => (tensor.Name, (IReadOnlyList<int>)[.. _graph.Values.Where(value => value.Kind == ValueKind.ParameterGradient && value.Of == parameter.Id).Select(value => value.Id)]));

    private static double[] Sum(Interpreter reference, IReadOnlyList<int> ids) => [.. Enumerable.Range(0, reference[ids[0]].Length).Select(i => ids.Sum(id => reference[id][i]))];

    private void CompareWithDifferences(Interpreter reference, LossCall loss)
    {
        foreach (var (name, ids) in ParameterGradients())
            CompareWithDifferences("d" + name, _parameters[name], Sum(reference, ids), loss);
        CompareWithDifferences("dx", _x, InputGradient(reference), loss);
    }

    private void CompareWithDifferences(string name, Span<T> values, double[] gradient, LossCall loss)
    {
        for (var k = 0; k < 2; k++)
        {
            var i = _random.Next(values.Length);
            var center = values[i];
            double At(Span<T> place, double offset)
            {
                place[i] = center + T.CreateTruncating(offset);
                Forward(training: true);
                return double.CreateTruncating(loss([]));
            }

            // Of thousands of kinks one may lie within the first distance; the shorter one, with more rounding, steps over fewer.
            var (difference, agrees) = (0.0, false);
            foreach (var (distance, tolerance) in new[] { (1e-5, 1e-6), (1e-7, 1e-5) })
            {
                if (agrees)
                    break;
                difference = (At(values, distance) - At(values, -distance)) / (2 * distance);
                agrees = Math.Abs(gradient[i] - difference) <= tolerance * (1 + Math.Abs(difference));
            }

            values[i] = center;
            agrees.ShouldBeTrue($"{name}[{i}] is {gradient[i]}, the difference of losses {difference}");
        }
    }

    private static void Compare(string name, ReadOnlySpan<T> actual, double[] expected)
    {
        actual.Length.ShouldBe(expected.Length, name);
        var tolerance = Tolerance * (1e-3 + expected.Max(Math.Abs));
        for (var i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(double.CreateTruncating(actual[i]) - expected[i]) <= tolerance))
                Assert.Fail($"{name}[{i}] is {actual[i]}, the reference says {expected[i]} (tolerance {tolerance:E1}, {expected.Length} elements).");
        }
    }

    private Span<T> Buffer(int value)
    {
        var buffer = _model.Training.Plan.Find(value)!;
        return _workspace.Buffer(buffer.Offset, buffer.Size);
    }

    private bool IsForward(int value) => _graph.Values[value].Kind is ValueKind.Activation or ValueKind.Mask;

    private double Target(LossOp loss) => loss.Name switch
    {
        "hinge" or "cosine_embedding" => _random.Next(2) == 0 ? -1 : 1,
        "contrastive" => _random.Next(2),
        "softmax_cross_entropy" or "kullback_leibler" => _random.NextDouble(),
        var name when name.StartsWith("binary_cross_entropy", StringComparison.Ordinal) => _random.NextDouble(),
        _ => Normal(),
    };

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private static T[] Numbers(int count, Func<double> next) => Enumerable.Range(0, count).Select(_ => T.CreateTruncating(next())).ToArray();

    private static double[] Widen(ReadOnlySpan<T> values) => values.ToArray().Select(double.CreateTruncating).ToArray();

    private delegate T LossCall(Span<T> terms);
}
