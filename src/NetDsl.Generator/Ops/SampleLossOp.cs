using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>A loss of sums over a sample's elements, and its derivatives: by each sum, and of each sum's term by the prediction.</summary>
/// <param name="Terms">What an element adds to each sum.</param>
/// <param name="Names">What the sums are called.</param>
internal sealed record SampleLossFormula(
    Algebra Algebra, IReadOnlyList<Expr> Terms, IReadOnlyList<string> Names, Expr Value, IReadOnlyList<Expr> Slopes, IReadOnlyList<Expr> Gradients, string Settings)
{
    /// <summary>Differentiates a loss of sums.</summary>
    /// <param name="supplied">Derivatives of the user's own by sum, over the sums and <see cref="ActivationFormula.Output"/>.</param>
    public static SampleLossFormula Of(Algebra algebra, IReadOnlyList<Expr> terms, IReadOnlyList<string> names, Expr value, IReadOnlyDictionary<string, Expr> supplied, string settings)
    {
        var prediction = algebra.Variable(LossFormula.Prediction);
        return new(
            algebra,
            terms,
            names,
            value,
            terms.Select((_, i) => Derivation.By(algebra, value, algebra.Variable(Sum(i)), supplied, algebra.Variable(ActivationFormula.Output))).ToList(),
            terms.Select(term => Derivation.By(algebra, term, prediction)).ToList(),
            settings);
    }

    /// <summary>The variable of a sum.</summary>
    public static string Sum(int index) => "$s" + Text.Invariant(index);

    public static int Index(string sum) => int.Parse(sum.Substring(2), System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A loss whose value for a sample is a function of sums over the sample's elements: distances and similarities.</summary>
internal sealed record SampleLossOp(string LossName, string LossReduction, SampleLossFormula Loss) : LossOp(LossReduction)
{
    public override string Name => LossName;

    public override string Summary => Loss.Settings.Length == 0 ? base.Summary : $"{Name}, {Loss.Settings} ({ReductionWords})";

    public override long Flops(Shape x, Shape y) => x.LongSize * Algebra.Nodes(Loss.Terms).Count(node => node.Operands.Count > 0);

    protected override string Divisor => "n";

    public override string Term(string prediction, string target)
    {
        var (value, where) = MathText.Write(Loss.Value, name => Loss.Names[SampleLossFormula.Index(name)]);
        var sums = Loss.Terms.Select((term, i) => $"{Loss.Names[i]} = Σ {MathText.Write(term, Variables(prediction, target), isFactor: true).Text}");
        return $"{value}{where}, {string.Join(", ", sums)}";
    }

    public override (string Text, string Where) TermDerivative(string prediction, string target)
    {
        var parts = Loss.Terms.Select((_, i) => (Slope: MathText.Write(Loss.Slopes[i], name => Loss.Names[SampleLossFormula.Index(name)], isFactor: true).Text, Gradient: MathText.Write(Loss.Gradients[i], Variables(prediction, target), isFactor: true).Text, IsZero: Loss.Gradients[i].Is(0)));
        return ($"({string.Join(" + ", parts.Where(part => !part.IsZero).Select(part => $"{part.Slope}·{part.Gradient}"))})", "");
    }

    public override string Evaluate(LossCode code)
    {
        var term = code.SampleTerm();
        return $"Kernels::Losses.SampleLoss.Evaluate<{code.Type}, {term.Type}>({code.Arguments}, {term.Construction}{GradientFactor})";
    }

    private static Func<string, string> Variables(string prediction, string target) => name => name == LossFormula.Prediction ? prediction : target;
}
