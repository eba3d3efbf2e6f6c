using System;
using System.Collections.Generic;
using NetDsl.Generator.Emission;

namespace NetDsl.Generator.Ops;

/// <summary>The place of the loss in a network that has none: OutputGradient takes its gradient from elsewhere.</summary>
internal sealed record OutsideLossOp() : LossOp("")
{
    public override string Name => "outside_loss";

    public override bool HasTarget => false;

    public override string Summary => "outside the network";

    public override string Term(string prediction, string target) => throw NoTerm();

    public override (string Text, string Where) TermDerivative(string prediction, string target) => throw NoTerm();

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = ∂L/∂{inputs[0]}";

    public override string Evaluate(LossCode code) => throw NoTerm();

    private static InvalidOperationException NoTerm() => new("The loss outside the network has no terms within it.");
}
