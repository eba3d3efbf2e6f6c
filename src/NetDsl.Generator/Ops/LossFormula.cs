using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>A number for each output that a loss reads.</summary>
/// <param name="Name">The parameter of the formula.</param>
/// <param name="Argument">The attribute's argument.</param>
internal sealed record OutputConstants(string Name, string Argument, EquatableArray<double> Numbers)
{
    /// <summary>The span with the numbers in the generated struct.</summary>
    public string Member => MemberOf(Name);

    public static string MemberOf(string parameter) => Text.Pascal(parameter) + "ByOutput";
}

/// <summary>A loss term with its constants put in, and its derivative.</summary>
/// <param name="Value">f over <see cref="Prediction"/>, <see cref="Target"/> and what differs by output.</param>
/// <param name="Derivative">∂f/∂prediction.</param>
/// <param name="IsSupplied">Whether the derivative is the user's own.</param>
/// <param name="Settings">The constants, as dumps and tables show them.</param>
/// <param name="PredictionRange">Where f has a meaning.</param>
internal sealed record LossFormula(Algebra Algebra, Expr Value, Expr Derivative, bool IsSupplied, IReadOnlyList<OutputConstants> Arrays, string Settings, Interval PredictionRange)
{
    /// <summary>Variables of the expressions; no C# parameter has such a name.</summary>
    public const string Prediction = "$p";

    public const string Target = "$t";

    /// <summary>Differentiates a loss term.</summary>
    /// <param name="supplied">∂f/∂prediction of the user's own, or null.</param>
    public static LossFormula Of(Algebra algebra, Expr value, Expr? supplied, IReadOnlyList<OutputConstants> arrays, string settings, Interval predictionRange)
    {
        return new(algebra, value, supplied ?? Derivation.By(algebra, value, algebra.Variable(Prediction)), supplied is not null, arrays, settings, predictionRange);
    }

    /// <summary>The loss of an activation's output as a loss of its input.</summary>
    public LossFormula Of(ActivationFormula activation)
    {
        // Each formula has an algebra of its own, so one is written down and read by the other.
        var inner = FormulaText.Read(Algebra, FormulaText.Write(activation.Derivation.Value))!;
        var logit = Algebra.Substitute(inner, new Dictionary<Expr, Expr> { [Algebra.Variable(ActivationFormula.Input)] = Algebra.Variable(Prediction) });
        var value = Stability.WithoutFloors(Algebra, Algebra.Substitute(Value, new Dictionary<Expr, Expr> { [Algebra.Variable(Prediction)] = logit }));
        return Of(Algebra, value, null, Arrays, Settings, Interval.Real);
    }

    public Func<string, string> Variables(string prediction, string target) =>
        name => name == Prediction ? prediction : name == Target ? target : name;

    public void CheckArrays(Shape x, Action<Rule, string, string[]> report)
    {
        foreach (var array in Arrays.Where(array => array.Numbers.Count != x.LongSize))
            report(Rules.WeightCount, array.Argument, [array.Argument, Text.Plural(array.Numbers.Count, "number"), Text.Plural(x.LongSize, "output"), $"one for each of the {Text.Plural(x.LongSize, "output")}, or one for all"]);
    }
}
