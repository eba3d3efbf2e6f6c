using System;
using System.Collections.Generic;

namespace NetDsl.Generator.Formulas;

/// <summary>What values an expression can take while a variable runs over an interval: never too few, sometimes too many.</summary>
internal sealed class Ranges(Expr variable, Interval domain)
{
    private static readonly Interval NotNegative = new(0, double.PositiveInfinity);

    private readonly Dictionary<Expr, Interval> _known = [];

    public Interval Of(Expr e)
    {
        if (!_known.TryGetValue(e, out var known))
            _known[e] = known = Find(e);
        return known;
    }

    /// <summary>What a condition says everywhere on the interval, or null where it changes.</summary>
    public bool? Decide(Expr condition)
    {
        if (condition.IsConstant)
            return condition.Value != 0;
        switch (condition.Kind)
        {
            case ExprKind.Less or ExprKind.LessOrEqual:
                var difference = Of(condition.A) + -Of(condition.B);
                if (condition.Kind == ExprKind.Less)
                    return difference.IsBelow(0) ? true : difference.Low >= 0 ? false : null;
                return difference.High <= 0 ? true : difference.IsAbove(0) ? false : null;
            case ExprKind.Not:
                return !Decide(condition.A);
            case ExprKind.And:
                return (Decide(condition.A), Decide(condition.B)) switch
                {
                    (false, _) or (_, false) => false,
                    (true, true) => true,
                    _ => null,
                };
            case ExprKind.Or:
                return (Decide(condition.A), Decide(condition.B)) switch
                {
                    (true, _) or (_, true) => true,
                    (false, false) => false,
                    _ => null,
                };
            default:
                return null;
        }
    }

    /// <summary>The parts of an interval where a comparison of a linear function of the variable with a number holds and where it doesn't; null for other conditions.</summary>
    public static (Interval Inside, Interval Outside)? Split(Expr condition, Expr variable, Interval domain)
    {
        if (condition.Kind is not (ExprKind.Less or ExprKind.LessOrEqual))
            return null;
        var (part, bound, isBelow) = condition.B.IsConstant ? (condition.A, condition.B.Value, true) : (condition.B, condition.A.Value, false);
        if (!condition.A.IsConstant && !condition.B.IsConstant)
            return null;
        while (part != variable)
        {
            switch (part.Kind)
            {
                case ExprKind.Add when part.B.IsConstant:
                    (part, bound) = (part.A, bound - part.B.Value);
                    break;
                case ExprKind.Subtract when part.B.IsConstant:
                    (part, bound) = (part.A, bound + part.B.Value);
                    break;
                case ExprKind.Subtract when part.A.IsConstant:
                    (part, bound, isBelow) = (part.B, part.A.Value - bound, !isBelow);
                    break;
                case ExprKind.Negate:
                    (part, bound, isBelow) = (part.A, -bound, !isBelow);
                    break;
                case ExprKind.Multiply when part.A.IsConstant:
                    (part, bound, isBelow) = (part.B, bound / part.A.Value, isBelow == part.A.Value > 0);
                    break;
                case ExprKind.Divide when part.B.IsConstant:
                    (part, bound, isBelow) = (part.A, bound * part.B.Value, isBelow == part.B.Value > 0);
                    break;
                default:
                    return null;
            }
        }

        var isStrict = condition.Kind == ExprKind.Less;
        var below = new Interval(double.NegativeInfinity, bound, false, isStrict == isBelow);
        var above = new Interval(bound, double.PositiveInfinity, isStrict != isBelow);
        return isBelow ? (domain.Intersect(below), domain.Intersect(above)) : (domain.Intersect(above), domain.Intersect(below));
    }

    private Interval Find(Expr e)
    {
        var found = e.Kind switch
        {
            ExprKind.Constant => Interval.Point(e.Value),
            ExprKind.Variable => e == variable ? domain : Interval.Real,
            ExprKind.Add => Of(e.A) + Of(e.B),
            ExprKind.Subtract => Of(e.A) + -Of(e.B),
            ExprKind.Negate => -Of(e.A),
            ExprKind.Multiply => Of(e.A) * Of(e.B),
            ExprKind.Divide when e.B.IsConstant => Of(e.A) * Interval.Point(1 / e.B.Value),
            ExprKind.Power when e.B.Is(2) => NotNegative,
            ExprKind.Max => Larger(Of(e.A), Of(e.B)),
            ExprKind.Min => -Larger(-Of(e.A), -Of(e.B)),
            ExprKind.Call when e.Name == "Abs" => NotNegative,
            ExprKind.Call when Functions.Of(e.Name).Image is { } image => image(Of(e.A)),
            ExprKind.Select when Split(e.A, variable, domain) is var (inside, outside) => Part(e.B, inside).Union(Part(e.C, outside)),
            ExprKind.Select => Of(e.B).Union(Of(e.C)),
            _ => Interval.Real,
        };
        return double.IsNaN(found.Low) || double.IsNaN(found.High) ? Interval.Real : found;
    }

    private Interval Part(Expr e, Interval part) => part.IsEmpty ? part : new Ranges(variable, part).Of(e);

    private static Interval Larger(Interval a, Interval b) => new(
        Math.Max(a.Low, b.Low),
        Math.Max(a.High, b.High),
        a.Low > b.Low ? a.LowOpen : b.Low > a.Low ? b.LowOpen : a.LowOpen && b.LowOpen,
        a.High > b.High ? a.HighOpen : b.High > a.High ? b.HighOpen : a.HighOpen && b.HighOpen);
}
