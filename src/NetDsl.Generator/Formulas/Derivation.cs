using System.Collections.Generic;
using System.Linq;

namespace NetDsl.Generator.Formulas;

/// <summary>What a function's derivative is computed from.</summary>
internal enum Saved
{
    /// <summary>The output y, which the next layer keeps anyway.</summary>
    Output,

    /// <summary>The sign of the output, which survives a dropout behind it.</summary>
    OutputSign,

    /// <summary>The input x, which is then kept for the backward pass.</summary>
    Input,

    /// <summary>The derivative itself, computed beside the value, whose parts it shares.</summary>
    Derivative,
}

/// <summary>A function of one variable with its derivative and the cheapest way to have it in the backward pass.</summary>
/// <param name="Value">f(x).</param>
/// <param name="Derivative">f′ over x or over y, as <paramref name="Saved"/> says.</param>
internal sealed record Derivation(Expr Value, Expr Derivative, Saved Saved)
{
    /// <summary>Differentiates and chooses.</summary>
    /// <param name="supplied">A derivative of the user's own over x and y, or null.</param>
    public static Derivation Of(Algebra a, Expr value, Expr x, Expr y, Expr? supplied = null)
    {
        if (supplied is not null && !Algebra.Contains(supplied, x))
            return new(value, supplied, OutputForm.ReadsSignOnly(supplied, y) ? Saved.OutputSign : Saved.Output);
        var fromInput = Polynomial.Reduce(a, supplied is null ? Differentiator.Differentiate(a, value, x) : a.Substitute(supplied, new Dictionary<Expr, Expr> { [y] = value }), value);
        var forms = new[] { fromInput, Polynomial.Reduce(a, Differentiator.Differentiate(a, value, x, fromOutputs: true), value) };
        var fromOutput = supplied is not null
            ? null
            : forms.Distinct().Select(form => new OutputForm(a, x).Write(value, form, y)).Where(form => form is not null).Select(form => Polynomial.Reduce(a, form!)).OrderBy(form => Cost.Of(form)).FirstOrDefault();

        var outputCost = fromOutput is null ? int.MaxValue : Cost.Of(fromOutput);
        var inputCost = Cost.Buffer + Cost.Of(fromInput);
        var derivativeCost = Cost.Buffer + Cost.Of(value, fromInput) - Cost.Of(value);
        if (outputCost <= inputCost && outputCost <= derivativeCost)
            return new(value, fromOutput!, OutputForm.ReadsSignOnly(fromOutput!, y) ? Saved.OutputSign : Saved.Output);
        return new(value, fromInput, inputCost <= derivativeCost ? Saved.Input : Saved.Derivative);
    }

    /// <summary>The derivative by a variable: the user's own, the value put in, where that supplies it.</summary>
    public static Expr By(Algebra a, Expr value, Expr variable, IReadOnlyDictionary<string, Expr> supplied, Expr y) =>
        supplied.TryGetValue(variable.Name, out var own) ? a.Substitute(own, new Dictionary<Expr, Expr> { [y] = value }) : By(a, value, variable);

    /// <summary>The derivative by another variable, over x.</summary>
    public static Expr By(Algebra a, Expr value, Expr variable) => Polynomial.Reduce(a, Differentiator.Differentiate(a, value, variable), value);
}
