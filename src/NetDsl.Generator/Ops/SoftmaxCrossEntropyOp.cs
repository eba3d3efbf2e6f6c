using NetDsl.Generator.Emission;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>−Σ q·log softmax(z), softmax and loss in one step: dz = (softmax(z) − q)/n.</summary>
internal sealed record SoftmaxCrossEntropyOp(string LossReduction, double Smoothing, EquatableArray<double> ClassWeights, int IgnoreIndex) : ClassLossOp(LossReduction, ClassWeights, IgnoreIndex)
{
    public override string Name => "softmax_cross_entropy";

    public override bool TakesDistributions => ClassWeights.Count == 0 && IgnoreIndex == int.MinValue;

    public override string Term(string prediction, string target) =>
        $"−Σ q ⊙ log softmax({prediction}), q = {(Smoothing == 0 ? target : $"{Text.RoundTrip(1 - Smoothing)}·{target} + {Text.RoundTrip(Smoothing)}/classes")}";

    public override (string Text, string Where) TermDerivative(string prediction, string target) => ($"(softmax({prediction}) − q)", "");

    public override LayerOp? OutputActivation => new SoftmaxOp(-1);

    public override string Summary => Smoothing == 0 ? base.Summary : $"{Name}, smoothing {Text.RoundTrip(Smoothing)} ({ReductionWords})";

    public override long Flops(Shape x, Shape y) => 5 * x.LongSize;

    public override string Evaluate(LossCode code) =>
        $"Kernels::Losses.SoftmaxCrossEntropy.Evaluate<{code.TypeAndFunctions}>({code.Arguments}, smoothing: {Text.RoundTrip(Smoothing)}{(code.TakesLabels ? LabelArguments(code) : "")}{code.RowsPerSample}{GradientFactor})";

    public static SoftmaxCrossEntropyOp Parse(LayerArguments arguments) => new(
        ReadReduction(arguments),
        arguments.Probability("LabelSmoothing", "the share of label smoothing"),
        arguments.Weights("ClassWeights"),
        arguments.Integer("IgnoreIndex", int.MinValue));
}
