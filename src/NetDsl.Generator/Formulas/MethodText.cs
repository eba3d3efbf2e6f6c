using System;
using System.Globalization;
using System.Linq;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Formulas;

/// <summary>Methods that are formulas as text: <c>x, slope learnable channel = 0.25 in [0 .. Infinity) => formula</c>, after <c>derivative x: </c> where the method supplies one.</summary>
internal static class MethodText
{
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

    private static string Write(FormulaParameter parameter)
    {
        var learnable = parameter.IsLearnable ? parameter.IsPerChannel ? " learnable channel" : " learnable" : "";
        var start = double.IsNaN(parameter.Default) ? "" : " = " + Text.RoundTrip(parameter.Default);
        var (low, high, lowOpen, highOpen) = parameter.Range;
        var range = parameter.Range == Interval.Real ? "" : $" in {(lowOpen ? "(" : "[")}{Text.RoundTrip(low)} .. {Text.RoundTrip(high)}{(highOpen ? ")" : "]")}";
        return parameter.Name + learnable + start + range;
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
            if (words[i] == ".." && words[i - 1].Length > 1)
                parameter = parameter with { Range = new Interval(Number(words[i - 1].Substring(1)), Number(words[i + 1].TrimEnd(')', ']')), words[i - 1][0] == '(', words[i + 1].EndsWith(")", StringComparison.Ordinal)) };
        }

        return parameter;
    }

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
}
