using NetDsl.Generator.Emission;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>Σ over the other classes of max(0, margin − p[label] + p[class]).</summary>
internal sealed record MulticlassHingeOp(string LossReduction, double Margin, bool OverClasses, EquatableArray<double> ClassWeights, int IgnoreIndex) : ClassLossOp(LossReduction, ClassWeights, IgnoreIndex)
{
    public override string Name => "multiclass_hinge";

    public override bool TakesDistributions => false;

    public override string Term(string prediction, string target) => $"Σ max(0, {Text.RoundTrip(Margin)} − {prediction}[label] + {prediction}[class]){Share}, class ≠ label";

    public override (string Text, string Where) TermDerivative(string prediction, string target) => ($"[{Text.RoundTrip(Margin)} − {prediction}[label] + {prediction}[class] > 0]{Share}", ", the label's being minus the others' sum");

    public override string Summary => $"{Name}, margin {Text.RoundTrip(Margin)}{(OverClasses ? ", over classes" : "")} ({ReductionWords})";

    public override long Flops(Shape x, Shape y) => 3 * x.LongSize;

    private string Share => OverClasses ? "/classes" : "";

    public override string Evaluate(LossCode code) =>
        $"Kernels::Losses.MulticlassHinge.Evaluate<{code.Type}>({code.Arguments}, margin: {Text.RoundTrip(Margin)}, overClasses: {(OverClasses ? "true" : "false")}{LabelArguments(code)}{code.RowsPerSample}{GradientFactor})";

    public static MulticlassHingeOp Parse(LayerArguments arguments) => new(
        ReadReduction(arguments),
        arguments.Above("margin", 1, "the margin"),
        arguments.Flag("OverClasses", false),
        arguments.Weights("ClassWeights"),
        arguments.Integer("IgnoreIndex", int.MinValue));
}
