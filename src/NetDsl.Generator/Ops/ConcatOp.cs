using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>y = [x₁, x₂, …] along an axis of a sample.</summary>
internal sealed record ConcatOp(int Axis) : JoinOp
{
    public override string Name => "concat";

    public override string Symbol => "c";

    public override string Settings => Axis == 0 ? "" : $"axis = {Text.Invariant(Axis)}";

    public static LayerOp Parse(LayerArguments arguments) => new ConcatOp(arguments.Integer("Axis", 0));

    public override Inference Infer(IReadOnlyList<Shape> data, Action<Rule, string, string[]> report)
    {
        var first = data[0];
        if (Axis < -first.Rank || Axis >= first.Rank)
        {
            report(Rules.AxisOutOfRange, "Axis", Axes.Report(Axis, first));
            return Ops.Inference.Same(first);
        }

        var axis = Axes.Index(Axis, first);
        for (var i = 1; i < data.Count; i++)
        {
            if (data[i].Rank == first.Rank && data[i].With(axis, 1) == first.With(axis, 1))
                continue;
            var mend = data[i].Rank == first.Rank ? "use Padding = Padding.Same and the same strides in all of them" : "give the branches the same axes, say with [Flatten] or [Reshape(…)]";
            report(Rules.ConcatShapes, "", [Text.Invariant(Axis), Compare(first, i + 1, data[i]), mend]);
            return Ops.Inference.Same(first);
        }

        return Ops.Inference.Same(first.With(axis, (int)Math.Min(int.MaxValue, data.Sum(shape => (long)shape.Extents[axis]))));
    }

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = [{string.Join(", ", inputs)}]{(Axis == 0 ? "" : $" along axis {Text.Invariant(Axis)}")}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{string.Join(", ", inputs)} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var y = code.Root.Outputs[0];
        return string.Join(";\n", code.Root.Inputs.Select((x, i) =>
        {
            var piece = PieceOf([.. code.Root.Inputs.Select(code.Shape)], i, code.Shape(y));
            return $"Kernels::Pass.Apply<{code.Type}, Kernels::Store<{code.Type}>>({code.Variable(x)}, {code.From(code.Variable(y), piece.Offset)}, {piece.Rows}, {Text.Invariant(piece.Columns)}, {Text.Invariant(piece.Columns)}, {Text.Invariant(piece.Stride)}, default)";
        }));
    }

    public override void Differentiate(GradientTape tape, Node node)
    {
        for (var i = 0; i < node.Inputs.Count; i++)
        {
            if (tape.NeedsGradient(node.Inputs[i]))
                tape.Add(new ConcatBackwardOp(this, i, node.Inputs.Select(tape.ShapeOf).ToEquatableArray()), node, [tape.GradientOf(node.Outputs[0])], [tape.MakeGradient(node.Inputs[i])]);
        }
    }

    /// <summary>A branch's columns in the rows of the result: where they begin, how many they are, and how far the next row is.</summary>
    public (int Offset, string Rows, int Columns, int Stride) PieceOf(IReadOnlyList<Shape> branches, int branch, Shape y)
    {
        var columns = branches.Select(Columns).ToList();
        return (columns.Take(branch).Sum(), StepCode.Samples(Axes.Around(Axis, y).Outer), columns[branch], columns.Sum());
    }

    /// <summary>Elements of a shape from the axis on.</summary>
    public int Columns(Shape shape)
    {
        var (_, along, inner) = Axes.Around(Axis, shape);
        return along * inner;
    }
}

/// <summary>dxᵢ: a branch's piece of dy.</summary>
/// <param name="Branches">Shapes of the values that were concatenated.</param>
internal sealed record ConcatBackwardOp(ConcatOp Concat, int Branch, EquatableArray<Shape> Branches) : Op
{
    public override string Name => "concat.backward";

    public override string Settings => $"piece {Text.Invariant(Branch + 1)}{(Concat.Settings.Length == 0 ? "" : ", " + Concat.Settings)}";

    public override bool HasEpilogue => true;

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => Concat.Columns(result);

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = piece {Text.Invariant(Branch + 1)} of {inputs[0]}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var dy = code.Root.Inputs[0];
        var (offset, rows, columns, stride) = Concat.PieceOf(Branches, Branch, code.Shape(dy));
        var epilogue = code.Epilogue(columns);
        return $"Kernels::Pass.Apply<{code.Type}, {epilogue.Type}>({code.From(code.Variable(dy), offset)}, {code.Result}, {rows}, {Text.Invariant(columns)}, {Text.Invariant(stride)}, {Text.Invariant(columns)}, {epilogue.Construction})";
    }
}
