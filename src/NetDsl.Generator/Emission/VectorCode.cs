using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Emission;

/// <summary>Prints expressions as C# over a vector type V: what is used twice becomes a local, products that are added become fused multiply-adds.</summary>
/// <param name="operand">C# of a variable.</param>
/// <param name="taken">Names of locals in the method; new ones are added.</param>
internal sealed class VectorCode(Func<string, string> operand, HashSet<string> taken)
{
    // Integer powers up to this one are products.
    private const int LongestProduct = 4;

    private readonly Dictionary<Expr, string> _locals = [];
    private readonly Dictionary<Expr, int> _uses = [];
    private readonly List<string> _lines = [];

    /// <summary>Statements that leave each expression in the local of its name.</summary>
    public IReadOnlyList<string> Write(IReadOnlyList<(string Local, Expr Root)> results)
    {
        foreach (var node in Algebra.Nodes(results.Select(result => result.Root)))
        {
            foreach (var used in node.Operands)
                Count(used, node.Kind == ExprKind.Power && IsProduct(node) ? 2 : 1);
        }

        foreach (var (local, root) in results)
        {
            Count(root, 1);
            taken.Add(local);
        }

        foreach (var (local, root) in results)
        {
            _lines.Add($"var {local} = {(_locals.TryGetValue(root, out var known) ? known : Print(root, 0))};");
            if (root.Operands.Count > 0)
                _locals[root] = local;
        }

        return _lines;
    }

    private void Count(Expr node, int uses) => _uses[node] = (_uses.TryGetValue(node, out var known) ? known : 0) + uses;

    // Levels: 0 anywhere, 1 left in a sum, 2 right in a sum or left in a product, 3 right in a product or behind a sign: what is computed first stays first.
    private string Code(Expr node, int level)
    {
        if (_locals.TryGetValue(node, out var known))
            return known;
        if (node.IsConstant || _uses[node] < 2)
            return Print(node, level);
        var code = Print(node, 0);
        if (node.Kind == ExprKind.Variable && IsIdentifier(code))
            return code;
        var name = Name(node);
        _lines.Add($"var {name} = {code};");
        return _locals[node] = name;
    }

    private string Print(Expr node, int level)
    {
        switch (node.Kind)
        {
            case ExprKind.Constant:
                return Number(node.Value);
            case ExprKind.Variable:
                return operand(node.Name);
            case ExprKind.Add when IsFused(node.A):
                return Fused("", node.A, Code(node.B, 0));
            case ExprKind.Add when IsFused(node.B):
                return Fused("", node.B, Code(node.A, 0));
            case ExprKind.Add:
                return Group($"{Code(node.A, 1)} + {Code(node.B, 2)}", level > 1);
            case ExprKind.Subtract when IsFused(node.B):
                return Fused("-", node.B, Code(node.A, 0));
            case ExprKind.Subtract when IsFused(node.A):
                return Fused("", node.A, $"-{Code(node.B, 3)}");
            case ExprKind.Subtract:
                return Group($"{Code(node.A, 1)} - {Code(node.B, 2)}", level > 1);
            case ExprKind.Negate:
                return Group($"-{Code(node.A, 3)}", level > 2);
            case ExprKind.Multiply:
                return Group($"{Code(node.A, 2)} * {Code(node.B, 3)}", level > 2);
            case ExprKind.Divide when node.B.IsConstant:
                return Group($"{Code(node.A, 2)} * {Number(1 / node.B.Value)}", level > 2);
            case ExprKind.Divide:
                return Group($"{Code(node.A, 2)} / {Code(node.B, 3)}", level > 2);
            case ExprKind.Power when IsProduct(node):
                return Group(string.Join(" * ", Enumerable.Repeat(Code(node.A, 3), (int)node.B.Value)), level > 2);
            case ExprKind.Power:
                return $"V.Pow({Code(node.A, 0)}, {Code(node.B, 0)})";
            case ExprKind.Max:
                return node.B.IsConstant ? $"V.AtLeast({Number(node.B.Value)}, {Code(node.A, 0)})" : $"V.Max({Code(node.A, 0)}, {Code(node.B, 0)})";
            case ExprKind.Min:
                return node.B.IsConstant ? $"V.AtMost({Number(node.B.Value)}, {Code(node.A, 0)})" : $"V.Min({Code(node.A, 0)}, {Code(node.B, 0)})";
            case ExprKind.Call:
                return $"V.{node.Name}({Code(node.A, 0)})";
            case ExprKind.Select:
                return $"V.Select({Code(node.A, 0)}, {Code(node.B, 0)}, {Code(node.C, 0)})";
            case ExprKind.Less:
                return $"V.LessThan({Code(node.A, 0)}, {Code(node.B, 0)})";
            case ExprKind.LessOrEqual:
                return $"V.LessThanOrEqual({Code(node.A, 0)}, {Code(node.B, 0)})";
            case ExprKind.Equal:
                return $"V.Equal({Code(node.A, 0)}, {Code(node.B, 0)})";
            case ExprKind.And:
                return $"V.And({Code(node.A, 0)}, {Code(node.B, 0)})";
            case ExprKind.Or:
                return $"V.Or({Code(node.A, 0)}, {Code(node.B, 0)})";
            case ExprKind.Not:
                return $"V.AndNot(V.Equal(V.One, V.One), {Code(node.A, 0)})";
            default:
                throw new InvalidOperationException($"{node.Kind} has no vector form.");
        }
    }

    private bool IsFused(Expr node) => node.Kind == ExprKind.Multiply && _uses[node] < 2 && !_locals.ContainsKey(node) || node.Kind == ExprKind.Power && node.B.Is(2) && _uses[node] < 2 && !_locals.ContainsKey(node);

    private string Fused(string sign, Expr product, string addend)
    {
        var (left, right) = product.Kind == ExprKind.Power ? (product.A, product.A) : (product.A, product.B);
        // The sign goes to a number where there is one.
        var first = sign.Length > 0 && left.IsConstant ? Number(-left.Value) : sign + Code(left, sign.Length > 0 ? 3 : 0);
        return $"V.FusedMultiplyAdd({first}, {Code(right, 0)}, {addend})";
    }

    private static bool IsProduct(Expr power) => power.B.IsConstant && power.B.Value is >= 2 and <= LongestProduct && power.B.Value == Math.Floor(power.B.Value);

    private static string Number(double value) =>
        value == 0 ? "V.Zero"
        : value == 1 ? "V.One"
        : double.IsNaN(value) ? "V.Create(double.NaN)"
        : double.IsInfinity(value) ? $"V.Create(double.{(value > 0 ? "Positive" : "Negative")}Infinity)"
        : value == Math.Floor(value) && Math.Abs(value) < 1e15 ? $"V.Create({Text.RoundTrip(value)}.0)"
        : $"V.Create({Text.RoundTrip(value)})";

    private static string Group(string code, bool isGrouped) => isGrouped ? $"({code})" : code;

    private static bool IsIdentifier(string code) => code.All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '@');

    // V.Load(_h1, …) goes to a local called h1.
    private static string Field(string code)
    {
        var field = string.Concat(code.SkipWhile(letter => letter != '_').Skip(1).TakeWhile(letter => char.IsLetterOrDigit(letter) || letter == '_'));
        return field.Length == 0 ? "operand" : field;
    }

    private string Name(Expr node)
    {
        var stem = node.Kind switch
        {
            ExprKind.Variable => Field(operand(node.Name)),
            ExprKind.Call => char.ToLowerInvariant(node.Name[0]) + node.Name.Substring(1),
            ExprKind.Add => "sum",
            ExprKind.Subtract => "difference",
            ExprKind.Multiply => "product",
            ExprKind.Divide => "quotient",
            ExprKind.Power when node.B.Is(2) => "square",
            ExprKind.Power => "power",
            ExprKind.Negate => "negative",
            ExprKind.Min or ExprKind.Max => "bounded",
            ExprKind.Select => "chosen",
            _ => "condition",
        };
        var name = stem;
        for (var number = 2; !taken.Add(name); number++)
            name = stem + Text.Invariant(number);
        return name;
    }
}
