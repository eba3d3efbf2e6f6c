using System;
using System.Collections.Generic;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Formulas;
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

    public override Interval OutputRange => new(0, 1);

    public override string Summary => Axis == -1 ? Name : $"{Name}, {Settings}";

    public static SoftmaxOp Parse(LayerArguments arguments) => new(arguments.Integer("Axis", -1));

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (Axis < -x.Rank || Axis >= x.Rank)
            report(Rules.AxisOutOfRange, "Axis", Axes.Report(Axis, x));
        return Ops.Inference.Same(x);
    }

    public override long Flops(Shape x, Shape y) => 3 * y.LongSize;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = softmax({inputs[0]})";

    public override string Call(StepCode code)
    {
        var x = code.Root.Inputs[0];
        return $"Kernels::Softmax.Forward<{code.TypeAndFunctions}>({code.Variable(x)}, {code.Result}, {Extents(code, x, Axis)})";
    }

    public override void Differentiate(GradientTape tape, Node node)
    {
        if (tape.NeedsGradient(node.Inputs[0]))
            tape.Add(new SoftmaxBackwardOp(Axis), node, [tape.GradientOf(node.Outputs[0]), node.Outputs[0]], [tape.MakeGradient(node.Inputs[0])]);
    }

    /// <summary>C# of the extents before, along and behind an axis.</summary>
    public static string Extents(StepCode code, int value, int axis)
    {
        var (outer, along, inner) = Axes.Around(axis, code.Shape(value));
        return $"{StepCode.Samples(outer)}, {Text.Invariant(along)}, {Text.Invariant(inner)}";
    }
}

/// <summary>dx = y ⊙ (dy − Σ y ⊙ dy), the sum along the axis.</summary>
internal sealed record SoftmaxBackwardOp(int Axis) : Op
{
    public override string Name => "softmax.backward";

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        $"{outputs[0]} = {inputs[1]} ⊙ ({inputs[0]} − Σ {inputs[1]} ⊙ {inputs[0]})";

    public override string Call(StepCode code)
    {
        var (dy, y) = (code.Root.Inputs[0], code.Root.Inputs[1]);
        return $"Kernels::Softmax.Backward<{code.Type}>({code.Variable(y)}, {code.Variable(dy)}, {code.Result}, {SoftmaxOp.Extents(code, y, Axis)})";
    }
}
