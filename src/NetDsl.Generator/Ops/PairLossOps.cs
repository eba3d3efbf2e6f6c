using System;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>A loss that compares several results, the embeddings of pairs or triplets, row by row.</summary>
internal abstract record EmbeddingLossOp(string LossReduction) : LossOp(LossReduction)
{
    public override Inference Infer(Shape x, Action<Rule, string, string[]> report) => Infer([x], report);

    public override Inference Infer(System.Collections.Generic.IReadOnlyList<Shape> data, Action<Rule, string, string[]> report)
    {
        for (var i = 1; i < Math.Min(Predictions, data.Count); i++)
        {
            if (data[i] != data[0])
            {
                report(Rules.JoinShapes, "", [Text.Pascal(Name), "compares its embeddings", $"number 1 is {data[0]} and number {Text.Invariant(i + 1)} is {data[i]}", "let them end in the same shape"]);
                break;
            }
        }

        return base.Infer(data[0], report);
    }

    public override bool HasWeights => false;

    public override int TargetSize(Shape prediction, bool takesLabels) => HasTarget ? 1 : 0;

    public override long Flops(Shape x, Shape y) => 3 * Predictions * x.LongSize;

    protected override string Divisor => "n";

    /// <summary>The class of the kernels.</summary>
    protected abstract string Kernel { get; }

    /// <summary>The arguments that are the loss's own.</summary>
    protected abstract string Arguments { get; }

    public sealed override string Evaluate(LossCode code) =>
        $"Kernels::Losses.{Kernel}.Evaluate<{code.Type}>({code.Begin(Operands(code), code.Terms, $"n, {Text.Invariant(code.Size)}")}, {Arguments}{GradientFactor})";

    private string Operands(LossCode code) => string.Join(", ", code.Predictions.Concat(HasTarget ? [code.Target] : []).Concat(code.Gradients));
}

/// <summary>½d² for similar pairs, ½max(0, margin − d)² for others, d their distance.</summary>
internal sealed record ContrastiveOp(string LossReduction, double Margin, bool OneMeansSimilar) : EmbeddingLossOp(LossReduction)
{
    public override string Name => "contrastive";

    public override int Predictions => 2;

    public override (Interval Range, bool IsEnd) Targets => (new Interval(0, 1), true);

    public override string Summary => $"{Name}, margin {Text.RoundTrip(Margin)} ({ReductionWords})";

    public override string Term(string prediction, string target) => $"½d² for similar pairs, ½max(0, {Text.RoundTrip(Margin)} − d)² for others, d = |{prediction}|";

    public override (string Text, string Where) TermDerivative(string prediction, string target) => ($"({prediction}) or 0 or −max(0, {Text.RoundTrip(Margin)} − d)/d·({prediction})", "");

    protected override string Kernel => "Contrastive";

    protected override string Arguments => $"margin: {Text.RoundTrip(Margin)}, oneMeansSimilar: {(OneMeansSimilar ? "true" : "false")}";

    public static ContrastiveOp Parse(LayerArguments arguments) => new(ReadReduction(arguments), arguments.Above("margin", 1, "the margin"), arguments.Flag("OneMeansSimilar", true));
}

/// <summary>1 − cosine for similar pairs (target 1), max(0, cosine − margin) for others (target −1).</summary>
internal sealed record CosineEmbeddingOp(string LossReduction, double Margin) : EmbeddingLossOp(LossReduction)
{
    public override string Name => "cosine_embedding";

    public override int Predictions => 2;

    public override (Interval Range, bool IsEnd) Targets => (new Interval(-1, 1), true);

    public override string Summary => $"{Name}, margin {Text.RoundTrip(Margin)} ({ReductionWords})";

    public override string Term(string prediction, string target) => $"1 − cos for pairs of target 1, max(0, cos − {Text.RoundTrip(Margin)}) for those of −1, cos = cos({prediction})";

    public override (string Text, string Where) TermDerivative(string prediction, string target) => ($"∓∂cos({prediction})", "");

    protected override string Kernel => "CosineEmbedding";

    protected override string Arguments => $"margin: {Text.RoundTrip(Margin)}";

    public static CosineEmbeddingOp Parse(LayerArguments arguments) => new(ReadReduction(arguments), arguments.Finite("margin", 0, "the margin"));
}

/// <summary>max(0, margin + d(anchor, positive) − d(anchor, negative)).</summary>
internal sealed record TripletMarginOp(string LossReduction, double Margin, double Epsilon, bool Swap) : EmbeddingLossOp(LossReduction)
{
    public override string Name => "triplet_margin";

    public override int Predictions => 3;

    public override bool HasTarget => false;

    public override string Summary => $"{Name}, margin {Text.RoundTrip(Margin)} ({ReductionWords})";

    public override string Term(string prediction, string target) => $"max(0, {Text.RoundTrip(Margin)} + d(anchor, positive) − d(anchor, negative)) of {prediction}";

    public override (string Text, string Where) TermDerivative(string prediction, string target) => ($"∂d(anchor, positive) − ∂d(anchor, negative) of {prediction}", " where the term is above 0");

    protected override string Kernel => "TripletMargin";

    protected override string Arguments => $"margin: {Text.RoundTrip(Margin)}, epsilon: {Text.RoundTrip(Epsilon)}, swap: {(Swap ? "true" : "false")}";

    public static TripletMarginOp Parse(LayerArguments arguments) => new(ReadReduction(arguments), arguments.Above("margin", 1, "the margin"), arguments.AtLeast("Epsilon", 0, 0, "what is added to each difference"), arguments.Flag("Swap", false));
}
