using NetDsl.Generator.Formulas;

namespace NetDsl.Generator.Tests.Reference;

/// <summary>A number and its derivative by some variable: forward differentiation in double precision, apart from the compiler's symbolic one.</summary>
/// <remarks>Clifford's dual numbers; at kinks they follow the compiler's conventions.</remarks>
internal readonly record struct Dual(double Value, double Slope)
{
    public static implicit operator Dual(double number) => new(number, 0);

    public static Dual Of(Expr e, Func<string, Dual> variable)
    {
        var known = new Dictionary<Expr, Dual>();
        Dual Visit(Expr node)
        {
            if (!known.TryGetValue(node, out var value))
                known[node] = value = Evaluate(node, Visit, variable);
            return value;
        }

        return Visit(e);
    }

    public static Dual operator +(Dual a, Dual b) => new(a.Value + b.Value, a.Slope + b.Slope);

    public static Dual operator -(Dual a, Dual b) => new(a.Value - b.Value, a.Slope - b.Slope);

    public static Dual operator *(Dual a, Dual b) => new(a.Value * b.Value, Product(a.Slope, b.Value) + Product(a.Value, b.Slope));

    public static Dual operator /(Dual a, Dual b) => new(a.Value / b.Value, (a.Slope - Product(a.Value / b.Value, b.Slope)) / b.Value);

    private static Dual Evaluate(Expr node, Func<Expr, Dual> of, Func<string, Dual> variable)
    {
        switch (node.Kind)
        {
            case ExprKind.Constant:
                return node.Value;
            case ExprKind.Variable:
                return variable(node.Name);
            case ExprKind.Add:
                return of(node.A) + of(node.B);
            case ExprKind.Subtract:
                return of(node.A) - of(node.B);
            case ExprKind.Negate:
                return 0.0 - of(node.A);
            case ExprKind.Multiply:
                return of(node.A) * of(node.B);
            case ExprKind.Divide:
                return of(node.A) / of(node.B);
            case ExprKind.Power:
                return Power(of(node.A), of(node.B));
            case ExprKind.Max:
                return Extremum(node, of, (a, b) => a > b);
            case ExprKind.Min:
                return Extremum(node, of, (a, b) => a < b);
            case ExprKind.Select:
                return of(node.A).Value != 0 ? of(node.B) : of(node.C);
            case ExprKind.Less:
                return of(node.A).Value < of(node.B).Value ? 1 : 0;
            case ExprKind.LessOrEqual:
                return of(node.A).Value <= of(node.B).Value ? 1 : 0;
            case ExprKind.Equal:
                return of(node.A).Value == of(node.B).Value ? 1 : 0;
            case ExprKind.And:
                return of(node.A).Value != 0 && of(node.B).Value != 0 ? 1 : 0;
            case ExprKind.Or:
                return of(node.A).Value != 0 || of(node.B).Value != 0 ? 1 : 0;
            case ExprKind.Not:
                return of(node.A).Value != 0 ? 0 : 1;
            default:
                return Call(node.Name, of(node.A));
        }
    }

    private static Dual Call(string function, Dual x)
    {
        var u = x.Value;
        var (value, derivative) = function switch
        {
            "Abs" => (Math.Abs(u), double.IsNaN(u) ? u : Math.Sign(u)),
            "Sign" => (double.IsNaN(u) ? u : Math.Sign(u), 0),
            "Sqrt" => (Math.Sqrt(u), u > 0 ? 0.5 / Math.Sqrt(u) : 0),
            "Exp" => (Math.Exp(u), Math.Exp(u)),
            "ExpM1" => (double.ExpM1(u), Math.Exp(u)),
            "Log" => (Math.Log(u), 1 / u),
            "Log1P" => (double.LogP1(u), 1 / (1 + u)),
            "Sin" => (Math.Sin(u), Math.Cos(u)),
            "Cos" => (Math.Cos(u), -Math.Sin(u)),
            "Tan" => (Math.Tan(u), 1 / (Math.Cos(u) * Math.Cos(u))),
            "Sinh" => (Math.Sinh(u), Math.Cosh(u)),
            "Cosh" => (Math.Cosh(u), Math.Sinh(u)),
            "Tanh" => (Math.Tanh(u), 1 / (Math.Cosh(u) * Math.Cosh(u))),
            "Sigmoid" => (ScalarMath.Sigmoid(u), ScalarMath.Sigmoid(u) * ScalarMath.Sigmoid(-u)),
            "Softplus" => (ScalarMath.Softplus(u), ScalarMath.Sigmoid(u)),
            "Erf" => (ScalarMath.Erf(u), 2 / Math.Sqrt(Math.PI) * Math.Exp(-u * u)),
            "NormalCdf" => (ScalarMath.NormalCdf(u), ScalarMath.NormalPdf(u)),
            "NormalPdf" => (ScalarMath.NormalPdf(u), -u * ScalarMath.NormalPdf(u)),
            _ => throw new NotSupportedException($"The reference knows no function {function}."),
        };
        return new Dual(value, Product(derivative, x.Slope));
    }

    private static Dual Power(Dual a, Dual b)
    {
        var value = Math.Pow(a.Value, b.Value);
        return new(value, Product(b.Value * Math.Pow(a.Value, b.Value - 1), a.Slope) + (b.Slope == 0 ? 0 : value * Math.Log(a.Value) * b.Slope));
    }

    // Of equal sides one that doesn't change wins, else the first.
    private static Dual Extremum(Expr node, Func<Expr, Dual> of, Func<double, double, bool> wins)
    {
        var (a, b) = (of(node.A), of(node.B));
        if (double.IsNaN(a.Value) || double.IsNaN(b.Value))
            return double.NaN;
        if (a.Value == b.Value)
            return new Dual(a.Value, a.Slope == 0 || b.Slope == 0 ? 0 : a.Slope);
        return wins(a.Value, b.Value) ? a : b;
    }

    // What doesn't depend on the variable has no slope, whatever it is multiplied by.
    private static double Product(double a, double b) => a == 0 || b == 0 ? 0 : a * b;
}
