using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Tests.Reference;

/// <summary>Sums, products and concatenations of branches.</summary>
internal sealed partial class Interpreter
{
    private void Fold(Node node, Func<double, double, double> combine)
    {
        var y = this[node.Outputs[0]];
        for (var i = 0; i < y.Length; i++)
            y[i] = node.Inputs.Select(input => this[input][i]).Aggregate(combine);
    }

    private void Concatenate(Node node, int axis)
    {
        foreach (var (branch, from, to) in Places([.. node.Inputs.Select(id => graph.Values[id].Shape)], node.Outputs[0], axis))
            this[node.Outputs[0]][to] = this[node.Inputs[branch]][from];
    }

    private void TakePiece(Node node, ConcatBackwardOp op)
    {
        foreach (var (_, from, to) in Places(op.Branches, node.Inputs[0], op.Concat.Axis).Where(place => place.Branch == op.Branch))
            this[node.Outputs[0]][from] = this[node.Inputs[0]][to];
    }

    // Channels of zeros around those of the narrow side.
    private void PadChannels(Node node, int wide, bool isBackward)
    {
        var (from, to) = (this[node.Inputs[0]], this[node.Outputs[0]]);
        var (small, large) = (graph.Values[isBackward ? node.Outputs[0] : node.Inputs[0]].Shape, graph.Values[wide].Shape);
        var before = (large.Extents[0] - small.Extents[0]) / 2;
        for (var i = 0; i < batch * small.Size; i++)
        {
            var place = i / small.Size * large.Size + before * large.Plane + i % small.Size;
            to[isBackward ? i : place] = from[isBackward ? place : i];
        }
    }

    private void Tied(Node node)
    {
        Multiply(node.Inputs[0], node.Inputs[^1], node.Outputs[0], isTransposed: false);
        var z = this[node.Outputs[0]];
        for (var i = 0; i < z.Length && node.Inputs.Count > 2; i++)
            z[i] += this[node.Inputs[1]][i % graph.Values[node.Inputs[1]].Shape.Size];
    }

    // y[r] = x[r]·w, or ·wᵀ, with w [units × inputs]
    private void Multiply(int x, int w, int y, bool isTransposed)
    {
        var (units, inputs) = Extents(w);
        var (from, to) = isTransposed ? (inputs, units) : (units, inputs);
        for (var i = 0; i < this[y].Length; i++)
        {
            for (var k = 0; k < from; k++)
                this[y][i] += this[x][i / to * from + k] * this[w][isTransposed ? i % to * inputs + k : k * inputs + i % to];
        }
    }

    private void TiedBackwardWeight(Node node)
    {
        var (x, dz, dw) = (this[node.Inputs[0]], this[node.Inputs[1]], this[node.Outputs[0]]);
        var (units, inputs) = Extents(node.Outputs[0]);
        for (var r = 0; r < x.Length / units; r++)
        {
            for (var i = 0; i < dw.Length; i++)
                dw[i] += x[r * units + i / inputs] * dz[r * inputs + i % inputs];
        }
    }

    private void TiedBackwardBias(Node node)
    {
        var (dz, db) = (this[node.Inputs[0]], this[node.Outputs[0]]);
        for (var i = 0; i < dz.Length; i++)
            db[i % db.Length] += dz[i];
    }

    // Every element of every branch and its place in the result: coordinates are those of the branch, moved along the axis.
    private IEnumerable<(int Branch, int From, int To)> Places(IReadOnlyList<Shape> branches, int result, int axis)
    {
        var whole = graph.Values[result].Shape.Extents.Prepend(batch).ToArray();
        var along = axis < 0 ? whole.Length + axis : axis + 1;
        var start = 0;
        for (var number = 0; number < branches.Count; number++)
        {
            var extents = branches[number].Extents.Prepend(batch).ToArray();
            for (var from = 0; from < extents.Aggregate(1, (a, b) => a * b); from++)
            {
                var (rest, to, stride) = (from, 0, 1);
                for (var i = extents.Length - 1; i >= 0; i--)
                {
                    to += (rest % extents[i] + (i == along ? start : 0)) * stride;
                    rest /= extents[i];
                    stride *= whole[i];
                }

                yield return (number, from, to);
            }

            start += extents[along];
        }
    }
}
