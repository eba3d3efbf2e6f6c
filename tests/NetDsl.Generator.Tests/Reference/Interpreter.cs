using NetDsl.Generator.Formulas;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Tests.Reference;

/// <summary>What the loss compares with: a class for each row, or a number for each element.</summary>
internal sealed record Targets(int[]? Labels, double[]? Numbers);

/// <summary>Evaluates a graph node by node with plain loops in double precision: the oracle of the generated code.</summary>
internal sealed partial class Interpreter(NetworkGraph graph, int batch)
{
    private static readonly Dictionary<Type, Action<Interpreter, Node>> Rules = new()
    {
        [typeof(DenseOp)] = (self, node) => self.Dense(node),
        [typeof(DenseBackwardParametersOp)] = (self, node) => self.DenseBackwardParameters(node),
        [typeof(DenseBackwardInputOp)] = (self, node) => self.DenseBackwardInput(node),
        [typeof(ConvOp)] = (self, node) => self.Convolve(node, (ConvOp)node.Op),
        [typeof(FilterOp)] = (self, node) => self.Convolve(node, ((FilterOp)node.Op).ConvOf(self.ShapeOf(node.Inputs[0]))),
        [typeof(ConvBackwardParametersOp)] = (self, node) => self.ConvolutionBackwardParameters(node, ((ConvBackwardParametersOp)node.Op).Conv),
        [typeof(ConvBackwardInputOp)] = (self, node) => self.ConvolutionBackwardInput(node, ((ConvBackwardInputOp)node.Op).Conv),
        [typeof(PoolOp)] = (self, node) => self.Pool(node, (PoolOp)node.Op),
        [typeof(PoolBackwardOp)] = (self, node) => self.PoolBackward(node, ((PoolBackwardOp)node.Op).Pool),
        [typeof(TransposedConvOp)] = (self, node) => self.ConvolveBack(node, (TransposedConvOp)node.Op),
        [typeof(TransposedConvBackwardParametersOp)] = (self, node) => self.TransposedBackwardParameters(node, ((TransposedConvBackwardParametersOp)node.Op).Conv),
        [typeof(TransposedConvBackwardInputOp)] = (self, node) => self.TransposedBackwardInput(node, ((TransposedConvBackwardInputOp)node.Op).Conv),
        [typeof(UpsampleOp)] = (self, node) => self.Upsample(node, (UpsampleOp)node.Op, node.Inputs[0], node.Outputs[0], isBackward: false),
        [typeof(UpsampleBackwardOp)] = (self, node) => self.Upsample(node, ((UpsampleBackwardOp)node.Op).Upsample, node.Outputs[0], node.Inputs[0], isBackward: true),
        [typeof(BatchNormOp)] = (self, node) => self.Normalise(node, (NormOp)node.Op),
        [typeof(GroupNormOp)] = (self, node) => self.Normalise(node, (NormOp)node.Op),
        [typeof(LayerNormOp)] = (self, node) => self.Normalise(node, (NormOp)node.Op),
        [typeof(NormBackwardOp)] = (self, node) => self.NormaliseBackward(node, (NormBackwardOp)node.Op),
        [typeof(FoldedBatchNormOp)] = (self, node) => self.Fold(node, ((FoldedBatchNormOp)node.Op).Norm),
        [typeof(LocalResponseNormOp)] = (self, node) => self.RespondLocally(node, (LocalResponseNormOp)node.Op),
        [typeof(LocalResponseNormBackwardOp)] = (self, node) => self.RespondLocallyBackward(node, ((LocalResponseNormBackwardOp)node.Op).Norm),
        [typeof(ViewOp)] = (self, node) => self[node.Inputs[0]].CopyTo(self[node.Outputs[0]], 0),
        [typeof(ViewBackwardOp)] = (self, node) => self[node.Inputs[0]].CopyTo(self[node.Outputs[0]], 0),
        [typeof(ActivationOp)] = (self, node) => self.Map(node, (ActivationOp)node.Op),
        [typeof(ActivationBackwardOp)] = (self, node) => self.MapBackward(node, ((ActivationBackwardOp)node.Op).Activation),
        [typeof(LearnableBackwardOp)] = (self, node) => self.LearnableBackward(node, (LearnableBackwardOp)node.Op),
        [typeof(GateOp)] = (self, node) => self.Gate(node, (GateOp)node.Op),
        [typeof(GateBackwardOp)] = (self, node) => self.GateBackward(node, ((GateBackwardOp)node.Op).Gate),
        [typeof(PenaltyOp)] = (self, node) => self.Penalise(node, ((PenaltyOp)node.Op).Penalty),
        [typeof(PenaltyBackwardOp)] = (self, node) => self.PenaltyBackward(node, ((PenaltyBackwardOp)node.Op).Penalty.Penalty),
        [typeof(MaxoutOp)] = (self, node) => self.Maxout(node, (MaxoutOp)node.Op),
        [typeof(MaxoutBackwardOp)] = (self, node) => self.MaxoutBackward(node, ((MaxoutBackwardOp)node.Op).Maxout),
        [typeof(LogSoftmaxOp)] = (self, node) => self.LogSoftmax(node, ((LogSoftmaxOp)node.Op).Axis),
        [typeof(LogSoftmaxBackwardOp)] = (self, node) => self.LogSoftmaxBackward(node, ((LogSoftmaxBackwardOp)node.Op).Axis),
        [typeof(DropoutOp)] = (self, node) => self.Product(node.Inputs[0], node.Outputs[1], node.Outputs[0]),
        [typeof(MaskOp)] = (self, node) => self.Product(node.Inputs[0], node.Inputs[1], node.Outputs[0]),
        [typeof(CopyOp)] = (self, node) => self[node.Inputs[0]].CopyTo(self[node.Outputs[0]], 0),
        [typeof(SumOp)] = (self, node) => self.Fold(node, (a, b) => a + b),
        [typeof(AddGradientsOp)] = (self, node) => self.Fold(node, (a, b) => a + b),
        [typeof(ProductOp)] = (self, node) => self.Fold(node, (a, b) => a * b),
        [typeof(ProductBackwardOp)] = (self, node) => self.Fold(node, (a, b) => a * b),
        [typeof(PadChannelsOp)] = (self, node) => self.PadChannels(node, node.Outputs[0], isBackward: false),
        [typeof(PadChannelsBackwardOp)] = (self, node) => self.PadChannels(node, node.Inputs[0], isBackward: true),
        [typeof(TiedDenseOp)] = (self, node) => self.Tied(node),
        [typeof(TiedDenseBackwardWeightOp)] = (self, node) => self.TiedBackwardWeight(node),
        [typeof(TiedDenseBackwardBiasOp)] = (self, node) => self.TiedBackwardBias(node),
        [typeof(TiedDenseBackwardInputOp)] = (self, node) => self.Multiply(node.Inputs[0], node.Inputs[1], node.Outputs[0], isTransposed: true),
        [typeof(ConcatOp)] = (self, node) => self.Concatenate(node, ((ConcatOp)node.Op).Axis),
        [typeof(ConcatBackwardOp)] = (self, node) => self.TakePiece(node, (ConcatBackwardOp)node.Op),
        [typeof(SoftmaxOp)] = (self, node) => self.Softmax(node, ((SoftmaxOp)node.Op).Axis),
        [typeof(SoftmaxBackwardOp)] = (self, node) => self.SoftmaxBackward(node, ((SoftmaxBackwardOp)node.Op).Axis),
        [typeof(ElementwiseLossOp)] = (self, node) => self.Loss(node, (ElementwiseLossOp)node.Op),
        [typeof(SampleLossOp)] = (self, node) => self.Loss(node, (SampleLossOp)node.Op),
        [typeof(MulticlassHingeOp)] = (self, node) => self.Loss(node, (MulticlassHingeOp)node.Op),
        [typeof(ContrastiveOp)] = (self, node) => self.Loss(node, (ContrastiveOp)node.Op),
        [typeof(CosineEmbeddingOp)] = (self, node) => self.Loss(node, (CosineEmbeddingOp)node.Op),
        [typeof(TripletMarginOp)] = (self, node) => self.Loss(node, (TripletMarginOp)node.Op),
        [typeof(SoftmaxCrossEntropyOp)] = (self, node) => self.Loss(node, (SoftmaxCrossEntropyOp)node.Op),
        [typeof(OutsideLossOp)] = (_, _) => throw new InvalidOperationException("A network without a loss starts backward from OutputGradient."),
        [typeof(NegativeLogLikelihoodOp)] = (self, node) => self.Loss(node, (NegativeLogLikelihoodOp)node.Op),
    };

    private readonly double[]?[] _values = new double[graph.Values.Count][];

    /// <summary>A value's elements, batch first; masks, input and parameters are set before <see cref="Run"/>.</summary>
    public double[] this[int id]
    {
        get => _values[id] ?? throw new InvalidOperationException($"{graph.Values[id].Name} has no value.");
        set => _values[id] = value.Length == Size(id) ? value : throw new ArgumentException($"{graph.Values[id].Name} has {Size(id)} elements, not {value.Length}.");
    }

    /// <summary>What the losses read beside their predictions, by the names of their layers.</summary>
    public IReadOnlyDictionary<string, Targets> AllTargets { get; init; } = new Dictionary<string, Targets>();

    /// <summary>Factors of the loss terms, or none.</summary>
    public double[]? Weights { get; set; }

    /// <summary>Stand in for the gradients that the losses would make of their predictions, if set: by the names of the losses' layers.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double[]>>? OutputGradients { get; set; }

    /// <summary>The weighted sum of all losses whose nodes ran.</summary>
    public double TotalLoss { get; private set; }

    // Those of the loss that runs, and its value.
    private Targets? Targets { get; set; }

    private double LossValue { get; set; }

    /// <summary>What penalties on weights add to it.</summary>
    public double Penalty { get; private set; }

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
            if (node.Op is LossOp && OutputGradients is not null)
            {
                foreach (var (output, gradient) in node.Outputs.Zip(OutputGradients[node.Layer]))
                    this[output] = gradient;
                continue;
            }

            if (node.Op is LossOp)
                Targets = AllTargets.GetValueOrDefault(node.Layer);
            rule(this, node);
            if (node.Op is not LossOp loss)
                continue;
            TotalLoss += loss.Weight * LossValue;
            foreach (var output in node.Outputs)
                this[output] = [.. this[output].Select(slope => loss.Weight * slope)];
        }
    }

    private Shape ShapeOf(int value) => graph.Values[value].Shape;

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
        {
            var result = Dual.Of(op.Function.Derivation.Value, Bind(node.Inputs[0], node.Inputs.Skip(1).ToList(), op, i, by: -1));
            y[i] = result.Value;
            if (node.Outputs.Count > 1)
                this[node.Outputs[1]][i] = result.Slope;
        }
    }

    // Whatever the generated code computes the derivative from: here it is that of the dual number at the layer's input.
    private void MapBackward(Node node, ActivationOp op)
    {
        var forward = graph.Nodes.Single(other => other.Op == op && other.Layer == node.Layer);
        var (dy, dx) = (this[node.Inputs[0]], this[node.Outputs[0]]);
        for (var i = 0; i < dy.Length; i++)
            dx[i] = dy[i] * Dual.Of(op.Function.Derivation.Value, Bind(forward.Inputs[0], forward.Inputs.Skip(1).ToList(), op, i, by: -1)).Slope;
    }

    private void LearnableBackward(Node node, LearnableBackwardOp op)
    {
        var (dy, sums) = (this[node.Inputs[0]], this[node.Outputs[0]]);
        var learnables = node.Inputs.Skip(2).ToList();
        for (var i = 0; i < dy.Length; i++)
            sums[Channel(node.Inputs[1], op.Activation, i) % sums.Length] += dy[i] * Dual.Of(op.Activation.Function.Derivation.Value, Bind(node.Inputs[1], learnables, op.Activation, i, op.Index)).Slope;
    }

    // The variables of an activation at one element; the slope of one of them is 1.
    private Func<string, Dual> Bind(int x, IReadOnlyList<int> learnables, ActivationOp op, int element, int by) => name =>
    {
        if (name == ActivationFormula.Input)
            return new Dual(this[x][element], by < 0 ? 1 : 0);
        var index = op.Function.IndexOf(name);
        var values = this[learnables[index]];
        return new Dual(values[Channel(x, op, element) % values.Length], by == index ? 1 : 0);
    };

    private int Channel(int x, ActivationOp op, int element)
    {
        if (op.ChannelsOf(graph.Values[x].Shape).Kind == ChannelKind.None)
            return 0;
        var (_, along, inner) = Axes.Around(op.ChannelAxis, graph.Values[x].Shape);
        return element / inner % along;
    }

    private void Gate(Node node, GateOp op)
    {
        var y = this[node.Outputs[0]];
        for (var i = 0; i < y.Length; i++)
            y[i] = Dual.Of(op.Function.Value, Pieces(node.Inputs[0], node.Outputs[0], op, i, by: -1)).Value;
    }

    private void GateBackward(Node node, GateOp op)
    {
        var (dy, dx) = (this[node.Inputs[0]], this[node.Outputs[0]]);
        for (var i = 0; i < dy.Length; i++)
        {
            for (var piece = 0; piece < op.Function.Pieces; piece++)
                dx[Place(node.Inputs[0], op, i, piece)] = dy[i] * Dual.Of(op.Function.Value, Pieces(node.Inputs[1], node.Inputs[0], op, i, piece)).Slope;
        }
    }

    private Func<string, Dual> Pieces(int x, int y, GateOp op, int element, int by) => name =>
    {
        var piece = int.Parse(name[1..], System.Globalization.CultureInfo.InvariantCulture);
        return new Dual(this[x][Place(y, op, element, piece)], piece == by ? 1 : 0);
    };

    // Where a piece of the input stands that goes into an element of the result.
    private int Place(int y, GateOp op, int element, int piece)
    {
        var (_, along, inner) = Axes.Around(op.Axis, graph.Values[y].Shape);
        var block = along * inner;
        return element / block * block * op.Function.Pieces + piece * block + element % block;
    }

    private void Penalise(Node node, PenaltyFormula penalty) =>
        Penalty += this[node.Inputs[0]].Sum(weight => Dual.Of(penalty.Value, _ => new Dual(weight, 1)).Value);

    private void PenaltyBackward(Node node, PenaltyFormula penalty)
    {
        var (weights, gradient) = (this[node.Inputs[0]], this[node.Inputs[1]]);
        for (var i = 0; i < weights.Length; i++)
            gradient[i] += Dual.Of(penalty.Value, _ => new Dual(weights[i], 1)).Slope;
    }

    private void Maxout(Node node, MaxoutOp op)
    {
        var (x, y) = (this[node.Inputs[0]], this[node.Outputs[0]]);
        for (var i = 0; i < y.Length; i++)
            y[i] = Group(node.Outputs[0], op, i).Max(k => x[k]);
    }

    private void MaxoutBackward(Node node, MaxoutOp op)
    {
        var (dy, x, dx) = (this[node.Inputs[0]], this[node.Inputs[1]], this[node.Outputs[0]]);
        for (var i = 0; i < dy.Length; i++)
            dx[Group(node.Inputs[0], op, i).MaxBy(k => x[k])] = dy[i];
    }

    private IEnumerable<int> Group(int y, MaxoutOp op, int element)
    {
        var (_, _, inner) = Axes.Around(op.Axis, graph.Values[y].Shape);
        return Enumerable.Range(0, op.Pieces).Select(piece => (element / inner * op.Pieces + piece) * inner + element % inner);
    }

    private void LogSoftmax(Node node, int axis)
    {
        var (x, y) = (this[node.Inputs[0]], this[node.Outputs[0]]);
        foreach (var lane in Lanes(node.Inputs[0], axis))
        {
            var max = lane.Max(i => x[i]);
            var logSum = max + Math.Log(lane.Sum(i => Math.Exp(x[i] - max)));
            foreach (var i in lane)
                y[i] = x[i] - logSum;
        }
    }

    private void LogSoftmaxBackward(Node node, int axis)
    {
        var (dy, y, dx) = (this[node.Inputs[0]], this[node.Inputs[1]], this[node.Outputs[0]]);
        foreach (var lane in Lanes(node.Inputs[1], axis))
        {
            foreach (var i in lane)
                dx[i] = lane.Sum(j => dy[j] * ((i == j ? 1 : 0) - Math.Exp(y[i])));
        }
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
            Dual Variable(string name) => name == LossFormula.Prediction ? new Dual(p[i], 1)
                : name == LossFormula.Target ? new Dual(t[i], 0)
                : new Dual(op.Loss.Arrays.Single(array => array.Name == name).Numbers[i % graph.Values[node.Inputs[0]].Shape.Size], 0);
            var (value, derivative) = Dual.Of(op.Loss.Value, Variable);
            Terms[i] = value;
            LossValue += scale * Weight(i) * value;
            SetGradient(node, i, scale * Weight(i) * derivative);
        }
    }

    // Of each sample: a function of sums over its elements.
    private void Loss(Node node, SampleLossOp op)
    {
        var (p, t) = (this[node.Inputs[0]], Targets!.Numbers!);
        var size = p.Length / batch;
        var scale = op.Reduction == "Sum" ? 1 : 1.0 / batch;
        Terms = new double[batch];
        LossValue = 0;
        for (var n = 0; n < batch; n++)
        {
            Dual Term(Expr term, int element) => Dual.Of(term, name => name == LossFormula.Prediction ? new Dual(p[element], 1) : new Dual(t[element], 0));
            var elements = Enumerable.Range(n * size, size).ToList();
            var sums = op.Loss.Terms.Select(term => elements.Sum(element => Term(term, element).Value)).ToArray();
            Dual Value(int by) => Dual.Of(op.Loss.Value, name => new Dual(sums[SampleLossFormula.Index(name)], SampleLossFormula.Index(name) == by ? 1 : 0));
            Terms[n] = Value(-1).Value;
            LossValue += scale * Weight(n) * Terms[n];
            foreach (var element in elements)
                SetGradient(node, element, scale * Weight(n) * op.Loss.Terms.Select((term, k) => Value(k).Slope * Term(term, element).Slope).Sum());
        }
    }

    private void Loss(Node node, MulticlassHingeOp op)
    {
        var p = this[node.Inputs[0]];
        var classes = graph.Values[node.Inputs[0]].Shape.Last;
        var labels = Targets!.Labels!;
        var scale = RowScale(op, labels.Length);
        Terms = new double[labels.Length];
        LossValue = 0;
        for (var r = 0; r < labels.Length; r++)
        {
            if (labels[r] == op.IgnoreIndex)
                continue;
            var factor = (op.ClassWeights.Count == 0 ? 1 : op.ClassWeights[labels[r]]) / (op.OverClasses ? classes : 1);
            var label = r * classes + labels[r];
            var total = 0.0;
            for (var c = r * classes; c < (r + 1) * classes; c++)
            {
                var violation = op.Margin - p[label] + p[c];
                if (c == label || violation <= 0)
                    continue;
                Terms[r] += factor * violation;
                total += factor;
                SetGradient(node, c, scale * Weight(r) * factor);
            }

            SetGradient(node, label, -scale * Weight(r) * total);
            LossValue += scale * Weight(r) * Terms[r];
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
