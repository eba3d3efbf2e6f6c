using System;
using System.Collections.Generic;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>h = x ⊙ m with a random mask m of 0 and 1/(1 − rate), drawn anew for each training pass.</summary>
/// <param name="ByChannel">Whether a channel's elements are dropped together.</param>
internal sealed record DropoutOp(double Rate, bool ByChannel) : LayerOp, IElementwise
{
    public override string Name => ByChannel ? "channel_dropout" : "dropout";

    public override string Symbol => "h";

    public override string OperatorName => "dropout";

    public override string Settings => Text.RoundTrip(Rate);

    public override string Summary => $"{Name} {Settings}";

    public override bool HasEpilogue => true;

    public override LayerOp? Inference => null;

    public override IReadOnlyList<SideOutput> SideOutputs => [new("m", ValueKind.Mask, "Mask")];

    public static DropoutOp Parse(LayerArguments arguments) => new(arguments.Probability("rate", "the probability of dropping an element"), ByChannel: false);

    public static DropoutOp ParseByChannel(LayerArguments arguments) => new(arguments.Probability("rate", "the probability of dropping a channel"), ByChannel: true);

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (ByChannel)
            Windows.HasSpatialAxes(x, "ChannelDropout", report, x.Rank == 1 ? "use [Dropout]" : "put [Reshape(…)] before it");
        return new(EquatableArray.Of(x, x), EquatableArray<Shape>.Empty);
    }

    public override long Flops(Shape x, Shape y) => y.LongSize;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]} ⊙ {outputs[1]}";

    public IReadOnlyList<string> Statements(ElementCode code) => [$"var {code.Output(0)} = {code.Input(0)} * {code.Output(1)};"];

    public Channels ChannelsOf(Shape x) => Channels.None;

    public override IEnumerable<string> Prepare(StepCode code, Node node)
    {
        var mask = code.Variable(node.Outputs[1]);
        yield return "if (!training)";
        yield return $"    {mask}.Fill(1);";
        yield return "else if (!workspace.KeepMasks)";
        var shape = code.Shape(node.Inputs[0]);
        var (kernel, extents) = ByChannel ? ("FillChannelMask", $", n, {Text.Invariant(shape.Extents[0])}, {Text.Invariant(shape.Plane)}") : ("FillMask", "");
        yield return $"    Kernels::Dropout.{kernel}<{code.Type}>({mask}{extents}, {Settings}, workspace.MaskSeed({code.MaskNumber(node)}), workspace.Step);";
    }

    public override void Differentiate(GradientTape tape, Node node)
    {
        if (tape.NeedsGradient(node.Inputs[0]))
            tape.Add(new MaskOp(Name), node, [tape.GradientOf(node.Outputs[0]), node.Outputs[1]], [tape.MakeGradient(node.Inputs[0])]);
    }
}

/// <summary>dx = dh ⊙ m: the backward pass of a dropout, with the mask of its forward pass.</summary>
/// <param name="Dropout">Its name.</param>
internal sealed record MaskOp(string Dropout) : Op, IElementwise
{
    public override string Name => Dropout + ".backward";

    public override bool HasEpilogue => true;

    public override bool KeepsZeros => true;

    public override string OperatorName => "dropout.backward";

    public override string Role(int place) => place == 0 ? "dh" : "mask";

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]} ⊙ {inputs[1]}";

    public IReadOnlyList<string> Statements(ElementCode code) => [$"var {code.Output(0)} = {code.Input(0)} * {code.Input(1)};"];

    public Channels ChannelsOf(Shape x) => Channels.None;
}
