using System;
using System.Collections.Generic;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>yᵢ = xᵢ − log Σⱼ e^(xⱼ) along one axis.</summary>
internal sealed record LogSoftmaxOp(int Axis) : LayerOp
{
    public override string Name => "log_softmax";

    public override string Symbol => "a";

    public override string Settings => Axis == -1 ? "" : $"axis = {Text.Invariant(Axis)}";

    public override Interval OutputRange => new(double.NegativeInfinity, 0);

    public override string Summary => Axis == -1 ? Name : $"{Name}, {Settings}";

    public static LogSoftmaxOp Parse(LayerArguments arguments) => new(arguments.Integer("Axis", -1));

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (Axis < -x.Rank || Axis >= x.Rank)
            report(Rules.AxisOutOfRange, "Axis", Axes.Report(Axis, x));
        return Ops.Inference.Same(x);
    }

    public override long Flops(Shape x, Shape y) => 3 * y.LongSize;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = log softmax({inputs[0]})";

    public override string Call(StepCode code)
    {
        var x = code.Root.Inputs[0];
        return $"Kernels::LogSoftmax.Forward<{code.TypeAndFunctions}>({code.Variable(x)}, {code.Result}, {SoftmaxOp.Extents(code, x, Axis)})";
    }

    public override void Differentiate(GradientTape tape, Node node)
    {
        if (tape.NeedsGradient(node.Inputs[0]))
            tape.Add(new LogSoftmaxBackwardOp(Axis), node, [tape.GradientOf(node.Outputs[0]), node.Outputs[0]], [tape.MakeGradient(node.Inputs[0])]);
    }
}

/// <summary>dx = dy − e^y ⊙ Σ dy, the sum along the axis.</summary>
internal sealed record LogSoftmaxBackwardOp(int Axis) : Op
{
    public override string Name => "log_softmax.backward";

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]} − e^{inputs[1]} ⊙ Σ {inputs[0]}";

    public override string Call(StepCode code)
    {
        var (dy, y) = (code.Root.Inputs[0], code.Root.Inputs[1]);
        return $"Kernels::LogSoftmax.Backward<{code.TypeAndFunctions}>({code.Variable(y)}, {code.Variable(dy)}, {code.Result}, {SoftmaxOp.Extents(code, y, Axis)})";
    }
}
