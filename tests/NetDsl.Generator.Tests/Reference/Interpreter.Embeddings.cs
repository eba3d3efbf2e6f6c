using NetDsl.Generator.Graph;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Tests.Reference;

internal sealed partial class Interpreter
{
    private void Loss(Node node, ContrastiveOp op) => EachRow(node, op, (row, x) =>
    {
        var distance = Distance(x[0], x[1], 0);
        var isSimilar = Targets!.Numbers![row] == (op.OneMeansSimilar ? 1 : 0);
        var gap = isSimilar ? distance : Math.Max(0, op.Margin - distance);
        var slope = isSimilar ? 1 : distance == 0 ? 0 : -gap / distance;
        var dx = x[0].Zip(x[1], (a, b) => slope * (a - b)).ToArray();
        return (0.5 * gap * gap, [dx, [.. dx.Select(value => -value)]]);
    });

    private void Loss(Node node, CosineEmbeddingOp op) => EachRow(node, op, (row, x) =>
    {
        double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();
        var (a, b) = (Math.Sqrt(Dot(x[0], x[0])), Math.Sqrt(Dot(x[1], x[1])));
        var cosine = Dot(x[0], x[1]) / a / b;
        var isSimilar = Targets!.Numbers![row] == 1;
        var slope = isSimilar ? -1 : cosine > op.Margin ? 1 : 0;
        double[] Gradient(double[] of, double[] other, double length) => [.. of.Zip(other, (p, q) => slope * (q / (a * b) - cosine * p / (length * length)))];
        return (isSimilar ? 1 - cosine : Math.Max(0, cosine - op.Margin), [Gradient(x[0], x[1], a), Gradient(x[1], x[0], b)]);
    });

    private void Loss(Node node, TripletMarginOp op) => EachRow(node, op, (_, x) =>
    {
        var (near, far, other) = (Distance(x[0], x[1], op.Epsilon), Distance(x[0], x[2], op.Epsilon), Distance(x[1], x[2], op.Epsilon));
        var swaps = op.Swap && other < far;
        var value = op.Margin + near - (swaps ? other : far);
        var dx = x.Select(row => new double[row.Length]).ToArray();
        void Add(int from, int to, double distance, double sign)
        {
            for (var i = 0; i < dx[0].Length; i++)
            {
                var slope = sign * (x[from][i] - x[to][i] + op.Epsilon) / distance;
                dx[from][i] += slope;
                dx[to][i] -= slope;
            }
        }

        if (value <= 0)
            return (0, dx);
        Add(0, 1, near, 1);
        Add(swaps ? 1 : 0, 2, swaps ? other : far, -1);
        return (value, dx);
    });

    private void EachRow(Node node, EmbeddingLossOp op, Func<int, double[][], (double Value, double[][] Gradients)> loss)
    {
        var scale = op.Reduction == "Sum" ? 1 : 1.0 / batch;
        var size = graph.Values[node.Inputs[0]].Shape.Size;
        Terms = new double[batch];
        LossValue = 0;
        for (var row = 0; row < batch; row++)
        {
            var (value, gradients) = loss(row, [.. node.Inputs.Take(op.Predictions).Select(id => this[id].AsSpan(row * size, size).ToArray())]);
            Terms[row] = value;
            LossValue += scale * value;
            foreach (var (output, gradient) in node.Outputs.Zip(gradients))
            {
                for (var i = 0; i < size; i++)
                    this[output][row * size + i] = scale * gradient[i];
            }
        }
    }

    private static double Distance(double[] a, double[] b, double epsilon) => Math.Sqrt(a.Zip(b, (p, q) => (p - q + epsilon) * (p - q + epsilon)).Sum());
}
