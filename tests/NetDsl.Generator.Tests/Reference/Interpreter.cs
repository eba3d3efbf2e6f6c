using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Tests.Reference;

/// <summary>What the loss compares with: a class for each row, or a number for each element.</summary>
internal sealed record Targets(int[]? Labels, double[]? Numbers);

/// <summary>Evaluates a graph node by node with plain loops in double precision: the oracle of the generated code.</summary>
internal sealed class Interpreter(NetworkGraph graph, int batch)
{
    private static readonly Dictionary<Type, Action<Interpreter, Node>> Rules = new()
    {
        [typeof(DenseOp)] = (self, node) => self.Dense(node),
        [typeof(DenseBackwardParametersOp)] = (self, node) => self.DenseBackwardParameters(node),
        [typeof(DenseBackwardInputOp)] = (self, node) => self.DenseBackwardInput(node),
        [typeof(ActivationOp)] = (self, node) => self.Map(node, (ActivationOp)node.Op),
        [typeof(ActivationBackwardOp)] = (self, node) => self.MapBackward(node, ((ActivationBackwardOp)node.Op).Activation),
        [typeof(DropoutOp)] = (self, node) => self.Product(node.Inputs[0], node.Outputs[1], node.Outputs[0]),
        [typeof(MaskOp)] = (self, node) => self.Product(node.Inputs[0], node.Inputs[1], node.Outputs[0]),
        [typeof(CopyOp)] = (self, node) => self[node.Inputs[0]].CopyTo(self[node.Outputs[0]], 0),
        [typeof(SoftmaxOp)] = (self, node) => self.Softmax(node, ((SoftmaxOp)node.Op).Axis),
        [typeof(SoftmaxBackwardOp)] = (self, node) => self.SoftmaxBackward(node, ((SoftmaxBackwardOp)node.Op).Axis),
        [typeof(ElementwiseLossOp)] = (self, node) => self.Loss(node, (ElementwiseLossOp)node.Op),
        [typeof(SoftmaxCrossEntropyOp)] = (self, node) => self.Loss(node, (SoftmaxCrossEntropyOp)node.Op),
        [typeof(NegativeLogLikelihoodOp)] = (self, node) => self.Loss(node, (NegativeLogLikelihoodOp)node.Op),
    };

    private readonly double[]?[] _values = new double[graph.Values.Count][];

    /// <summary>A value's elements, batch first; masks, input and parameters are set before <see cref="Run"/>.</summary>
    public double[] this[int id]
    {
        get => _values[id] ?? throw new InvalidOperationException($"{graph.Values[id].Name} has no value.");
        set => _values[id] = value.Length == Size(id) ? value : throw new ArgumentException($"{graph.Values[id].Name} has {Size(id)} elements, not {value.Length}.");
    }

    /// <summary>What the loss reads beside the prediction.</summary>
    public Targets? Targets { get; set; }

    /// <summary>Factors of the loss terms, or none.</summary>
    public double[]? Weights { get; set; }

    /// <summary>Stands in for the gradient that the loss would make of its prediction, if set.</summary>
    public double[]? OutputGradient { get; set; }

    /// <summary>The loss, once its node ran.</summary>
    public double LossValue { get; private set; }

    /// <summary>The loss terms before <see cref="Weights"/>.</summary>
    public double[] Terms { get; private set; } = [];

    /// <summary>Evaluates all nodes up to and including a phase.</summary>
    public void Run(Phase last)
    {
        foreach (var node in graph.Nodes.Where(node => node.Phase <= last))
        {
            foreach (var output in node.Outputs.Where(output => graph.Values[output].Kind != ValueKind.Mask))
                _values[output] = new double[Size(output)];
            if (!Rules.TryGetValue(node.Op.GetType(), out var rule))
                throw new NotSupportedException($"The reference interpreter has no rule for {node.Op.GetType().Name}.");
            if (node.Op is LossOp && OutputGradient is not null)
                this[node.Outputs[0]] = OutputGradient;
            else
                rule(this, node);
        }
    }

    public int Size(int value) => graph.Values[value].Shape.Size * (graph.Values[value].IsBatched ? batch : 1);

    // z[r, o] = Σ_i x[r, i]·w[o, i] + b[o]
    private void Dense(Node node)
    {
        var (x, w, z) = (this[node.Inputs[0]], this[node.Inputs[1]], this[node.Outputs[0]]);
        var (outputs, inputs) = Extents(node.Inputs[1]);
        for (var r = 0; r < z.Length / outputs; r++)
        {
            for (var o = 0; o < outputs; o++)
            {
                var sum = node.Inputs.Count > 2 ? this[node.Inputs[2]][o] : 0;
                for (var i = 0; i < inputs; i++)
                    sum += x[r * inputs + i] * w[o * inputs + i];
                z[r * outputs + o] = sum;
            }
        }
    }

    // dw[o, i] = Σ_r dz[r, o]·x[r, i]     db[o] = Σ_r dz[r, o]
    private void DenseBackwardParameters(Node node)
    {
        var (dz, x, dw) = (this[node.Inputs[0]], this[node.Inputs[1]], this[node.Outputs[0]]);
        var (outputs, inputs) = Extents(node.Outputs[0]);
        for (var r = 0; r < dz.Length / outputs; r++)
        {
            for (var o = 0; o < outputs; o++)
            {
                for (var i = 0; i < inputs; i++)
                    dw[o * inputs + i] += dz[r * outputs + o] * x[r * inputs + i];
                if (node.Outputs.Count > 1)
                    this[node.Outputs[1]][o] += dz[r * outputs + o];
            }
        }
    }

    // dx[r, i] = Σ_o dz[r, o]·w[o, i]
    private void DenseBackwardInput(Node node)
    {
        var (dz, w, dx) = (this[node.Inputs[0]], this[node.Inputs[1]], this[node.Outputs[0]]);
        var (outputs, inputs) = Extents(node.Inputs[1]);
        for (var r = 0; r < dz.Length / outputs; r++)
        {
            for (var o = 0; o < outputs; o++)
            {
                for (var i = 0; i < inputs; i++)
                    dx[r * inputs + i] += dz[r * outputs + o] * w[o * inputs + i];
            }
        }
    }

    private void Map(Node node, ActivationOp op)
    {
        var (x, y) = (this[node.Inputs[0]], this[node.Outputs[0]]);
        for (var i = 0; i < x.Length; i++)
            y[i] = ScalarMath.Activation(op.Name, x[i], Constant(op.Constants));
    }

    private void MapBackward(Node node, ActivationOp op)
    {
        var (dy, saved, dx) = (this[node.Inputs[0]], this[node.Inputs[1]], this[node.Outputs[0]]);
        for (var i = 0; i < dy.Length; i++)
            dx[i] = dy[i] * ScalarMath.ActivationDerivative(op.Name, saved[i], Constant(op.Constants));
    }

    private void Product(int left, int right, int result)
    {
        for (var i = 0; i < this[result].Length; i++)
            this[result][i] = this[left][i] * this[right][i];
    }

    private void Softmax(Node node, int axis)
    {
        var (x, y) = (this[node.Inputs[0]], this[node.Outputs[0]]);
        foreach (var lane in Lanes(node.Inputs[0], axis))
        {
            var max = lane.Max(i => x[i]);
            var sum = lane.Sum(i => Math.Exp(x[i] - max));
            foreach (var i in lane)
                y[i] = Math.Exp(x[i] - max) / sum;
        }
    }

    // Σ_j dy_j·∂y_j/∂x_i with ∂y_j/∂x_i = y_j([i = j] − y_i)
    private void SoftmaxBackward(Node node, int axis)
    {
        var (dy, y, dx) = (this[node.Inputs[0]], this[node.Inputs[1]], this[node.Outputs[0]]);
        foreach (var lane in Lanes(node.Inputs[1], axis))
        {
            foreach (var i in lane)
                dx[i] = lane.Sum(j => dy[j] * y[j] * ((i == j ? 1 : 0) - y[i]));
        }
    }

    private void Loss(Node node, ElementwiseLossOp op)
    {
        var (p, t) = (this[node.Inputs[0]], Targets!.Numbers!);
        var scale = op.Reduction switch { "Mean" => 1.0 / p.Length, "BatchMean" => 1.0 / batch, _ => 1 };
        Terms = new double[p.Length];
        LossValue = 0;
        for (var i = 0; i < p.Length; i++)
        {
            var positive = op.PositiveWeights.Count == 0 ? 1 : op.PositiveWeights[i % op.PositiveWeights.Count];
            var (value, derivative) = ScalarMath.LossTerm(op.Name, p[i], t[i], positive, Constant(op.Constants));
            Terms[i] = value;
            LossValue += scale * Weight(i) * value;
            SetGradient(node, i, scale * Weight(i) * derivative);
        }
    }

    // With q the target distribution times its class weights: −Σ_c q_c·log softmax(z)_c.
    private void Loss(Node node, SoftmaxCrossEntropyOp op)
    {
        var z = this[node.Inputs[0]];
        var classes = graph.Values[node.Inputs[0]].Shape.Last;
        var rows = z.Length / classes;
        double ClassWeight(int c) => op.ClassWeights.Count == 0 ? 1 : op.ClassWeights[c];
        var scale = RowScale(op, rows);
        Terms = new double[rows];
        LossValue = 0;
        for (var r = 0; r < rows; r++)
        {
            if (Targets!.Labels is { } labels && labels[r] == op.IgnoreIndex)
                continue;
            var q = Enumerable.Range(0, classes).Select(c => Targets.Labels is null
                ? (1 - op.Smoothing) * Targets.Numbers![r * classes + c] + op.Smoothing / classes
                : ClassWeight(c) * ((Targets.Labels[r] == c ? 1 - op.Smoothing : 0) + op.Smoothing / classes)).ToArray();
            var row = z.AsSpan(r * classes, classes).ToArray();
            var logSum = row.Max() + Math.Log(row.Sum(value => Math.Exp(value - row.Max())));
            Terms[r] = row.Zip(q, (value, share) => share * (logSum - value)).Sum();
            LossValue += scale * Weight(r) * Terms[r];
            for (var c = 0; c < classes; c++)
                SetGradient(node, r * classes + c, scale * Weight(r) * (q.Sum() * Math.Exp(row[c] - logSum) - q[c]));
        }
    }

    private void Loss(Node node, NegativeLogLikelihoodOp op)
    {
        var y = this[node.Inputs[0]];
        var classes = graph.Values[node.Inputs[0]].Shape.Last;
        var labels = Targets!.Labels!;
        var scale = RowScale(op, labels.Length);
        Terms = new double[labels.Length];
        LossValue = 0;
        for (var r = 0; r < labels.Length; r++)
        {
            if (labels[r] == op.IgnoreIndex)
                continue;
            var factor = op.ClassWeights.Count == 0 ? 1 : op.ClassWeights[labels[r]];
            Terms[r] = -factor * y[r * classes + labels[r]];
            LossValue += scale * Weight(r) * Terms[r];
            SetGradient(node, r * classes + labels[r], -scale * Weight(r) * factor);
        }
    }

    // A sample can have several rows, such as the steps of a sequence.
    private double RowScale(ClassLossOp op, int rows) => op.Reduction switch
    {
        "Sum" => 1,
        "BatchMean" => 1.0 / batch,
        _ when Targets!.Labels is { } labels => 1 / labels.Where(label => label != op.IgnoreIndex).Sum(label => op.ClassWeights.Count == 0 ? 1 : op.ClassWeights[label]),
        _ => 1.0 / rows,
    };

    private double Weight(int term) => Weights is null ? 1 : Weights[term];

    private void SetGradient(Node loss, int element, double value)
    {
        if (loss.Outputs.Count > 0)
            this[loss.Outputs[0]][element] = value;
    }

    private (int Outputs, int Inputs) Extents(int weight) => (graph.Values[weight].Shape.Extents[0], graph.Values[weight].Shape.Extents[1]);

    private static Func<string, double> Constant(EquatableArray<FormulaConstant> constants) => name => constants.Single(constant => constant.Name == name).Value;

    // Indices of the elements along an axis, for each place on the other axes.
    private IEnumerable<int[]> Lanes(int value, int axis)
    {
        var extents = graph.Values[value].Shape.Extents;
        var at = axis < 0 ? axis + extents.Count : axis;
        var inner = extents.Skip(at + 1).Aggregate(1, (product, extent) => product * extent);
        for (var start = 0; start < Size(value); start += inner * extents[at])
        {
            for (var i = 0; i < inner; i++)
                yield return Enumerable.Range(0, extents[at]).Select(k => start + i + k * inner).ToArray();
        }
    }
}
