using System;
using System.Collections.Generic;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>h = x ⊙ m with a random mask m of 0 and 1/(1 − rate), drawn anew for each training pass.</summary>
internal sealed record DropoutOp(double Rate) : LayerOp, IElementwise
{
    public override string Name => "dropout";

    public override string Symbol => "h";

    public override string Settings => Text.RoundTrip(Rate);

    public override string Summary => $"dropout {Settings}";

    public override bool HasEpilogue => true;

    public override LayerOp? Inference => null;

    public override IReadOnlyList<(string Symbol, ValueKind Kind)> SideOutputs => [("m", ValueKind.Mask)];

    public static DropoutOp Parse(LayerArguments arguments) => new(arguments.Probability("rate", "the probability of dropping an element"));

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report) => new(EquatableArray.Of(x, x), EquatableArray<Shape>.Empty);

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
        yield return $"    Kernels::Dropout.FillMask<{code.Type}>({mask}, {Settings}, workspace.MaskSeed({Text.Invariant(code.Number(node))}), workspace.Step);";
    }

    public override void Differentiate(GradientTape tape, Node node)
    {
        if (tape.NeedsGradient(node.Inputs[0]))
            tape.Add(new MaskOp(), node, [tape.GradientOf(node.Outputs[0]), node.Outputs[1]], [tape.MakeGradient(node.Inputs[0])]);
    }
}

/// <summary>dx = dh ⊙ m: the backward pass of a dropout, with the mask of its forward pass.</summary>
internal sealed record MaskOp : Op, IElementwise
{
    public override string Name => "dropout.backward";

    public override bool HasEpilogue => true;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]} ⊙ {inputs[1]}";

    public IReadOnlyList<string> Statements(ElementCode code) => [$"var {code.Output(0)} = {code.Input(0)} * {code.Input(1)};"];

    public Channels ChannelsOf(Shape x) => Channels.None;
}
