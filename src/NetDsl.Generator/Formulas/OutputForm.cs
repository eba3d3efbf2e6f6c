using System;
using System.Collections.Generic;
using System.Linq;

namespace NetDsl.Generator.Formulas;

/// <summary>Writes a derivative in terms of the function's value, as in tanh′ = 1 − y²: the value is kept for the next layer anyway, so that nothing else needs to be.</summary>
/// <remarks>
/// y = f(x) is peeled from outside (y = c·u gives u = y/c) until some part of f explains every x in the derivative. A conditional function is taken apart at its
/// condition, where y tells the sides apart as well as x does: above 0 where x is, as for ReLU and its kin.
/// </remarks>
internal sealed class OutputForm(Algebra a, Expr x)
{
    /// <summary>The derivative with <paramref name="y"/> in place of x, or null where the algebra finds none.</summary>
    public Expr? Write(Expr f, Expr derivative, Expr y) => Write(f, derivative, Interval.Real, y);

    /// <summary>Whether an expression reads nothing of y but its sign, which survives multiplication by a positive number.</summary>
    public static bool ReadsSignOnly(Expr e, Expr y)
    {
        if (e == y)
            return false;
        if (e.Kind is ExprKind.Less or ExprKind.LessOrEqual && (e.A == y && e.B.Is(0) || e.B == y && e.A.Is(0)))
            return true;
        return e.Operands.All(operand => ReadsSignOnly(operand, y));
    }

    private Expr? Write(Expr f, Expr derivative, Interval domain, Expr y)
    {
        var part = Specialise(f, domain);
        var d = Specialise(derivative, domain);
        for (var value = y; ;)
        {
            var replaced = Algebra.Contains(part, x) ? a.Substitute(d, new Dictionary<Expr, Expr> { [part] = value }) : d;
            if (!Algebra.Contains(replaced, x))
                return replaced;
            if (Piecewise(part) is var (condition, then, otherwise))
                return WritePieces(condition, then, otherwise, d, domain, value);
            if (Peel(part, value) is not { } next)
                return null;
            (part, value) = next;
        }
    }

    private Expr? WritePieces(Expr condition, Expr then, Expr otherwise, Expr derivative, Interval domain, Expr value)
    {
        if (Ranges.Split(condition, x, domain) is not var (inside, outside))
            return null;
        var (first, second) = (Write(then, derivative, inside, value), Write(otherwise, derivative, outside, value));
        if (first is null || second is null)
            return null;
        if (first == second)
            return first;
        var separated = Separate(then, new Ranges(x, inside).Of(then), otherwise, new Ranges(x, outside).Of(otherwise), value);
        return separated is null ? null : a.Select(separated, first, second);
    }

    // The condition on the value that says which piece it came from.
    private Expr? Separate(Expr then, Interval thenRange, Expr otherwise, Interval otherwiseRange, Expr value)
    {
        var isAbove = otherwiseRange.High <= thenRange.Low;
        if (!isAbove && otherwiseRange.Low < thenRange.High)
            return null;
        var (above, below) = isAbove ? (thenRange, otherwiseRange) : (otherwiseRange, thenRange);
        if (above.Low == below.High && !above.LowOpen && !below.HighOpen)
            return null;
        var gap = below.High < 0 && above.Low > 0;
        var bound = gap ? 0 : above.LowOpen || above.Low != below.High ? below.High : above.Low;
        // Rounding may carry a curved piece over a bound; it never changes a sign, and on straight pieces it means a last digit.
        if (bound != 0 && !(IsStraight(then) && IsStraight(otherwise)))
            return null;
        var includesBound = above.Low == bound && !above.LowOpen;
        var limit = a.Constant(bound);
        if (isAbove)
            return includesBound ? a.LessOrEqual(limit, value) : a.Less(limit, value);
        return includesBound ? a.Less(value, limit) : a.LessOrEqual(value, limit);
    }

    private (Expr Condition, Expr Then, Expr Otherwise)? Piecewise(Expr e) => e.Kind switch
    {
        ExprKind.Select => (e.A, e.B, e.C),
        ExprKind.Max when e.B.IsConstant => (a.Less(e.B, e.A), e.A, e.B),
        ExprKind.Min when e.B.IsConstant => (a.Less(e.A, e.B), e.A, e.B),
        _ => null,
    };

    private (Expr, Expr)? Peel(Expr e, Expr value) => e.Kind switch
    {
        ExprKind.Multiply when e.A.IsConstant => (e.B, a.Divide(value, e.A)),
        ExprKind.Divide when e.B.IsConstant => (e.A, a.Multiply(e.B, value)),
        ExprKind.Divide when e.A.IsConstant => (e.B, a.Divide(e.A, value)),
        ExprKind.Negate => (e.A, a.Negate(value)),
        ExprKind.Add when IsSmall(e.B, e.A) => (e.A, a.Subtract(value, e.B)),
        ExprKind.Add when IsSmall(e.A, e.B) => (e.B, a.Subtract(value, e.A)),
        ExprKind.Subtract when IsSmall(e.B, e.A) => (e.A, a.Add(value, e.B)),
        ExprKind.Subtract when IsSmall(e.A, e.B) => (e.B, a.Subtract(e.A, value)),
        _ => null,
    };

    // Taking away a number that outweighs the rest would leave the rest without digits.
    private static bool IsSmall(Expr number, Expr rest)
    {
        var weight = rest.Kind == ExprKind.Multiply && rest.A.IsConstant ? Math.Abs(rest.A.Value) : rest.Kind == ExprKind.Divide && rest.B.IsConstant ? 1 / Math.Abs(rest.B.Value) : 1;
        return number.IsConstant && Math.Abs(number.Value) <= weight;
    }

    // Conditions that don't change within the domain fall away.
    private Expr Specialise(Expr e, Interval domain)
    {
        var ranges = new Ranges(x, domain);
        var done = new Dictionary<Expr, Expr>();
        Expr Visit(Expr node)
        {
            if (node.Operands.Count == 0)
                return node;
            if (done.TryGetValue(node, out var known))
                return known;
            Expr result;
            if (node.IsCondition && ranges.Decide(node) is { } decided)
                result = a.Condition(decided);
            else if (node.Kind == ExprKind.Select && ranges.Decide(node.A) is { } taken)
                result = Visit(taken ? node.B : node.C);
            else
                result = a.Rebuild(node, node.Operands.Select(Visit).ToList());
            return done[node] = result;
        }

        return Visit(e);
    }

    private bool IsStraight(Expr e) => IsStepwise(Polynomial.Reduce(a, Differentiator.Differentiate(a, e, x)));

    private bool IsStepwise(Expr e) => e.Kind == ExprKind.Select ? IsStepwise(e.B) && IsStepwise(e.C) : !Algebra.Contains(e, x);
}
