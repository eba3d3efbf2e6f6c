using NetDsl.Generator.Graph;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Tests.Reference;

/// <summary>Normalisations: for each mean the places that it goes over.</summary>
internal sealed partial class Interpreter
{
    private readonly Dictionary<int, double[]> _updates = [];

    /// <summary>Whether batch normalisation takes the statistics of the batch, and not the running ones.</summary>
    public bool Training { get; set; } = true;

    /// <summary>A tensor of the state after the pass.</summary>
    public double[] Updated(int state) => _updates.GetValueOrDefault(state, this[state]);

    private void Normalise(Node node, NormOp op)
    {
        var (x, y) = (this[node.Inputs[0]], this[node.Outputs[0]]);
        var places = Places(node.Inputs[0], op);
        for (var unit = 0; unit < places.Length; unit++)
        {
            var at = places[unit];
            var mean = op.IsCentred ? at.Average(i => x[i]) : 0;
            var squares = at.Sum(i => (x[i] - mean) * (x[i] - mean));
            var variance = squares / at.Length;
            if (op is BatchNormOp batchNorm)
            {
                var (runningMean, runningVariance) = (node.Inputs[^2], node.Inputs[^1]);
                if (Training && !op.IsFrozen)
                {
                    Update(runningMean, unit, batchNorm.Momentum, mean);
                    Update(runningVariance, unit, batchNorm.Momentum, squares / (at.Length - 1));
                }
                else
                {
                    (mean, variance) = (this[runningMean][unit], this[runningVariance][unit]);
                }
            }

            var rstd = 1 / Math.Sqrt(variance + op.Epsilon);
            if (op.IsCentred)
                this[node.Outputs[1]][unit] = mean;
            this[node.Outputs[^1]][unit] = rstd;
            foreach (var i in at)
                y[i] = Gamma(node.Inputs, 1, op, node.Inputs[0], i) * (x[i] - mean) * rstd + (op.LearntCount > 1 ? this[node.Inputs[2]][Learnt(op, node.Inputs[0], i)] : 0);
        }
    }

    private void Update(int state, int unit, double momentum, double batch)
    {
        if (!_updates.TryGetValue(state, out var values))
            _updates[state] = values = [.. this[state]];
        values[unit] = (1 - momentum) * this[state][unit] + momentum * batch;
    }

    private void NormaliseBackward(Node node, NormBackwardOp backward)
    {
        var (op, source) = (backward.Norm, node.Inputs[1]);
        var (dy, x) = (this[node.Inputs[0]], this[source]);
        var places = Places(source, op);
        for (var unit = 0; unit < places.Length; unit++)
        {
            var at = places[unit];
            var (mean, rstd) = (op.IsCentred ? this[node.Inputs[^2]][unit] : 0, this[node.Inputs[^1]][unit]);
            double Hat(int i) => (x[i] - mean) * rstd;
            double G(int i) => dy[i] * Gamma(node.Inputs, 2, op, source, i);
            // Running statistics are constants.
            var isConstant = op is BatchNormOp && (!Training || op.IsFrozen);
            var gradient = isConstant || !op.IsCentred ? 0 : at.Average(G);
            var product = isConstant ? 0 : at.Average(i => G(i) * Hat(i));
            foreach (var i in at)
            {
                if (backward.HasInput)
                    this[node.Outputs[0]][i] = rstd * (G(i) - gradient - Hat(i) * product);
                if (!backward.HasParameters)
                    continue;
                var learnt = backward.HasInput ? 1 : 0;
                this[node.Outputs[learnt]][Learnt(op, source, i)] += dy[i] * Hat(i);
                if (op.IsCentred)
                    this[node.Outputs[learnt + 1]][Learnt(op, source, i)] += dy[i];
            }
        }
    }

    private void Fold(Node node, BatchNormOp op)
    {
        var (x, y, scale, shift) = (this[node.Inputs[0]], this[node.Outputs[0]], this[node.Outputs[1]], this[node.Outputs[2]]);
        var (mean, variance) = (this[node.Inputs[^2]], this[node.Inputs[^1]]);
        for (var channel = 0; channel < scale.Length; channel++)
        {
            scale[channel] = (op.Affine ? this[node.Inputs[1]][channel] : 1) / Math.Sqrt(variance[channel] + op.Epsilon);
            shift[channel] = (op.Affine ? this[node.Inputs[2]][channel] : 0) - mean[channel] * scale[channel];
        }

        for (var i = 0; i < x.Length; i++)
            y[i] = x[i] * scale[Channel(node.Inputs[0], i)] + shift[Channel(node.Inputs[0], i)];
    }

    private double Gamma(IReadOnlyList<int> inputs, int index, NormOp op, int x, int i) => op.Affine ? this[inputs[index]][Learnt(op, x, i)] : 1;

    // The element of γ and β that an element of x has.
    private int Learnt(NormOp op, int x, int i) => op is LayerNormOp ? i % op.Columns(graph.Values[x].Shape) : Channel(x, i);

    // The places that each mean goes over, in the order of the means.
    private int[][] Places(int x, NormOp op)
    {
        var shape = graph.Values[x].Shape;
        var all = Enumerable.Range(0, Size(x));
        var units = op switch
        {
            BatchNormOp => all.GroupBy(i => Channel(x, i)),
            LayerNormOp => all.GroupBy(i => i / op.Columns(shape)),
            GroupNormOp group => all.GroupBy(i => i / (shape.Size / group.GroupsOf(shape))),
            _ => throw new NotSupportedException($"The reference interpreter has no rule for {op.GetType().Name}."),
        };
        return [.. units.OrderBy(unit => unit.Key).Select(unit => unit.ToArray())];
    }

    private void RespondLocally(Node node, LocalResponseNormOp op)
    {
        var (x, y) = (this[node.Inputs[0]], this[node.Outputs[0]]);
        for (var i = 0; i < x.Length; i++)
        {
            var scale = Scale(node.Inputs[0], op, i);
            y[i] = x[i] * Math.Pow(scale, -op.Beta);
            if (op.KeepsScale)
                this[node.Outputs[1]][i] = scale;
        }
    }

    // dx_i = Σ_j dy_j·∂y_j/∂x_i over the results whose window holds i.
    private void RespondLocallyBackward(Node node, LocalResponseNormOp op)
    {
        var (dy, x, dx) = (this[node.Inputs[0]], this[node.Inputs[1]], this[node.Outputs[0]]);
        for (var j = 0; j < x.Length; j++)
        {
            var scale = Scale(node.Inputs[1], op, j);
            dx[j] += dy[j] * Math.Pow(scale, -op.Beta);
            foreach (var i in Window(node.Inputs[1], op, j))
                dx[i] += dy[j] * x[j] * -op.Beta * Math.Pow(scale, -op.Beta - 1) * op.Alpha * 2 * x[i];
        }
    }

    private double Scale(int x, LocalResponseNormOp op, int i) => op.K + op.Alpha * Window(x, op, i).Sum(j => this[x][j] * this[x][j]);

    private IEnumerable<int> Window(int x, LocalResponseNormOp op, int i)
    {
        var shape = graph.Values[x].Shape;
        var channel = Channel(x, i);
        return Enumerable.Range(channel - op.Size / 2, op.Size).Where(other => other >= 0 && other < shape.Extents[0]).Select(other => i + (other - channel) * shape.Plane);
    }
}
