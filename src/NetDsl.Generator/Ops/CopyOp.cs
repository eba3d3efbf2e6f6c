using System.Collections.Generic;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>y = x: brings the batch, which is the caller's, into the workspace.</summary>
internal sealed record CopyOp : Op, IElementwise
{
    public override string Name => "copy";

    public override bool HasEpilogue => true;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]}";

    public string Code(string type, IReadOnlyList<string> operands) => operands[0];

    public override void Differentiate(GradientTape tape, Node node) =>
        tape.Add(new CopyOp(), node, [tape.GradientOf(node.Outputs[0])], [tape.MakeGradient(node.Inputs[0])]);
}
