using System;
using System.Collections.Generic;
using System.Linq;

namespace NetDsl.Generator.Passes;

/// <summary>Names that may have been meant.</summary>
internal static class Near
{
    private const int Most = 6;

    /// <summary>Those of a few letters' difference first, or none.</summary>
    public static string Of(string name, IEnumerable<string> names)
    {
        var near = names.Distinct().OrderBy(other => Distance(name, other)).ThenBy(other => other, StringComparer.Ordinal).Take(Most).ToList();
        return near.Count == 0 ? "none" : string.Join(", ", near);
    }

    // Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals", 1966; small and large letters are the same.
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}
