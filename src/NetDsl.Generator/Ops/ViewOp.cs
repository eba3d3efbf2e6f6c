using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>y = x with another shape, in the same memory.</summary>
/// <param name="Target">Of the result, one of them perhaps −1 for what is left; empty for a single axis.</param>
internal sealed record ViewOp(EquatableArray<int> Target) : LayerOp, IView
{
    public override string Name => Target.Count == 0 ? "flatten" : "reshape";

    public override string Symbol => Target.Count == 0 ? "f" : "v";

    public override string Settings => string.Join("×", Target.Select(extent => extent < 0 ? "…" : Text.Invariant(extent)));

    public override string Summary => $"{Name} {Settings}".TrimEnd();

    public static ViewOp ParseFlatten(LayerArguments arguments) => new(EquatableArray<int>.Empty);

    public static ViewOp ParseReshape(LayerArguments arguments)
    {
        var target = arguments.Integers("shape", -1, "an extent");
        if (target.Count(extent => extent == -1) > 1 || target.Contains(0) || target.Count == 0)
            arguments.Report(Rules.OutOfRange, "", arguments.Label("shape"), Windows.Join(target), "its extents must be at least 1, save for one −1 that takes what the others leave");
        return new(target.Count == 0 ? Windows.One : target);
    }

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (Target.Count == 0)
            return Ops.Inference.Same(Shape.Of(x.Size));
        var known = Target.Where(extent => extent > 0).Aggregate(1.0, (product, extent) => product * extent);
        var isOpen = Target.Contains(-1);
        if (isOpen ? x.LongSize % known == 0 : x.LongSize == known)
            return Ops.Inference.Same(new Shape(Target.Select(extent => extent > 0 ? extent : (int)(x.LongSize / known)).ToEquatableArray()));
        report(Rules.Reshape, "",
        [
            Settings, (isOpen ? "a multiple of " : "") + known.ToString("N0", CultureInfo.InvariantCulture) + " elements", x.ToString(), Text.Grouped(x.LongSize),
            isOpen ? "choose extents whose product divides that" : "choose extents with that product, or write −1 for one of them",
        ]);
        return Ops.Inference.Same(x);
    }

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]}, the same memory";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} → {outputs[0]}";

    public override void Differentiate(GradientTape tape, Node node)
    {
        if (tape.NeedsGradient(node.Inputs[0]))
            tape.Add(new ViewBackwardOp(Name), node, [tape.GradientOf(node.Outputs[0])], [tape.MakeGradient(node.Inputs[0])]);
    }
}

/// <summary>dx = dy with the shape of x, in the same memory.</summary>
internal sealed record ViewBackwardOp(string View) : Op, IView
{
    public override string Name => View + ".backward";

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]}, the same memory";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} → {outputs[0]}";
}
