using System.Globalization;

namespace NetDsl.Generator.Tests.Formulas;

/// <summary>A C# function of one number, drawn from all that a formula may consist of.</summary>
internal sealed class RandomFunction
{
    private const int Depth = 4;

    // Bounded where they would overflow or have a pole, so that most points can be compared.
    private static readonly string[] Unary =
    [
        "Math.Abs({0})", "Math.Sqrt(1 + {0} * {0})", "Math.Sqrt(Math.Abs({0}))", "Math.Exp(Math.Min({0}, 3))", "Math.Exp(-{0} * {0})", "Math.Log(1 + Math.Exp({0}))", "Math.Log(0.5 + Math.Abs({0}))",
        "double.LogP1({0} * {0})", "double.ExpM1(Math.Min({0}, 2))", "Math.Sin({0})", "Math.Cos({0})", "Math.Tan(Math.Tanh({0}))", "Math.Sinh(Math.Clamp({0}, -3, 3))", "Math.Cosh(Math.Clamp({0}, -3, 3))",
        "Math.Tanh({0})", "1 / (1 + Math.Exp(-{0}))", "{0} / (1 + Math.Exp(-{0}))", "{0} * Math.Tanh(Math.Log(1 + Math.Exp({0})))", "Math.Log(Math.Cosh({0}))", "(-{0})", "({0} * {0})", "Math.Pow({0}, 3)", "Math.Pow(1 + {0} * {0}, -1.5)", "Math.Pow(Math.Abs({0}) + 0.5, 2.5)",
        "Helper({0})", "(double)Math.Sign({0})", "NetDsl.Functions.Sigmoid({0})", "NetDsl.Functions.NormalCdf({0})", "NetDsl.Functions.NormalPdf({0})", "NetDsl.Functions.Erf({0})", "NetDsl.Functions.Softplus({0})",
    ];

    private static readonly string[] Binary =
    [
        "({0} + {1})", "({0} - {1})", "({0} * {1})", "({0} / (1 + {1} * {1}))", "Math.Max({0}, {1})", "Math.Min({0}, {1})", "Math.Pow(1 + Math.Abs({0}), Math.Tanh({1}))",
    ];

    private static readonly string[] Conditions =
        ["{0} > {1}", "{0} <= {1}", "{0} < {1} && {1} < 2", "{0} >= {1} || {0} < -1", "!({0} < {1})"];

    private readonly Random _random;

    public RandomFunction(int seed)
    {
        _random = new Random(seed);
        var first = Expression(Depth - 1, "x");
        Body = _random.Next(3) switch
        {
            0 => $"        return {Expression(Depth, "x")};",
            1 => $"        var a = {first};\n        return {Expression(Depth - 1, "a", "x")};",
            _ => $"        var a = {first};\n        if ({Condition(1, "a", "x")})\n            return {Expression(Depth - 1, "x", "a")};\n        return {Expression(Depth - 2, "a")};",
        };
    }

    /// <summary>Statements of a method whose parameter is called x.</summary>
    public string Body { get; }

    private string Expression(int depth, params string[] variables)
    {
        if (depth == 0 || _random.Next(12) == 0)
            return _random.Next(3) == 0 ? Number() : Any(variables);
        return _random.Next(8) switch
        {
            0 => $"({Condition(depth - 1, variables)} ? {Expression(depth - 1, variables)} : {Expression(depth - 1, variables)})",
            < 4 => Fill(Any(Binary), Expression(depth - 1, variables), Expression(depth - 1, variables)),
            _ => Fill(Any(Unary), Expression(depth - 1, variables), ""),
        };
    }

    private string Condition(int depth, params string[] variables) => Fill(Any(Conditions), Expression(depth, variables), Expression(0, variables));

    private string Number() => (_random.Next(-20, 21) / 8.0).ToString("0.0##", CultureInfo.InvariantCulture) is var text && text.StartsWith('-') ? $"({text})" : text;

    private string Any(IReadOnlyList<string> choices) => choices[_random.Next(choices.Count)];

    private static string Fill(string pattern, string a, string b) => pattern.Replace("{0}", a).Replace("{1}", b);
}
