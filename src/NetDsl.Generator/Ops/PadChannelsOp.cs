using System;
using System.Collections.Generic;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>y = [0, x, 0] along the channels.</summary>
/// <param name="Width">Channels of the result.</param>
internal sealed record PadChannelsOp(int Width) : LayerOp
{
    public override string Name => "pad_channels";

    public override string Symbol => "p";

    public override string Settings => $"to {Text.Invariant(Width)}";

    public override string Summary => $"{Name} {Settings}";

    public static PadChannelsOp Parse(LayerArguments arguments) => new(arguments.Positive("width", "the number of channels"));

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (x.Extents[0] > Width)
            report(Rules.OutOfRange, "width", ["Width of [PadChannels]", Text.Invariant(Width), $"its input {x} has {Text.Plural(x.Extents[0], "channel")} already: give as many at least"]);
        return Ops.Inference.Same(x.With(0, Width));
    }

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = [0, {inputs[0]}, 0]";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var (x, y) = (code.Root.Inputs[0], code.Root.Outputs[0]);
        var (before, columns, stride) = Inside(code.Shape(x), code.Shape(y));
        return code.OnDevice
            ? $"Kernels::Pass.Pad({code.Variable(x)}, {code.Result}, n, {Text.Invariant(before)}, {columns}, {stride})"
            : $"{code.Result}.Clear();\nKernels::Pass.Apply<{code.Type}, Kernels::Store<{code.Type}>>({code.Variable(x)}, {code.From(code.Result, before)}, n, {columns}, {columns}, {stride}, default)";
    }

    public override void Differentiate(GradientTape tape, Node node)
    {
        if (tape.NeedsGradient(node.Inputs[0]))
            tape.Add(new PadChannelsBackwardOp(this), node, [tape.GradientOf(node.Outputs[0])], [tape.MakeGradient(node.Inputs[0])]);
    }

    /// <summary>Where the input's elements begin in a sample of the result, and C# of how many they are and how far the next sample is.</summary>
    public static (int Before, string Columns, string Stride) Inside(Shape x, Shape y) =>
        ((y.Extents[0] - x.Extents[0]) / 2 * x.Plane, Text.Invariant(x.Size), Text.Invariant(y.Size));
}

/// <summary>dx = dy without the channels that were added.</summary>
internal sealed record PadChannelsBackwardOp(PadChannelsOp Pad) : Op
{
    public override string Name => "pad_channels.backward";

    public override string Settings => Pad.Settings;

    public override bool HasEpilogue => true;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]} without the padding";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} → {outputs[0]}";

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => result.Size;

    public override string Call(StepCode code)
    {
        var (dy, dx) = (code.Root.Inputs[0], code.Root.Outputs[0]);
        var (before, columns, stride) = PadChannelsOp.Inside(code.Shape(dx), code.Shape(dy));
        var epilogue = code.Epilogue(code.Shape(dx).Size);
        return $"Kernels::Pass.Apply<{code.Type}, {epilogue.Type}>({code.From(code.Variable(dy), before)}, {code.Result}, n, {columns}, {stride}, {columns}, {epilogue.Construction})";
    }
}
