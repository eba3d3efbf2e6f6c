namespace NetDsl.Generator.Tests.Support;

/// <summary>C# in which {| and |} enclose the text that a diagnostic should underline.</summary>
internal static class MarkedSource
{
    /// <summary>The code without its marks, and the start and length of the marked text.</summary>
    public static (string Code, int Start, int Length) Parse(string marked)
    {
        var start = marked.IndexOf("{|", StringComparison.Ordinal);
        var end = marked.IndexOf("|}", StringComparison.Ordinal);
        return start < 0 || end < start
            ? throw new ArgumentException("The source marks nothing: enclose the expected span in {| and |}.")
            : (marked.Remove(end, 2).Remove(start, 2), start, end - start - 2);
    }
}
