using System;
using System.Globalization;
using System.Linq;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Formulas;

/// <summary>Methods that are formulas as text: <c>x, slope learnable channel = 0.25 in [0 .. Infinity) above low => formula</c>, braces for the ends alone, after <c>derivative x: </c> where the method supplies one.</summary>
internal static class MethodText
{
    /// <summary>The name under which an assembly notes what constructors assign.</summary>
    public const string Constructor = ".ctor";

    /// <summary>On one line.</summary>
    public static string Write(FormulaMethod method) =>
        $"{(method.DerivativeOf.Length > 0 ? $"derivative {method.DerivativeOf}: " : "")}{string.Join(", ", method.Parameters.Select(Write))} => {method.Text}";

    /// <summary>Reads what <see cref="Write(FormulaMethod)"/> wrote; null where it is something else.</summary>
    public static FormulaMethod? Read(string name, string text)
    {
        var arrow = text.IndexOf(" => ", StringComparison.Ordinal);
        if (arrow < 0)
            return null;
        var head = text.Substring(0, arrow);
        var derivativeOf = "";
        if (head.StartsWith("derivative ", StringComparison.Ordinal) && head.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon)
        {
            derivativeOf = head.Substring("derivative ".Length, colon - "derivative ".Length);
            head = head.Substring(colon + 2);
        }

        var parameters = head.Split([", "], StringSplitOptions.RemoveEmptyEntries).Select(ReadParameter).ToEquatableArray();
        var formula = text.Substring(arrow + 4);
        return FormulaText.Read(new Algebra(), formula) is null ? null : new FormulaMethod(name, parameters, derivativeOf, formula);
    }

    /// <summary>What a constructor assigns: <c>double slope, int n: power = Multiply 2 n</c>.</summary>
    public static string Write(FormulaAssignment assignment) => $"{assignment.Constructor}: {assignment.Parameter} = {assignment.Text}";

    /// <summary>Reads what <see cref="Write(FormulaAssignment)"/> wrote; null where it is something else.</summary>
    public static FormulaAssignment? ReadAssignment(string text)
    {
        var colon = text.LastIndexOf(": ", StringComparison.Ordinal);
        var equal = text.IndexOf(" = ", colon + 1, StringComparison.Ordinal);
        if (colon < 0 || equal < 0)
            return null;
        var assignment = new FormulaAssignment(text.Substring(0, colon), text.Substring(colon + 2, equal - colon - 2), text.Substring(equal + 3));
        return FormulaText.Read(new Algebra(), assignment.Text) is null ? null : assignment;
    }

    private static string Write(FormulaParameter parameter)
    {
        var learnable = parameter.IsLearnable ? parameter.IsPerChannel ? " learnable channel" : " learnable" : "";
        var start = double.IsNaN(parameter.Default) ? "" : " = " + Text.RoundTrip(parameter.Default);
        var (low, high, lowOpen, highOpen) = parameter.Range;
        var range = parameter.Range == Interval.Real ? "" : $" in {(parameter.IsEnd ? "{" : lowOpen ? "(" : "[")}{Text.RoundTrip(low)} .. {Text.RoundTrip(high)}{(parameter.IsEnd ? "}" : highOpen ? ")" : "]")}";
        var above = parameter.Above.Length == 0 ? "" : " above " + parameter.Above;
        return parameter.Name + learnable + start + range + above;
    }

    private static FormulaParameter ReadParameter(string text)
    {
        var words = text.Split(' ');
        var traits = words.Skip(1).ToList();
        var parameter = new FormulaParameter(words[0], traits.Contains("learnable"), traits.Contains("channel"), double.NaN, Interval.Real);
        for (var i = 1; i < words.Length - 1; i++)
        {
            if (words[i] == "=")
                parameter = parameter with { Default = Number(words[i + 1]) };
            if (words[i] == "above")
                parameter = parameter with { Above = words[i + 1] };
            if (words[i] == ".." && words[i - 1].Length > 1)
                parameter = parameter with { Range = new Interval(Number(words[i - 1].Substring(1)), Number(words[i + 1].TrimEnd(')', ']', '}')), words[i - 1][0] == '(', words[i + 1].EndsWith(")", StringComparison.Ordinal)), IsEnd = words[i - 1][0] == '{' };
        }

        return parameter;
    }

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
}
