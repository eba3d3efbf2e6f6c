using System;
using System.Collections.Generic;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>The largest of each group of neighbouring channels.</summary>
internal sealed record MaxoutOp(int Pieces, int Axis) : LayerOp
{
    public override string Name => "maxout";

    public override string Symbol => "a";

    public override bool DerivativeReadsInput => true;

    public override string Settings => Axis == 0 ? $"{Text.Invariant(Pieces)} pieces" : $"{Text.Invariant(Pieces)} pieces, axis = {Text.Invariant(Axis)}";

    public override string Summary => $"{Name}, {Settings}";

    public static MaxoutOp Parse(LayerArguments arguments) => new(arguments.Positive("pieces", "the number of pieces"), arguments.Integer("Axis", 0));

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (Axis < -x.Rank || Axis >= x.Rank)
        {
            report(Rules.AxisOutOfRange, "Axis", Axes.Report(Axis, x));
            return Ops.Inference.Same(x);
        }

        var extent = x.Extents[Axes.Index(Axis, x)];
        if (extent % Pieces != 0)
            report(Rules.Pieces, "pieces", [Name, Text.Invariant(Pieces), Text.Invariant(extent), x.ToString(), Text.Invariant((extent / Pieces + 1) * Pieces)]);
        return new(EquatableArray.Of(x.With(Axes.Index(Axis, x), Math.Max(1, extent / Pieces))), EquatableArray<Shape>.Empty);
    }

    public override long Flops(Shape x, Shape y) => x.LongSize;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = max of {Text.Invariant(Pieces)} neighbouring channels of {inputs[0]}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} → {outputs[0]}";

    public override string Call(StepCode code) =>
        $"Kernels::Maxout.Forward<{code.Type}>({code.Variable(code.Root.Inputs[0])}, {code.Result}, {Groups(code, code.Root.Outputs[0])})";

    public override void Differentiate(GradientTape tape, Node node)
    {
        if (tape.NeedsGradient(node.Inputs[0]))
            tape.Add(new MaxoutBackwardOp(this), node, [tape.GradientOf(node.Outputs[0]), node.Inputs[0]], [tape.MakeGradient(node.Inputs[0])]);
    }

    /// <summary>C# of the extents before, along, within a group of and behind the axis.</summary>
    public string Groups(StepCode code, int y)
    {
        var (outer, along, inner) = Axes.Around(Axis, code.Shape(y));
        return $"{StepCode.Samples(outer)}, {Text.Invariant(along)}, {Text.Invariant(Pieces)}, {Text.Invariant(inner)}";
    }
}

/// <summary>dx = dy where x is the first largest of its group, else 0.</summary>
internal sealed record MaxoutBackwardOp(MaxoutOp Maxout) : Op
{
    public override string Name => "maxout.backward";

    public override string Settings => Maxout.Settings;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]} where {inputs[1]} is the first maximum of its group, else 0";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} → {outputs[0]}";

    public override string Call(StepCode code) =>
        $"Kernels::Maxout.Backward<{code.Type}>({code.Variable(code.Root.Inputs[1])}, {code.Variable(code.Root.Inputs[0])}, {code.Result}, {Maxout.Groups(code, code.Root.Inputs[0])})";
}
