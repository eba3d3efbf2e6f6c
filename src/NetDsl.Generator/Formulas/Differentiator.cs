using System;
using System.Collections.Generic;

namespace NetDsl.Generator.Formulas;

/// <summary>Symbolic differentiation by the chain rule.</summary>
/// <remarks>
/// At a kink: where one side of a minimum or maximum doesn't depend on the variable, the derivative there is 0, as in relu′(0) = 0; of two sides that do,
/// the first counts. |x|′ and √x′ are 0 at 0, so that a distance of 0 has the gradient 0. Of a conditional expression the branch that the condition takes counts.
/// </remarks>
internal sealed class Differentiator(Algebra a, Expr variable, bool fromOutputs)
{
    private readonly Dictionary<Expr, Expr> _derivatives = [];

    /// <summary>de/dvariable.</summary>
    /// <param name="fromOutputs">Whether to prefer derivatives of functions in terms of their values.</param>
    public static Expr Differentiate(Algebra algebra, Expr e, Expr variable, bool fromOutputs = false) => new Differentiator(algebra, variable, fromOutputs).Of(e);

    private Expr Of(Expr e)
    {
        if (!_derivatives.TryGetValue(e, out var known))
            _derivatives[e] = known = Differentiate(e);
        return known;
    }

    private Expr Differentiate(Expr e)
    {
        switch (e.Kind)
        {
            case ExprKind.Variable:
                return e == variable ? a.One : a.Zero;
            case ExprKind.Add:
                return a.Add(Of(e.A), Of(e.B));
            case ExprKind.Subtract:
                return a.Subtract(Of(e.A), Of(e.B));
            case ExprKind.Negate:
                return a.Negate(Of(e.A));
            case ExprKind.Multiply:
                return a.Add(a.Multiply(Of(e.A), e.B), a.Multiply(e.A, Of(e.B)));
            case ExprKind.Divide when Of(e.B).Is(0):
                return a.Divide(Of(e.A), e.B);
            case ExprKind.Divide:
                // (u/v)′ = (u′ − y·v′)/v shares the quotient y.
                return a.Divide(a.Subtract(Of(e.A), a.Multiply(e, Of(e.B))), e.B);
            case ExprKind.Power when e.B.IsConstant:
                return a.Multiply(a.Multiply(e.B, a.Power(e.A, a.Constant(e.B.Value - 1))), Of(e.A));
            case ExprKind.Power when Of(e.B).Is(0):
                return a.Multiply(a.Multiply(e.B, a.Power(e.A, a.Subtract(e.B, a.One))), Of(e.A));
            case ExprKind.Power when Of(e.A).Is(0):
                return a.Multiply(a.Multiply(e, a.Call("Log", e.A)), Of(e.B));
            case ExprKind.Power:
                return a.Multiply(e, a.Add(a.Multiply(Of(e.B), a.Call("Log", e.A)), a.Divide(a.Multiply(e.B, Of(e.A)), e.A)));
            case ExprKind.Max:
                return Extremum(e, (winner, loser) => a.Less(loser, winner), (winner, loser) => a.LessOrEqual(loser, winner));
            case ExprKind.Min:
                return Extremum(e, a.Less, a.LessOrEqual);
            case ExprKind.Call:
                var inner = Of(e.A);
                return inner.Is(0) ? inner : a.Multiply(Outer(e), inner);
            case ExprKind.Select:
                return a.Select(e.A, Of(e.B), Of(e.C));
            default:
                return a.Zero;
        }
    }

    private Expr Extremum(Expr e, Func<Expr, Expr, Expr> strictly, Func<Expr, Expr, Expr> weakly)
    {
        var (da, db) = (Of(e.A), Of(e.B));
        if (da == db)
            return da;
        if (db.Is(0))
            return a.Select(strictly(e.A, e.B), da, a.Zero);
        return da.Is(0) ? a.Select(strictly(e.B, e.A), db, a.Zero) : a.Select(weakly(e.A, e.B), da, db);
    }

    private Expr Outer(Expr e)
    {
        var function = Functions.Of(e.Name);
        return fromOutputs && function.DerivativeFromOutput is { } rule ? rule(a, e) : function.Derivative(a, e.A, e);
    }
}
