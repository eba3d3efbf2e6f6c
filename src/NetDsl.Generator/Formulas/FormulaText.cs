using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace NetDsl.Generator.Formulas;

/// <summary>Expressions as text, for models that are compared between compilations and for assemblies that carry formulas along.</summary>
/// <remarks>
/// One definition after the other, the last one being the result; operands are variables, numbers or %n for definition n:
/// <c>%0=Less 0 x;%1=Multiply slope x;Select %0 x %1</c>.
/// </remarks>
internal static class FormulaText
{
    public static string Write(Expr e)
    {
        if (e.Operands.Count == 0)
            return Leaf(e);
        var names = new Dictionary<Expr, string>();
        var text = new StringBuilder();
        string Visit(Expr node)
        {
            if (node.Operands.Count == 0)
                return Leaf(node);
            if (names.TryGetValue(node, out var known))
                return known;
            var operands = node.Operands.Select(Visit).ToList();
            var definition = $"{(node.Kind == ExprKind.Call ? node.Name : node.Kind.ToString())} {string.Join(" ", operands)}";
            if (node == e)
            {
                text.Append(definition);
                return "";
            }

            var name = "%" + Model.Text.Invariant(names.Count);
            names.Add(node, name);
            text.Append(name).Append('=').Append(definition).Append(';');
            return name;
        }

        Visit(e);
        return text.ToString();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null where it is something else.</summary>
    public static Expr? Read(Algebra algebra, string text)
    {
        var definitions = new List<Expr>();
        Expr? result = null;
        foreach (var line in text.Split(';'))
        {
            var definition = line.Substring(line.IndexOf('=') + 1).Split(' ');
            var operands = definition.Skip(definition.Length == 1 ? 0 : 1).Select(operand => Operand(algebra, definitions, operand)).ToList();
            if (operands.Any(operand => operand is null))
                return null;
            result = definition.Length == 1 ? operands[0] : Apply(algebra, definition[0], operands!);
            if (result is null)
                return null;
            definitions.Add(result);
        }

        return result;
    }

    // A parameter may be called like a number that isn't finite.
    private static string Leaf(Expr e) => e.IsConstant ? Model.Text.RoundTrip(e.Value) : e.Name is "NaN" or "Infinity" ? "@" + e.Name : e.Name;

    private static Expr? Operand(Algebra algebra, List<Expr> definitions, string text)
    {
        if (text.StartsWith("%", StringComparison.Ordinal))
            return int.TryParse(text.Substring(1), NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < definitions.Count ? definitions[index] : null;
        if (text.Length == 0)
            return null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && !char.IsLetter(text[0]) ? algebra.Constant(number)
            : text is "NaN" or "Infinity" ? algebra.Constant(double.Parse(text, CultureInfo.InvariantCulture))
            : algebra.Variable(text.TrimStart('@'));
    }

    private static Expr? Apply(Algebra algebra, string name, IReadOnlyList<Expr> operands)
    {
        if (Functions.Contains(name))
            return operands.Count == 1 ? algebra.Call(name, operands[0]) : null;
        if (!Enum.TryParse<ExprKind>(name, out var kind) || operands.Count != Arity(kind))
            return null;
        return algebra.Rebuild(new Expr(-1, kind, 0, "", operands), operands);
    }

    private static int Arity(ExprKind kind) => kind switch
    {
        ExprKind.Constant or ExprKind.Variable or ExprKind.Call => 0,
        ExprKind.Negate or ExprKind.Not => 1,
        ExprKind.Select => 3,
        _ => 2,
    };
}
