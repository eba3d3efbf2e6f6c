using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Formulas;

/// <summary>Makes expressions, each only once, and simplifies them on the way: constants fold, identities vanish, powers are collected.</summary>
/// <remarks>One instance serves the formulas that are to share subexpressions. Rewrites that keep digits are in <see cref="Stability"/>.</remarks>
internal sealed partial class Algebra
{
    private readonly Dictionary<string, Expr> _nodes = new(StringComparer.Ordinal);

    public Algebra()
    {
        Zero = Constant(0);
        One = Constant(1);
    }

    public Expr Zero { get; }

    public Expr One { get; }

    public Expr Constant(double value) => Make(ExprKind.Constant, [], value == 0 ? 0 : value);

    public Expr Variable(string name) => Make(ExprKind.Variable, [], name: name);

    public Expr Add(Expr a, Expr b)
    {
        if (a.IsConstant && b.IsConstant)
            return Constant(a.Value + b.Value);
        if (a.Is(0))
            return b;
        if (b.Is(0))
            return a;
        if (a == b)
            return Multiply(Constant(2), a);
        if (b.Kind == ExprKind.Negate)
            return Subtract(a, b.A);
        if (a.Kind == ExprKind.Negate)
            return Subtract(b, a.A);
        if (b.IsConstant && b.Value < 0)
            return Subtract(a, Constant(-b.Value));
        // (u + c) + d, (c − u) + d
        if (b.IsConstant && a.Kind == ExprKind.Add && a.B.IsConstant)
            return Add(a.A, Constant(a.B.Value + b.Value));
        if (b.IsConstant && a.Kind == ExprKind.Subtract && a.A.IsConstant)
            return Subtract(Constant(a.A.Value + b.Value), a.B);
        if (Complement(a, b) is { } half)
            return half;
        return Factored(a, b, Add) ?? Make(ExprKind.Add, [a, b]);
    }

    public Expr Subtract(Expr a, Expr b)
    {
        if (a.IsConstant && b.IsConstant)
            return Constant(a.Value - b.Value);
        if (b.Is(0))
            return a;
        if (a.Is(0))
            return Negate(b);
        if (a == b)
            return Zero;
        if (b.Kind == ExprKind.Negate)
            return Add(a, b.A);
        if (a.Kind == ExprKind.Negate)
            return Negate(Add(a.A, b));
        if (b.IsConstant && b.Value < 0)
            return Add(a, Constant(-b.Value));
        // (u + c) − d; c − (u + d), c − (d − u)
        if (b.IsConstant && a.Kind == ExprKind.Add && a.B.IsConstant)
            return Add(a.A, Constant(a.B.Value - b.Value));
        if (a.IsConstant && b.Kind == ExprKind.Add && b.B.IsConstant)
            return Subtract(Constant(a.Value - b.B.Value), b.A);
        if (a.IsConstant && b.Kind == ExprKind.Subtract && b.A.IsConstant)
            return Add(b.B, Constant(a.Value - b.A.Value));
        if (b.Is(1) && a.Calls("Exp"))
            return Call("ExpM1", a.A);
        // (u + v) − v
        if (a.Kind == ExprKind.Add && (a.A == b || a.B == b))
            return a.A == b ? a.B : a.A;
        // 1 − u/v = (v − u)/v where that is a number over v
        if (a.Is(1) && b.Kind == ExprKind.Divide && Subtract(b.B, b.A) is { IsConstant: true } rest)
            return Divide(rest, b.B);
        return Factored(a, b, Subtract) ?? Make(ExprKind.Subtract, [a, b]);
    }

    public Expr Multiply(Expr a, Expr b)
    {
        if (a.IsConstant && b.IsConstant)
            return Constant(a.Value * b.Value);
        if (b.IsConstant)
            (a, b) = (b, a);
        if (a.IsConstant)
            return Scale(a.Value, b);
        if (a.Kind == ExprKind.Negate)
            return Negate(Multiply(a.A, b));
        if (b.Kind == ExprKind.Negate)
            return Negate(Multiply(a, b.A));
        // Numbers come first: u·(c·v) = c·(u·v).
        if (a.Kind == ExprKind.Multiply && a.A.IsConstant)
            return Scale(a.A.Value, Multiply(a.B, b));
        if (b.Kind == ExprKind.Multiply && b.A.IsConstant)
            return Scale(b.A.Value, Multiply(a, b.B));
        if (Powers(a, b) is { } power)
            return power;
        if (a.Calls("Sign") && a.A == b || b.Calls("Sign") && b.A == a)
            return Call("Abs", a.Calls("Sign") ? b : a);
        if ((OverDivisor(a, b) ?? OverDivisor(b, a)) is { } quotient)
            return quotient;
        // [c]·u = u where c holds, else 0.
        if (IsIndicator(a))
            return Select(a.A, Multiply(a.B, b), Multiply(a.C, b));
        if (IsIndicator(b))
            return Select(b.A, Multiply(a, b.B), Multiply(a, b.C));
        return Make(ExprKind.Multiply, [a, b]);
    }

    public Expr Divide(Expr a, Expr b)
    {
        if (a.IsConstant && b.IsConstant && b.Value != 0)
            return Constant(a.Value / b.Value);
        if (b.Is(1) || a.Is(0))
            return a;
        if (a == b)
            return One;
        if (a.Kind == ExprKind.Negate)
            return Negate(Divide(a.A, b));
        if (b.Kind == ExprKind.Negate)
            return Negate(Divide(a, b.A));
        if (b.IsConstant && b.Value < 0)
            return Negate(Divide(a, Constant(-b.Value)));
        if (b.IsConstant && IsPowerOfTwo(b.Value))
            return Scale(1 / b.Value, a);
        // (c·u)/d, (u/c)/d
        if (b.IsConstant && a.Kind == ExprKind.Multiply && a.A.IsConstant)
            return Scale(a.A.Value / b.Value, a.B);
        if (a.Kind == ExprKind.Divide)
            return Divide(a.A, Multiply(a.B, b));
        if (b.Kind == ExprKind.Divide)
            return Divide(Multiply(a, b.B), b.A);
        if (b.Kind == ExprKind.Multiply && b.A.IsConstant)
            return Divide(Scale(1 / b.A.Value, a), b.B);
        if (Quotient(a, b) is { } quotient)
            return quotient;
        return Stability.Quotient(this, a, b) ?? Make(ExprKind.Divide, [a, b]);
    }

    public Expr Negate(Expr a) => a.Kind switch
    {
        ExprKind.Constant => Constant(-a.Value),
        ExprKind.Negate => a.A,
        ExprKind.Subtract => Subtract(a.B, a.A),
        ExprKind.Multiply when a.A.IsConstant => Scale(-a.A.Value, a.B),
        ExprKind.Select when a.B.IsConstant || a.C.IsConstant => Select(a.A, Negate(a.B), Negate(a.C)),
        _ => Make(ExprKind.Negate, [a]),
    };

    public Expr Square(Expr a) => Power(a, Constant(2));

    public Expr Power(Expr a, Expr exponent)
    {
        if (!exponent.IsConstant)
            return a.Is(Math.E) ? Call("Exp", exponent) : Make(ExprKind.Power, [a, exponent]);
        var n = exponent.Value;
        if (n == 0)
            return One;
        if (n == 1)
            return a;
        if (a.IsConstant)
            return Constant(Math.Pow(a.Value, n));
        if (n == 0.5)
            return Call("Sqrt", a);
        if (n < 0)
            return Divide(One, Power(a, Constant(-n)));
        var isInteger = n == Math.Floor(n);
        if (isInteger && n % 2 == 0 && a.Kind == ExprKind.Negate)
            return Power(a.A, exponent);
        if (isInteger && n % 2 == 0 && a.Calls("Abs"))
            return Power(a.A, exponent);
        if (isInteger && a.Kind == ExprKind.Power && a.B.IsConstant && IsInteger(a.B))
            return Power(a.A, Constant(a.B.Value * n));
        if (isInteger && a.Kind == ExprKind.Multiply && a.A.IsConstant)
            return Scale(Math.Pow(a.A.Value, n), Power(a.B, exponent));
        return Make(ExprKind.Power, [a, exponent]);
    }

    public Expr Min(Expr a, Expr b)
    {
        if (a == b)
            return a;
        return a.IsConstant && b.IsConstant ? Constant(Math.Min(a.Value, b.Value)) : Make(ExprKind.Min, Order(a, b));
    }

    public Expr Max(Expr a, Expr b)
    {
        if (a == b)
            return a;
        if (a.IsConstant && b.IsConstant)
            return Constant(Math.Max(a.Value, b.Value));
        var operands = Order(a, b);
        return Stability.Maximum(operands[0], operands[1]) ?? Make(ExprKind.Max, operands);
    }

    public Expr Call(string function, Expr a)
    {
        if (a.IsConstant)
            return Constant(Functions.Of(function).Evaluate(a.Value));
        return Identity(function, a) ?? Stability.Function(this, function, a) ?? Make(ExprKind.Call, [a], name: function);
    }

    /// <summary>The expression with other expressions in place of some.</summary>
    public Expr Substitute(Expr e, IReadOnlyDictionary<Expr, Expr> replacements)
    {
        var done = new Dictionary<Expr, Expr>();
        Expr Visit(Expr node)
        {
            if (replacements.TryGetValue(node, out var replacement))
                return replacement;
            if (node.Operands.Count == 0)
                return node;
            if (!done.TryGetValue(node, out var known))
                done[node] = known = Rebuild(node, node.Operands.Select(Visit).ToList());
            return known;
        }

        return Visit(e);
    }

    /// <summary>The same operation on other operands.</summary>
    public Expr Rebuild(Expr node, IReadOnlyList<Expr> operands) => node.Kind switch
    {
        ExprKind.Add => Add(operands[0], operands[1]),
        ExprKind.Subtract => Subtract(operands[0], operands[1]),
        ExprKind.Multiply => Multiply(operands[0], operands[1]),
        ExprKind.Divide => Divide(operands[0], operands[1]),
        ExprKind.Negate => Negate(operands[0]),
        ExprKind.Power => Power(operands[0], operands[1]),
        ExprKind.Min => Min(operands[0], operands[1]),
        ExprKind.Max => Max(operands[0], operands[1]),
        ExprKind.Call => Call(node.Name, operands[0]),
        ExprKind.Select => Select(operands[0], operands[1], operands[2]),
        ExprKind.Less => Less(operands[0], operands[1]),
        ExprKind.LessOrEqual => LessOrEqual(operands[0], operands[1]),
        ExprKind.Equal => Equal(operands[0], operands[1]),
        ExprKind.And => And(operands[0], operands[1]),
        ExprKind.Or => Or(operands[0], operands[1]),
        ExprKind.Not => Not(operands[0]),
        _ => node,
    };

    /// <summary>All nodes of some expressions, operands first.</summary>
    public static IReadOnlyList<Expr> Nodes(IEnumerable<Expr> roots)
    {
        var nodes = new List<Expr>();
        var seen = new HashSet<Expr>();
        void Visit(Expr node)
        {
            if (!seen.Add(node))
                return;
            foreach (var operand in node.Operands)
                Visit(operand);
            nodes.Add(node);
        }

        foreach (var root in roots)
            Visit(root);
        return nodes;
    }

    public static bool Contains(Expr e, Expr part)
    {
        var seen = new HashSet<Expr>();
        bool Visit(Expr node) => node == part || seen.Add(node) && node.Operands.Any(Visit);

        return Visit(e);
    }

    /// <summary>A node without looking at its operands: what the rules end with.</summary>
    public Expr Make(ExprKind kind, IReadOnlyList<Expr> operands, double value = 0, string name = "")
    {
        // a + b and b + a are one node, in the order in which they were written first.
        if (kind is ExprKind.Add or ExprKind.Multiply or ExprKind.Min or ExprKind.Max or ExprKind.Equal && _nodes.TryGetValue(Key(kind, [operands[1], operands[0]], value, name), out var turned))
            return turned;
        var key = Key(kind, operands, value, name);
        if (!_nodes.TryGetValue(key, out var known))
            _nodes[key] = known = new Expr(_nodes.Count, kind, value, name, operands);
        return known;
    }

    private static string Key(ExprKind kind, IReadOnlyList<Expr> operands, double value, string name) =>
        $"{(int)kind} {BitConverter.DoubleToInt64Bits(value)} {name} {string.Join(" ", operands.Select(operand => Text.Invariant(operand.Id)))}";

    private Expr Scale(double factor, Expr a)
    {
        if (factor == 0)
            return Zero;
        if (factor == 1)
            return a;
        if (factor == -1)
            return Negate(a);
        return a.Kind switch
        {
            ExprKind.Constant => Constant(factor * a.Value),
            ExprKind.Negate => Scale(-factor, a.A),
            ExprKind.Multiply when a.A.IsConstant => Scale(factor * a.A.Value, a.B),
            ExprKind.Divide when a.B.IsConstant => a.B.Value == factor ? a.A : Scale(factor / a.B.Value, a.A),
            ExprKind.Divide when a.A.IsConstant => Divide(Constant(factor * a.A.Value), a.B),
            // c·(u/c + d) = u + c·d: the number goes inside where it meets its inverse.
            ExprKind.Add when a.B.IsConstant && Cancels(factor, a.A) => Add(Scale(factor, a.A), Constant(factor * a.B.Value)),
            ExprKind.Subtract when a.B.IsConstant && Cancels(factor, a.A) => Subtract(Scale(factor, a.A), Constant(factor * a.B.Value)),
            ExprKind.Subtract when a.A.IsConstant && Cancels(factor, a.B) => Subtract(Constant(factor * a.A.Value), Scale(factor, a.B)),
            ExprKind.Select when a.B.IsConstant || a.C.IsConstant => Select(a.A, Scale(factor, a.B), Scale(factor, a.C)),
            _ => Make(ExprKind.Multiply, [Constant(factor), a]),
        };
    }

    private static bool Cancels(double factor, Expr a) =>
        a.Kind == ExprKind.Divide && a.B.Is(Math.Abs(factor)) || a.Kind == ExprKind.Multiply && a.A.IsConstant && Math.Abs(a.A.Value * factor) == 1;

    // u·u = u², u·uⁿ = uⁿ⁺¹.
    private Expr? Powers(Expr a, Expr b)
    {
        var (aBase, aPower) = IntegerPower(a);
        var (bBase, bPower) = IntegerPower(b);
        if (aBase == bBase)
            return Power(aBase, Constant(aPower + bPower));
        // (u·v)·u = u²·v
        if (a.Kind == ExprKind.Multiply && !b.IsConstant)
        {
            if (IntegerPower(a.A).Base == bBase)
                return Multiply(Multiply(a.A, b), a.B);
            if (IntegerPower(a.B).Base == bBase)
                return Multiply(a.A, Multiply(a.B, b));
        }

        if (b.Kind == ExprKind.Multiply && a.Kind != ExprKind.Multiply)
        {
            if (IntegerPower(b.A).Base == aBase)
                return Multiply(Multiply(a, b.A), b.B);
            if (IntegerPower(b.B).Base == aBase)
                return Multiply(b.A, Multiply(a, b.B));
        }

        return null;
    }

    // (u/v)·w: w goes over the bar where it meets its like; else the quotient may be shared, and the product could overflow.
    private Expr? OverDivisor(Expr quotient, Expr factor)
    {
        if (quotient.Kind != ExprKind.Divide)
            return null;
        if (quotient.B == factor)
            return quotient.A;
        var above = Multiply(quotient.A, factor);
        return above.Kind != ExprKind.Multiply ? Divide(above, quotient.B) : null;
    }

    // uⁿ/u = uⁿ⁻¹, (u·v)/u = v.
    private Expr? Quotient(Expr a, Expr b)
    {
        var (aBase, aPower) = IntegerPower(a);
        var (bBase, bPower) = IntegerPower(b);
        if (aBase == bBase && !aBase.IsConstant)
            return aPower >= bPower ? Power(aBase, Constant(aPower - bPower)) : Divide(One, Power(aBase, Constant(bPower - aPower)));
        if (a.Kind == ExprKind.Multiply && a.A == b)
            return a.B;
        if (a.Kind == ExprKind.Multiply && a.B == b)
            return a.A;
        if (a.Kind == ExprKind.Multiply && b.Kind == ExprKind.Multiply)
        {
            foreach (var (common, rest) in new[] { (a.A, a.B), (a.B, a.A) })
            {
                if (!common.IsConstant && b.A == common)
                    return Divide(rest, b.B);
                if (!common.IsConstant && b.B == common)
                    return Divide(rest, b.A);
            }
        }

        return null;
    }

    private static (Expr Base, double Power) IntegerPower(Expr e) => e.Kind == ExprKind.Power && IsInteger(e.B) ? (e.A, e.B.Value) : (e, 1);

    private static bool IsInteger(Expr e) => e.IsConstant && e.Value == Math.Floor(e.Value);

    // u·v ± u·w = u·(v ± w): one product less. u ± u·w = u·(1 ± w) pays where it meets a shared sum, so it is left to Polynomial.
    private Expr? Factored(Expr a, Expr b, Func<Expr, Expr, Expr> join)
    {
        if (a.Kind != ExprKind.Multiply || b.Kind != ExprKind.Multiply)
            return null;
        if (a.A == b.A)
            return Multiply(a.A, join(a.B, b.B));
        if (a.B == b.B)
            return Multiply(a.B, join(a.A, b.A));
        if (a.A == b.B)
            return Multiply(a.A, join(a.B, b.A));
        return a.B == b.A ? Multiply(a.B, join(a.A, b.B)) : null;
    }

    // (1 − u) + u = 1.
    private static Expr? Complement(Expr a, Expr b) =>
        a.Kind == ExprKind.Subtract && a.B == b ? a.A
        : b.Kind == ExprKind.Subtract && b.B == a ? b.A
        : null;

    private static bool IsIndicator(Expr e) => e.Kind == ExprKind.Select && (IsUnit(e.B) || IsUnit(e.C));

    private static bool IsUnit(Expr e) => e.IsConstant && (e.Value is 0 or 1 or -1);

    private Expr? Identity(string function, Expr a) => function switch
    {
        "Log" when a.Calls("Exp") => a.A,
        "Abs" when a.Kind == ExprKind.Negate => Call("Abs", a.A),
        "Abs" when a.Calls("Abs") || a.Calls("Exp") || a.Calls("Sqrt") || a.Calls("Sigmoid") || a.Calls("Softplus") || a.Calls("Cosh") => a,
        "Abs" when a.Kind == ExprKind.Power && a.B.IsConstant && a.B.Value % 2 == 0 => a,
        "Sqrt" when a.Kind == ExprKind.Power && a.B.Is(2) => Call("Abs", a.A),
        "Cos" or "Cosh" when a.Kind == ExprKind.Negate => Call(function, a.A),
        "Sin" or "Tan" or "Sinh" or "Tanh" or "Erf" or "Sign" when a.Kind == ExprKind.Negate => Negate(Call(function, a.A)),
        _ => null,
    };

    // A number stands second, so that patterns look in one place.
    private static Expr[] Order(Expr a, Expr b) => a.IsConstant ? [b, a] : [a, b];

    private static bool IsPowerOfTwo(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = bits >> 52 & 0x7FF;
        return (bits & 0xFFFFFFFFFFFFF) == 0 && exponent is > 1000 and < 1046;
    }
}
