using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using NetDsl.Generator.Formulas;

namespace NetDsl.Generator.Frontend;

/// <summary>The functions of .NET and of <c>NetDsl.Functions</c> that formulas may call, and the constants.</summary>
internal static class ElementaryCalls
{
    private const double Log2E = 1.44269504088896340736;
    private const double Log10E = 0.43429448190325182765;

    // What isn't elementary itself is composed of what is.
    private static readonly Dictionary<(string Name, int Arguments), Func<Algebra, IReadOnlyList<Expr>, Expr>> Composed = new()
    {
        [("LogP1", 1)] = (a, u) => a.Call("Log1P", u[0]),
        [("Log2", 1)] = (a, u) => a.Multiply(a.Constant(Log2E), a.Call("Log", u[0])),
        [("Log10", 1)] = (a, u) => a.Multiply(a.Constant(Log10E), a.Call("Log", u[0])),
        [("Log", 2)] = (a, u) => a.Divide(a.Call("Log", u[0]), a.Call("Log", u[1])),
        [("LogSigmoid", 1)] = (a, u) => a.Negate(a.Call("Softplus", a.Negate(u[0]))),
        [("Cbrt", 1)] = (a, u) => a.Multiply(a.Call("Sign", u[0]), a.Power(a.Call("Abs", u[0]), a.Constant(1.0 / 3))),
        [("Pow", 2)] = (a, u) => a.Power(u[0], u[1]),
        [("Min", 2)] = (a, u) => a.Min(u[0], u[1]),
        [("Max", 2)] = (a, u) => a.Max(u[0], u[1]),
        [("Clamp", 3)] = (a, u) => a.Min(a.Max(u[0], u[1]), u[2]),
        [("FusedMultiplyAdd", 3)] = (a, u) => a.Add(a.Multiply(u[0], u[1]), u[2]),
        [("IsNaN", 1)] = (a, u) => a.Not(a.Equal(u[0], u[0])),
        [("CreateChecked", 1)] = (_, u) => u[0],
        [("CreateSaturating", 1)] = (_, u) => u[0],
        [("CreateTruncating", 1)] = (_, u) => u[0],
    };

    private static readonly Dictionary<string, double> Constants = new(StringComparer.Ordinal)
    {
        ["PI"] = Math.PI,
        ["Pi"] = Math.PI,
        ["E"] = Math.E,
        ["Tau"] = 2 * Math.PI,
        ["Zero"] = 0,
        ["One"] = 1,
        ["NegativeOne"] = -1,
        ["NegativeZero"] = 0,
        ["NaN"] = double.NaN,
        ["PositiveInfinity"] = double.PositiveInfinity,
        ["NegativeInfinity"] = double.NegativeInfinity,
    };

    /// <summary>For messages: every name once.</summary>
    public static string Names { get; } = string.Join(", ", Formulas.Functions.Names.Concat(Composed.Keys.Select(key => key.Name))
        .Where(name => !name.StartsWith("Create", StringComparison.Ordinal)).Distinct().OrderBy(name => name, StringComparer.Ordinal));

    /// <summary>Whether a type's functions are known by their names: Math, MathF, float, double, System.Numerics' interfaces, NetDsl.Functions.</summary>
    public static bool Owns(INamedTypeSymbol? type) =>
        type is { SpecialType: SpecialType.System_Single or SpecialType.System_Double }
        || type?.ToDisplayString() is "System.Math" or "System.MathF" or LayerTypes.Functions
        || type is { TypeKind: TypeKind.Interface } && type.ContainingNamespace.ToDisplayString() == "System.Numerics";

    /// <summary>Whether a method of such a type is a function that formulas may call.</summary>
    public static bool Knows(IMethodSymbol method) =>
        Composed.ContainsKey((method.Name, method.Parameters.Length)) || method.Parameters.Length == 1 && Formulas.Functions.Contains(method.Name);

    public static Expr Call(Algebra a, IMethodSymbol method, IReadOnlyList<Expr> arguments) =>
        Composed.TryGetValue((method.Name, arguments.Count), out var compose) ? compose(a, arguments) : a.Call(method.Name, arguments[0]);

    /// <summary>Math.PI, float.E, T.One, with all the digits of double precision.</summary>
    public static double? Constant(ISymbol member) => Owns(member.ContainingType) && Constants.TryGetValue(member.Name, out var value) ? value : null;
}
