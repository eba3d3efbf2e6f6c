using System.Text;

namespace NetDsl;

/// <summary>Aligns rows of text in columns two spaces apart.</summary>
internal static class TextTable
{
    /// <summary>One line a row; the first <paramref name="left"/> columns stand left, the others right.</summary>
    public static string Format(IReadOnlyList<string[]> rows, int left)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => column < left ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }
}
