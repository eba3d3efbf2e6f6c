using System.Collections.Generic;
using System.Linq;

namespace NetDsl.Generator.Formulas;

/// <summary>Rewrites of forms that overflow or cancel into functions that don't: the logistic function, softplus, tanh and their kin.</summary>
/// <remarks>Kahan, "Branch cuts for complex elementary functions", 1987, on e^x − 1 and log(1 + x); Mächler, "Accurately computing log(1 − exp(−|a|))", 2012.</remarks>
internal static class Stability
{
    /// <summary>Below this bound a logarithm is that of a probability that is 0 for want of digits.</summary>
    private const double LogarithmOfNothing = -100;

    /// <summary>Where 1/(1 + e^−u) rounds to 1 in double precision, and (e^u)² doesn't overflow in single.</summary>
    private const double SigmoidIsOne = 40;

    public static Expr? Quotient(Algebra a, Expr numerator, Expr denominator)
    {
        // tanh: (e^u − e^−u)/(e^u + e^−u), sinh u/cosh u, (e^2u − 1)/(e^2u + 1)
        if (numerator.Calls("Sinh") && denominator.Calls("Cosh") && numerator.A == denominator.A)
            return a.Call("Tanh", numerator.A);
        if (numerator.Kind == ExprKind.Subtract && denominator.Kind == ExprKind.Add && AreExponentials(numerator) && AreExponentials(denominator)
            && (numerator.A, numerator.B) is var (positive, negative) && (denominator == a.Make(ExprKind.Add, [positive, negative])) && negative.A == a.Negate(positive.A))
            return a.Call("Tanh", positive.A);
        if (OnePlusExponential(denominator) is not { } u)
            return null;
        if (numerator.Calls("ExpM1") && numerator.A == u)
            return a.Call("Tanh", a.Multiply(a.Constant(0.5), u));
        // σ: e^u/(1 + e^u), and n/(1 + e^u) = n·σ(−u)
        if (numerator.Calls("Exp") && numerator.A == u)
            return a.Call("Sigmoid", u);
        return a.Multiply(numerator, a.Call("Sigmoid", a.Negate(u)));
    }

    public static Expr? Function(Algebra a, string function, Expr u)
    {
        switch (function)
        {
            case "Log" when OnePlusExponential(u) is { } exponent:
                return a.Call("Softplus", exponent);
            case "Log" when u.Kind == ExprKind.Add && u.A.Calls("Exp") && u.B.Calls("Exp"):
                return a.Add(u.A.A, a.Call("Softplus", Difference(a, u.B.A, u.A.A)));
            case "Log" when u.Kind == ExprKind.Add && u.A.Is(1):
                return a.Call("Log1P", u.B);
            case "Log" when u.Kind == ExprKind.Add && u.B.Is(1):
                return a.Call("Log1P", u.A);
            case "Log" when u.Kind == ExprKind.Subtract && u.A.Is(1):
                return a.Call("Log1P", a.Negate(u.B));
            case "Log" when u.Calls("Sigmoid"):
                return a.Negate(a.Call("Softplus", a.Negate(u.A)));
            case "Log1P" when u.Calls("Exp"):
                return a.Call("Softplus", u.A);
            case "Log1P" when u.Kind == ExprKind.Negate && u.A.Calls("Sigmoid"):
                return a.Negate(a.Call("Softplus", u.A.A));
            default:
                return null;
        }
    }

    /// <summary>Drops the bounds that kept logarithms from −∞, for a loss whose logarithms have become ones that can't get there: max(log σ(u), −100).</summary>
    public static Expr WithoutFloors(Algebra a, Expr e)
    {
        var floors = Algebra.Nodes([e]).Where(node => node.Kind == ExprKind.Max && node.B.IsConstant && node.B.Value <= LogarithmOfNothing && node.A.Kind == ExprKind.Negate && node.A.A.Calls("Softplus"));
        return a.Substitute(e, floors.ToDictionary(node => node, node => node.A));
    }

    /// <summary>Whether an expression has a logarithm or a quotient that can run off to infinity.</summary>
    public static bool IsDelicate(Expr e) =>
        Algebra.Nodes([e]).Any(node => node.Calls("Log") || node.Calls("Log1P") || node.Kind == ExprKind.Divide && !node.B.IsConstant);

    /// <summary>The last step before code is printed: forms that are worse to differentiate but better to compute.</summary>
    public static IReadOnlyList<Expr> Finish(Algebra a, IReadOnlyList<Expr> roots)
    {
        // tanh(log(1 + e^u)) = n/(n + 2) with n = e(e + 2), e = e^u: one exponential, which σ(u) shares; above the bound both are 1.
        var exponentials = new Dictionary<Expr, Expr>();
        foreach (var node in Algebra.Nodes(roots).Where(node => node.Calls("Tanh") && node.A.Calls("Softplus")))
            exponentials[node.A.A] = a.Call("Exp", a.Min(node.A.A, a.Constant(SigmoidIsOne)));
        var softplus = Algebra.Nodes(roots).Where(node => node.Calls("Softplus")).ToList();
        var mirrored = new HashSet<Expr>(softplus.Where(node => softplus.Any(other => other.A == a.Negate(node.A))));
        var done = new Dictionary<Expr, Expr>();
        Expr Visit(Expr node)
        {
            if (node.Operands.Count == 0)
                return node;
            if (!done.TryGetValue(node, out var known))
                done[node] = known = Rewrite(node);
            return known;
        }

        Expr Rewrite(Expr node)
        {
            if (node.Calls("Tanh") && node.A.Calls("Softplus"))
            {
                var e = Visit(exponentials[node.A.A]);
                var n = a.Multiply(e, a.Add(e, a.Constant(2)));
                return a.Make(ExprKind.Divide, [n, a.Add(n, a.Constant(2))]);
            }

            if (node.Calls("Sigmoid") && exponentials.TryGetValue(node.A, out var shared))
            {
                var e = Visit(shared);
                return a.Make(ExprKind.Divide, [e, a.Add(a.One, e)]);
            }

            // log cosh u = −½·log(1 − tanh² u) near 0, |u| + log((1 + e^(−2|u|))/2) beyond.
            if (node.Calls("Log") && node.A.Calls("Cosh"))
            {
                var u = Visit(node.A.A);
                var (size, tanh) = (a.Call("Abs", u), a.Call("Tanh", u));
                return a.Select(
                    a.Less(size, a.One),
                    a.Multiply(a.Constant(-0.5), a.Call("Log1P", a.Negate(a.Square(tanh)))),
                    a.Add(size, a.Call("Log1P", a.Multiply(a.Constant(0.5), a.Call("ExpM1", a.Multiply(a.Constant(-2), size))))));
            }

            // log(e^a + e^b) = a + log(1 + e^(b − a)), better from the larger one; ∞ − ∞ is no difference.
            if (node.Kind == ExprKind.Add && node.B.Calls("Softplus") && Exponent(a, node.A, node.B.A) is { } exponent)
            {
                var (first, second) = (Visit(node.A), Visit(exponent));
                var distance = a.Call("Abs", Visit(node.B.A));
                if (node.B.A.Kind == ExprKind.Subtract)
                    distance = a.Select(a.Equal(first, second), a.Zero, distance);
                return a.Add(a.Max(first, second), a.Call("Softplus", a.Negate(distance)));
            }

            // log(1 + e^u) at u and at −u share the small logarithm: max(±u, 0) + log(1 + e^(−|u|)).
            if (node.Calls("Softplus") && mirrored.Contains(node))
            {
                var u = Visit(node.A);
                return a.Add(a.Max(u, a.Zero), a.Call("Softplus", a.Negate(a.Call("Abs", u))));
            }

            // As it is: the rules would undo what is done here.
            return a.Make(node.Kind, node.Operands.Select(Visit).ToList(), node.Value, node.Name);
        }

        return roots.Select(Visit).ToList();
    }

    // The b of a and b − a, where it is no more work: as it stands in the difference, or as a multiple of what both are multiples of.
    private static Expr? Exponent(Algebra a, Expr first, Expr difference)
    {
        if (difference.Kind == ExprKind.Subtract && difference.B == first)
            return difference.A;
        var (u, v) = (Multiple(first), Multiple(difference));
        return u.Of == v.Of ? a.Multiply(a.Constant(u.Factor + v.Factor), u.Of) : null;
    }

    private static Expr Difference(Algebra a, Expr second, Expr first)
    {
        var (u, v) = (Multiple(first), Multiple(second));
        return u.Of == v.Of ? a.Multiply(a.Constant(v.Factor - u.Factor), u.Of) : a.Subtract(second, first);
    }

    private static (double Factor, Expr Of) Multiple(Expr e) =>
        e.Kind == ExprKind.Negate ? (-1, e.A) : e.Kind == ExprKind.Multiply && e.A.IsConstant ? (e.A.Value, e.B) : (1, e);

    private static Expr? OnePlusExponential(Expr e) =>
        e.Kind != ExprKind.Add ? null
        : e.A.Is(1) && e.B.Calls("Exp") ? e.B.A
        : e.B.Is(1) && e.A.Calls("Exp") ? e.A.A
        : null;

    private static bool AreExponentials(Expr e) => e.A.Calls("Exp") && e.B.Calls("Exp");
}
