using System;
using System.Collections.Generic;
using System.Linq;

namespace NetDsl.Generator.Formulas;

/// <summary>Multiplies out, collects and factors where that makes an expression cheaper: (1 − t)·σ − t·(1 − σ) = σ − t.</summary>
internal static class Polynomial
{
    private const int MostTerms = 12;

    // σ(−u) = 1 − σ(u) loses digits where σ(u) is near 1; in σ − t that is the result's own size, in longer sums it may be all of it.
    private const int MostReflected = 2;

    /// <summary>The expression with every sum in the cheapest form that was found.</summary>
    /// <param name="shared">Parts that are computed anyway, and so stay as they are.</param>
    public static Expr Reduce(Algebra a, Expr e, params Expr[] shared)
    {
        var kept = new HashSet<Expr>(Algebra.Nodes(shared));
        var done = new Dictionary<Expr, Expr>();
        Expr Visit(Expr node)
        {
            if (node.Operands.Count == 0 || kept.Contains(node))
                return node;
            if (done.TryGetValue(node, out var known))
                return known;
            var result = a.Rebuild(node, node.Operands.Select(Visit).ToList());
            if (result.Kind is ExprKind.Add or ExprKind.Subtract or ExprKind.Multiply or ExprKind.Negate)
            {
                foreach (var other in new[] { Collect(a, result), CommonFactor(a, result) })
                {
                    if (other is not null && Cost.Of(other) < Cost.Of(result))
                        result = other;
                }
            }

            return done[node] = result;
        }

        return Visit(e);
    }

    // u ± u·w = u·(1 ± w), and over longer sums.
    private static Expr? CommonFactor(Algebra a, Expr e)
    {
        if (e.Kind is not (ExprKind.Add or ExprKind.Subtract))
            return null;
        foreach (var factor in Factors(e.A).Where(factor => !factor.IsConstant && Factors(e.B).Contains(factor)))
        {
            var (left, right) = (Without(a, e.A, factor), Without(a, e.B, factor));
            return a.Multiply(factor, e.Kind == ExprKind.Add ? a.Add(left, right) : a.Subtract(left, right));
        }

        return null;
    }

    private static IEnumerable<Expr> Factors(Expr e) => e.Kind switch
    {
        ExprKind.Multiply => Factors(e.A).Concat(Factors(e.B)),
        ExprKind.Negate => Factors(e.A),
        ExprKind.Power when e.B.IsConstant && e.B.Value == Math.Floor(e.B.Value) => [e.A],
        _ => [e],
    };

    private static Expr Without(Algebra a, Expr e, Expr factor) => e.Kind switch
    {
        ExprKind.Multiply when Factors(e.A).Contains(factor) => a.Multiply(Without(a, e.A, factor), e.B),
        ExprKind.Multiply => a.Multiply(e.A, Without(a, e.B, factor)),
        ExprKind.Negate => a.Negate(Without(a, e.A, factor)),
        _ => a.Divide(e, factor),
    };

    private static Expr? Collect(Algebra a, Expr e)
    {
        if (Expand(a, e) is not { } terms || Reflects(e) && !KeepsDigits([.. terms.Values.Where(term => term.Number != 0).Select(term => term.Factors)]))
            return null;
        var sum = a.Zero;
        foreach (var (factors, number) in terms.Values.Where(term => term.Number != 0))
        {
            var product = factors.Aggregate(a.One, (result, factor) => a.Multiply(result, factor));
            sum = number < 0 ? a.Subtract(sum, a.Multiply(a.Constant(-number), product)) : a.Add(sum, a.Multiply(a.Constant(number), product));
        }

        return sum;
    }

    // A few terms, none with a product of such functions.
    private static bool KeepsDigits(IReadOnlyList<List<Expr>> terms) => terms.Count <= MostReflected && terms.All(factors => factors.Count(IsReflected) <= 1);

    private static bool IsReflected(Expr e) => e.Calls("Sigmoid") || e.Calls("Softplus");

    private static bool Reflects(Expr e) => Algebra.Nodes([e]).Any(node => IsReflected(node) && node.A.Kind == ExprKind.Negate);

    // Monomials by their factors; null where multiplying out would explode.
    private static Dictionary<string, (List<Expr> Factors, double Number)>? Expand(Algebra a, Expr e)
    {
        Dictionary<string, (List<Expr>, double)> Single(List<Expr> factors, double number) => new(StringComparer.Ordinal) { [Key(factors)] = (factors, number) };

        switch (e.Kind)
        {
            case ExprKind.Constant:
                return Single([], e.Value);
            case ExprKind.Negate:
                return Combine(Single([], 0), Expand(a, e.A), -1);
            case ExprKind.Add:
                return Combine(Expand(a, e.A), Expand(a, e.B), 1);
            case ExprKind.Subtract:
                return Combine(Expand(a, e.A), Expand(a, e.B), -1);
            case ExprKind.Multiply:
                return Product(Expand(a, e.A), Expand(a, e.B));
            case ExprKind.Divide when e.B.IsConstant:
                return Product(Single([], 1 / e.B.Value), Expand(a, e.A));
            // Of the functions at u and at −u one is enough: σ(−u) = 1 − σ(u), log(1 + e^−u) = log(1 + e^u) − u.
            case ExprKind.Call when e.Name == "Sigmoid" && e.A.Kind == ExprKind.Negate:
                return Expand(a, a.Subtract(a.One, a.Call("Sigmoid", e.A.A)));
            case ExprKind.Call when e.Name == "Softplus" && e.A.Kind == ExprKind.Negate:
                return Expand(a, a.Subtract(a.Call("Softplus", e.A.A), e.A.A));
            case ExprKind.Power when e.B.Is(2):
                return Product(Expand(a, e.A), Expand(a, e.A));
            default:
                return Single([e], 1);
        }
    }

    private static Dictionary<string, (List<Expr> Factors, double Number)>? Combine(
        Dictionary<string, (List<Expr> Factors, double Number)>? a, Dictionary<string, (List<Expr> Factors, double Number)>? b, double sign)
    {
        if (a is null || b is null)
            return null;
        foreach (var pair in b)
            a[pair.Key] = (pair.Value.Factors, (a.TryGetValue(pair.Key, out var known) ? known.Number : 0) + sign * pair.Value.Number);
        return a.Count > MostTerms ? null : a;
    }

    private static Dictionary<string, (List<Expr> Factors, double Number)>? Product(
        Dictionary<string, (List<Expr> Factors, double Number)>? a, Dictionary<string, (List<Expr> Factors, double Number)>? b)
    {
        if (a is null || b is null || a.Count * b.Count > MostTerms)
            return null;
        var product = new Dictionary<string, (List<Expr> Factors, double Number)>(StringComparer.Ordinal);
        foreach (var (left, leftNumber) in a.Values)
        {
            foreach (var (right, rightNumber) in b.Values)
            {
                var factors = left.Concat(right).OrderBy(factor => factor.Id).ToList();
                var key = Key(factors);
                product[key] = (factors, (product.TryGetValue(key, out var known) ? known.Number : 0) + leftNumber * rightNumber);
            }
        }

        return product;
    }

    private static string Key(IEnumerable<Expr> factors) => string.Join(" ", factors.Select(factor => Model.Text.Invariant(factor.Id)));
}
