using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace NetDsl.Generator.Formulas;

/// <summary>Prints expressions as mathematics: <c>Z ⊙ s, s = σ(Z)</c>.</summary>
internal sealed class MathText
{
    private static readonly (double Value, string Text)[] Constants =
    [
        (Math.PI, "π"), (Math.E, "e"), (Math.Sqrt(2 / Math.PI), "√(2/π)"), (1 / Math.Sqrt(2 * Math.PI), "1/√(2π)"), (2 / Math.Sqrt(Math.PI), "2/√π"), (Math.Log(2), "log 2"), (1 / 3.0, "1/3"), (2 / 3.0, "2/3"), (1 / 6.0, "1/6"),
    ];

    private static readonly string[] Letters = ["s", "u", "v", "w"];

    private readonly Func<string, string> _symbol;
    private readonly Dictionary<Expr, string> _letters = [];

    private MathText(Func<string, string> symbol) => _symbol = symbol;

    /// <summary>The expression; functions that occur twice get a letter, which is explained behind it.</summary>
    /// <param name="symbol">How a variable is written.</param>
    /// <param name="isFactor">Whether it stands beside a product sign.</param>
    public static (string Text, string Where) Write(Expr e, Func<string, string> symbol, bool isFactor = false)
    {
        var printer = new MathText(symbol);
        var where = new StringBuilder();
        var nodes = Algebra.Nodes([e]);
        foreach (var node in nodes.Where(node => node.Kind == ExprKind.Call && node != e && nodes.Sum(other => other.Operands.Count(operand => operand == node)) > 1))
        {
            if (printer._letters.Count == Letters.Length || node.A.Operands.Count == 0 && node.Name == "Abs")
                continue;
            where.Insert(0, $", {Letters[printer._letters.Count]} = {printer.Print(node, 0)}");
            printer._letters[node] = Letters[printer._letters.Count];
        }

        return (printer.Of(e, isFactor ? 2 : 0), where.ToString());
    }

    /// <summary>A number with up to six digits, or its name.</summary>
    public static string Number(double value)
    {
        foreach (var (known, text) in Constants)
        {
            if (Math.Abs(Math.Abs(value) - known) < 1e-12)
                return (value < 0 ? "−" : "") + text;
        }

        if (double.IsInfinity(value))
            return value < 0 ? "−∞" : "∞";
        var full = Model.Text.RoundTrip(Math.Abs(value));
        var shorter = Math.Abs(value).ToString("G6", CultureInfo.InvariantCulture);
        return (value < 0 ? "−" : "") + (shorter.Length < full.Length ? shorter : full);
    }

    // Levels: 0 anywhere, 1 right of a minus, 2 operand of a product, 3 of a power or below a fraction bar.
    private string Of(Expr e, int level) => _letters.TryGetValue(e, out var letter) ? letter : Print(e, level);

    private string Print(Expr e, int level)
    {
        switch (e.Kind)
        {
            case ExprKind.Constant:
                return Group(Number(e.Value), e.Value < 0 && level > 0);
            case ExprKind.Variable:
                return _symbol(e.Name);
            case ExprKind.Add:
                return Group($"{Of(e.A, 0)} + {Of(e.B, 0)}", level > 0);
            case ExprKind.Subtract:
                return Group($"{Of(e.A, 0)} − {Of(e.B, 1)}", level > 0);
            case ExprKind.Negate:
                return Group($"−{Of(e.A, 2)}", level > 0);
            case ExprKind.Multiply when e.A.IsConstant:
                return Group($"{Of(e.A, e.A.Value < 0 && level == 0 ? 0 : 2)}·{Of(e.B, 2)}", level > 2);
            case ExprKind.Multiply:
                return Group($"{Of(e.A, 2)} ⊙ {Of(e.B, 2)}", level > 2);
            case ExprKind.Divide:
                return Group($"{Of(e.A, 2)}/{Of(e.B, 3)}", level > 2);
            case ExprKind.Power when e.B.IsConstant && e.B.Value is > 1 and < 10 && e.B.Value == Math.Floor(e.B.Value):
                return Group($"{Of(e.A, 3)}{"⁰¹²³⁴⁵⁶⁷⁸⁹"[(int)e.B.Value]}", level > 2);
            case ExprKind.Power:
                var exponent = Of(e.B, 3);
                return Group($"{Of(e.A, 3)}^{(exponent.All(char.IsLetterOrDigit) ? exponent : $"({exponent})")}", level > 2);
            case ExprKind.Min:
                return $"min({Of(e.A, 0)}, {Of(e.B, 0)})";
            case ExprKind.Max:
                return $"max({Of(e.A, 0)}, {Of(e.B, 0)})";
            case ExprKind.Call:
                var symbol = Functions.Of(e.Name).Symbol;
                var argument = Of(e.A, e.Name == "Log1P" ? 1 : 0);
                // A power's exponent and a root's radicand stand open in the symbol.
                if ((symbol.Contains("^{0}") || symbol.Contains("√{0}")) && !argument.All(char.IsLetterOrDigit))
                    argument = $"({argument})";
                return Group(string.Format(CultureInfo.InvariantCulture, symbol, argument), level > 2 && e.Name == "Exp");
            case ExprKind.Select when e.B.Is(1) && e.C.Is(0):
                return $"[{Of(e.A, 0)}]";
            case ExprKind.Select:
                return $"({Of(e.B, 0)} where {Of(e.A, 0)}, else {Of(e.C, 0)})";
            case ExprKind.Less:
                return e.A.IsConstant ? $"{Of(e.B, 0)} > {Of(e.A, 0)}" : $"{Of(e.A, 0)} < {Of(e.B, 0)}";
            case ExprKind.LessOrEqual:
                return e.A.IsConstant ? $"{Of(e.B, 0)} ≥ {Of(e.A, 0)}" : $"{Of(e.A, 0)} ≤ {Of(e.B, 0)}";
            case ExprKind.Equal:
                return $"{Of(e.A, 0)} = {Of(e.B, 0)}";
            case ExprKind.And:
                return $"{Of(e.A, 2)} and {Of(e.B, 2)}";
            case ExprKind.Or:
                return Group($"{Of(e.A, 0)} or {Of(e.B, 0)}", level > 1);
            default:
                return $"not ({Of(e.A, 0)})";
        }
    }

    private static string Group(string text, bool isGrouped) => isGrouped ? $"({text})" : text;
}
