using System.Collections.Generic;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>y = x: brings the batch, which is the caller's, into the workspace.</summary>
internal sealed record CopyOp : Op, IElementwise
{
    public override string Name => "copy";

    public override bool HasEpilogue => true;

    public override string Role(int place) => "source";

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]}";

    public IReadOnlyList<string> Statements(ElementCode code) => [$"var {code.Output(0)} = {code.Input(0)};"];

    public Channels ChannelsOf(Shape x) => Channels.None;

    public override void Differentiate(GradientTape tape, Node node) =>
        tape.Add(new CopyOp(), node, [tape.GradientOf(node.Outputs[0])], [tape.MakeGradient(node.Inputs[0])]);
}
