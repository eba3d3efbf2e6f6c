using System;
using System.Collections.Generic;

namespace NetDsl.Generator.Formulas;

/// <summary>An elementary function of one argument and all that the compiler knows of it.</summary>
/// <param name="Name">In formulas, and of the vector form in C#: <c>V.Exp</c>.</param>
/// <param name="Symbol">As mathematics, with {0} for the argument, which gets parentheses where they are not there.</param>
/// <param name="Cost">Of a vector form, in additions.</param>
/// <param name="Evaluate">In double precision.</param>
/// <param name="Derivative">f′(u) from the argument u and the value f(u).</param>
/// <param name="Image">The range of an increasing function on an interval; null for others.</param>
internal sealed record ElementaryFunction(
    string Name,
    string Symbol,
    int Cost,
    Func<double, double> Evaluate,
    Func<Algebra, Expr, Expr, Expr> Derivative,
    Func<Interval, Interval>? Image = null)
{
    /// <summary>f′(u) from f(u) alone, where that is another form.</summary>
    public Func<Algebra, Expr, Expr>? DerivativeFromOutput { get; init; }
}

/// <summary>All elementary functions, one entry each.</summary>
internal static class Functions
{
    private const double TwoOverRootPi = 1.12837916709551257390;

    private static readonly Dictionary<string, ElementaryFunction> All = new(StringComparer.Ordinal);

    static Functions()
    {
        Add(new("Abs", "|{0}|", 1, Math.Abs, (a, u, _) => a.Call("Sign", u)));
        Add(new("Sign", "sign({0})", 2, x => double.IsNaN(x) ? x : Math.Sign(x), (a, _, _) => a.Zero));
        Add(new("Sqrt", "√{0}", 6, Math.Sqrt, (a, _, y) => a.Select(a.Less(a.Zero, y), a.Divide(a.Constant(0.5), y), a.Zero), Increasing(Math.Sqrt)));
        Add(new("Exp", "e^{0}", 12, Math.Exp, (_, _, y) => y, Increasing(Math.Exp)));
        Add(new("ExpM1", "(e^{0} − 1)", 14, ScalarMath.ExpM1, (a, _, y) => a.Add(y, a.One), Increasing(ScalarMath.ExpM1)));
        Add(new("Log", "log({0})", 14, Math.Log, (a, u, _) => a.Divide(a.One, u), Increasing(Math.Log)));
        Add(new("Log1P", "log(1 + {0})", 14, ScalarMath.Log1P, (a, u, _) => a.Divide(a.One, a.Add(a.One, u)), Increasing(ScalarMath.Log1P)));
        Add(new("Sin", "sin({0})", 16, Math.Sin, (a, u, _) => a.Call("Cos", u)));
        Add(new("Cos", "cos({0})", 16, Math.Cos, (a, u, _) => a.Negate(a.Call("Sin", u))));
        Add(new("Tan", "tan({0})", 22, Math.Tan, (a, _, y) => a.Add(a.One, a.Square(y))));
        Add(new("Sinh", "sinh({0})", 18, Math.Sinh, (a, u, _) => a.Call("Cosh", u), Increasing(Math.Sinh)));
        Add(new("Cosh", "cosh({0})", 16, Math.Cosh, (a, u, _) => a.Call("Sinh", u)));
        Add(new("Tanh", "tanh({0})", 16, Math.Tanh, (a, _, y) => a.Subtract(a.One, a.Square(y)), Increasing(Math.Tanh)));
        Add(new("Sigmoid", "σ({0})", 16, ScalarMath.Sigmoid, (a, _, y) => a.Multiply(y, a.Subtract(a.One, y)), Increasing(ScalarMath.Sigmoid)));
        Add(new("Softplus", "log(1 + e^{0})", 26, ScalarMath.Softplus, (a, u, _) => a.Call("Sigmoid", u), Increasing(ScalarMath.Softplus))
        {
            DerivativeFromOutput = (a, y) => a.Negate(a.Call("ExpM1", a.Negate(y))),
        });
        Add(new("Erf", "erf({0})", 24, ScalarMath.Erf, (a, u, _) => a.Multiply(a.Constant(TwoOverRootPi), a.Call("Exp", a.Negate(a.Square(u)))), Increasing(ScalarMath.Erf)));
        Add(new("NormalCdf", "Φ({0})", 28, ScalarMath.NormalCdf, (a, u, _) => a.Call("NormalPdf", u), Increasing(ScalarMath.NormalCdf)));
        Add(new("NormalPdf", "φ({0})", 14, ScalarMath.NormalPdf, (a, u, y) => a.Negate(a.Multiply(u, y))));
    }

    public static IEnumerable<string> Names => All.Keys;

    public static ElementaryFunction Of(string name) => All[name];

    public static bool Contains(string name) => All.ContainsKey(name);

    private static void Add(ElementaryFunction function) => All.Add(function.Name, function);

    private static Func<Interval, Interval> Increasing(Func<double, double> function) =>
        argument => new Interval(function(argument.Low), function(argument.High), argument.LowOpen, argument.HighOpen);
}
