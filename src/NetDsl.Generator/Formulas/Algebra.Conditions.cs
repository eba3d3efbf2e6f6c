namespace NetDsl.Generator.Formulas;

/// <content>Conditions, and the choice between two expressions.</content>
internal sealed partial class Algebra
{
    public Expr Condition(bool value) => value ? One : Zero;

    /// <summary>a &lt; b; false where one is NaN.</summary>
    public Expr Less(Expr a, Expr b) => Compare(ExprKind.Less, a, b);

    /// <summary>a ≤ b; false where one is NaN.</summary>
    public Expr LessOrEqual(Expr a, Expr b) => Compare(ExprKind.LessOrEqual, a, b);

    public Expr Equal(Expr a, Expr b)
    {
        if (a.IsConstant && b.IsConstant)
            return Condition(a.Value == b.Value);
        return Make(ExprKind.Equal, Order(a, b));
    }

    public Expr And(Expr a, Expr b) =>
        a.IsConstant ? a.Value != 0 ? b : Zero
        : b.IsConstant ? b.Value != 0 ? a : Zero
        : a == b ? a
        : Make(ExprKind.And, [a, b]);

    public Expr Or(Expr a, Expr b) =>
        a.IsConstant ? a.Value != 0 ? One : b
        : b.IsConstant ? b.Value != 0 ? One : a
        : a == b ? a
        : Make(ExprKind.Or, [a, b]);

    // ¬(a < b) isn't b ≤ a where one is NaN, so it stays.
    public Expr Not(Expr a) =>
        a.IsConstant ? Condition(a.Value == 0)
        : a.Kind == ExprKind.Not ? a.A
        : Make(ExprKind.Not, [a]);

    public Expr Select(Expr condition, Expr a, Expr b)
    {
        if (condition.IsConstant)
            return condition.Value != 0 ? a : b;
        if (condition.Kind == ExprKind.Not)
            return Select(condition.A, b, a);
        if (a.Kind == ExprKind.Select && a.A == condition)
            a = a.B;
        if (b.Kind == ExprKind.Select && b.A == condition)
            b = b.C;
        if (a == b)
            return a;
        if (a.IsCondition || b.IsCondition)
            return Or(And(condition, a), And(Not(condition), b));
        // (c ? (d ? u : v) : v) = (c ∧ d ? u : v)
        if (a.Kind == ExprKind.Select && a.C == b)
            return Select(And(condition, a.A), a.B, b);
        return Make(ExprKind.Select, [condition, a, b]);
    }

    private Expr Compare(ExprKind kind, Expr a, Expr b)
    {
        if (a.IsConstant && b.IsConstant)
            return Condition(kind == ExprKind.Less ? a.Value < b.Value : a.Value <= b.Value);
        if (a == b && kind == ExprKind.Less)
            return Zero;
        if (a.Kind == ExprKind.Negate && b.Kind == ExprKind.Negate)
            return Compare(kind, b.A, a.A);
        if (a.Kind == ExprKind.Negate && b.IsConstant)
            return Compare(kind, Constant(-b.Value), a.A);
        if (b.Kind == ExprKind.Negate && a.IsConstant)
            return Compare(kind, b.A, Constant(-a.Value));
        // A factor doesn't move the sign.
        if (b.Is(0) && Factor(a) is { } left)
            return left.Value > 0 ? Compare(kind, left.Term, b) : Compare(kind, b, left.Term);
        if (a.Is(0) && Factor(b) is { } right)
            return right.Value > 0 ? Compare(kind, a, right.Term) : Compare(kind, right.Term, a);
        return Bounded(kind, a, b) ?? Make(kind, [a, b]);
    }

    private static (double Value, Expr Term)? Factor(Expr e) =>
        e.Kind == ExprKind.Multiply && e.A.IsConstant ? (e.A.Value, e.B)
        : e.Kind == ExprKind.Divide && e.B.IsConstant ? (e.B.Value, e.A)
        : null;

    // max(u, k) < c is u < c where k < c, and never true else; likewise the other way round.
    private Expr? Bounded(ExprKind kind, Expr a, Expr b)
    {
        bool Holds(double x, double y) => kind == ExprKind.Less ? x < y : x <= y;

        if (b.IsConstant && a.Kind == ExprKind.Max && a.B.IsConstant)
            return Holds(a.B.Value, b.Value) ? Compare(kind, a.A, b) : Zero;
        if (a.IsConstant && b.Kind == ExprKind.Min && b.B.IsConstant)
            return Holds(a.Value, b.B.Value) ? Compare(kind, a, b.A) : Zero;
        if (b.IsConstant && a.Kind == ExprKind.Min && a.B.IsConstant && !Holds(a.B.Value, b.Value))
            return Compare(kind, a.A, b);
        return a.IsConstant && b.Kind == ExprKind.Max && b.B.IsConstant && !Holds(a.Value, b.B.Value) ? Compare(kind, a, b.A) : null;
    }
}
