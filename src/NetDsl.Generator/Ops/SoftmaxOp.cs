using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>yᵢ = e^(xᵢ) / Σⱼ e^(xⱼ) along one axis.</summary>
internal sealed record SoftmaxOp(int Axis) : LayerOp
{
    public override string Name => "softmax";

    public override string Symbol => "a";

    public override string Settings => Axis == -1 ? "" : $"axis = {Text.Invariant(Axis)}";

    public override string Summary => Axis == -1 ? Name : $"{Name}, {Settings}";

    public static SoftmaxOp Parse(LayerArguments arguments) => new(arguments.Integer("Axis", -1));

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (Axis < -x.Rank || Axis >= x.Rank)
            report(Rules.AxisOutOfRange, "Axis", [Text.Invariant(Axis), x.ToString(), Text.Plural(x.Rank, "axis").Replace("axiss", "axes"), Text.Invariant(-x.Rank), Text.Invariant(x.Rank - 1)]);
        return Ops.Inference.Same(x);
    }

    public override long Flops(Shape x, Shape y) => 3 * y.LongSize;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = softmax({inputs[0]})";

    public override void Differentiate(GradientTape tape, Node node)
    {
        if (tape.NeedsGradient(node.Inputs[0]))
            tape.Add(new SoftmaxBackwardOp(Axis), node, [tape.GradientOf(node.Outputs[0]), node.Outputs[0]], [tape.MakeGradient(node.Inputs[0])]);
    }

    /// <summary>Extents before, along and behind the axis, the batch left out.</summary>
    public static (int Outer, int Axis, int Inner) Split(Shape shape, int axis)
    {
        var index = axis < 0 ? axis + shape.Rank : axis;
        return (shape.Extents.Take(index).Aggregate(1, (a, b) => a * b), shape.Extents[index], shape.Extents.Skip(index + 1).Aggregate(1, (a, b) => a * b));
    }
}

/// <summary>dx = y ⊙ (dy − Σ y ⊙ dy), the sum along the axis.</summary>
internal sealed record SoftmaxBackwardOp(int Axis) : Op
{
    public override string Name => "softmax.backward";

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        $"{outputs[0]} = {inputs[1]} ⊙ ({inputs[0]} − Σ {inputs[1]} ⊙ {inputs[0]})";
}
