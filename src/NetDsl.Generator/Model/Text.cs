using System;
using System.Globalization;
using System.Linq;

namespace NetDsl.Generator.Model;

/// <summary>Numbers and names as text, the same on every machine.</summary>
internal static class Text
{
    public static string Invariant(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>1x28x28, for a name.</summary>
    public static string Identifier(Shape shape) => shape.ToString().Replace('×', 'x');

    /// <summary>12,345.</summary>
    public static string Grouped(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>The shortest decimal that reads back as the same number.</summary>
    public static string RoundTrip(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        if (Math.Abs(value) < 1e15 && value == Math.Floor(value))
            return text;
        for (var digits = 1; digits < 17; digits++)
        {
            var shorter = value.ToString("G" + Invariant(digits), CultureInfo.InvariantCulture);
            if (double.Parse(shorter, CultureInfo.InvariantCulture).Equals(value))
                return shorter;
        }

        return text;
    }

    /// <summary>hidden → Hidden.</summary>
    public static string Pascal(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);

    /// <summary>Policy → policy.</summary>
    public static string Camel(string name) => name.Length == 0 ? "" : char.ToLowerInvariant(name[0]) + name.Substring(1);

    /// <summary>basic1.conv1 → Basic1Conv1.</summary>
    public static string Member(string name) => string.Concat(name.Split('.').Select(Pascal));

    /// <summary>LeakyReLU → leaky_relu: a word begins where a small letter meets a large one that a small one follows.</summary>
    public static string Snake(string name) =>
        string.Concat(name.Select((letter, i) =>
            (i > 0 && i + 1 < name.Length && char.IsLower(name[i - 1]) && char.IsUpper(letter) && char.IsLower(name[i + 1]) ? "_" : "") + char.ToLowerInvariant(letter)));

    /// <summary>1 layer, 2 layers; 1 axis, 2 axes.</summary>
    public static string Plural(long count, string noun, string? plural = null) => $"{Invariant(count)} {(count == 1 ? noun : plural ?? noun + "s")}";

    /// <summary>A variable's name as a matrix in formulas: z1 → Z1, dz1 → dZ1.</summary>
    public static string Matrix(string name) =>
        name.StartsWith("d", StringComparison.Ordinal) && name.Length > 1 && char.IsLetter(name[1])
            ? "d" + char.ToUpperInvariant(name[1]) + name.Substring(2)
            : Pascal(name);
}
