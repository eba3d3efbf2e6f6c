using System.Globalization;

namespace NetDsl.Oracle.Language;

/// <summary>Values as C#.</summary>
internal static class Code
{
    public static string Of(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public static string Of(bool value) => value ? "true" : "false";

    public static string Of(IEnumerable<int> values) => $"new[] {{ {string.Join(", ", values)} }}";

    public static string Of(IEnumerable<double> values) => $"new double[] {{ {string.Join(", ", values.Select(Of))} }}";
}
