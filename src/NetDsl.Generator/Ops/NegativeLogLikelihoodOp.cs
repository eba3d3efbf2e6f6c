using NetDsl.Generator.Emission;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>−y[label] for log-probabilities y.</summary>
internal sealed record NegativeLogLikelihoodOp(string LossReduction, EquatableArray<double> ClassWeights, int IgnoreIndex) : ClassLossOp(LossReduction, ClassWeights, IgnoreIndex)
{
    public override string Name => "negative_log_likelihood";

    public override bool TakesDistributions => false;

    public override Interval PredictionRange => new(double.NegativeInfinity, 0);

    public override string Term(string prediction, string target) => $"−{prediction}[label]";

    public override (string Text, string Where) TermDerivative(string prediction, string target) => ("−[class = label]", "");

    public override long Flops(Shape x, Shape y) => x.Rows;

    public override string Evaluate(LossCode code) =>
        $"Kernels::Losses.NegativeLogLikelihood.Evaluate<{code.Type}>({code.Arguments}{LabelArguments(code)}{code.RowsPerSample}{GradientFactor})";

    public static NegativeLogLikelihoodOp Parse(LayerArguments arguments) => new(
        ReadReduction(arguments),
        arguments.Weights("ClassWeights"),
        arguments.Integer("IgnoreIndex", int.MinValue));
}
