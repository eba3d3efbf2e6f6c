using NetDsl.Generator.Graph;
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
        foreach (var (branch, from, to) in Places(node.Inputs, node.Outputs[0], axis))
            this[node.Outputs[0]][to] = this[node.Inputs[branch]][from];
    }

    private void TakePiece(Node node, ConcatBackwardOp op)
    {
        foreach (var (_, from, to) in Places(op.Branches, node.Inputs[0], op.Concat.Axis).Where(place => place.Branch == op.Branch))
            this[node.Outputs[0]][from] = this[node.Inputs[0]][to];
    }

    // Every element of every branch and its place in the result: coordinates are those of the branch, moved along the axis.
    private IEnumerable<(int Branch, int From, int To)> Places(IReadOnlyList<int> branches, int result, int axis)
    {
        var whole = graph.Values[result].Shape.Extents.Prepend(batch).ToArray();
        var along = axis < 0 ? whole.Length + axis : axis + 1;
        var start = 0;
        for (var number = 0; number < branches.Count; number++)
        {
            var extents = graph.Values[branches[number]].Shape.Extents.Prepend(batch).ToArray();
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
