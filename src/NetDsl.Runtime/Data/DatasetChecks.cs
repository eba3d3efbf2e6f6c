using System.Globalization;
using System.Numerics;

namespace NetDsl;

/// <summary>What every data set must satisfy.</summary>
internal static class DatasetChecks
{
    /// <summary>Throws at the first value that is NaN or infinite, naming its row and column.</summary>
    public static void Finite<T>(ReadOnlySpan<T> values, int columns, string what)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!T.IsFinite(values[i]))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The {what} at row {i / columns}, column {i % columns} (both counted from 0) is {values[i]}; expected finite numbers: remove the row or fill the gap."));
        }
    }

    /// <summary>Throws at the first label outside the classes.</summary>
    /// <returns>The number of classes.</returns>
    public static int Labels(ReadOnlyMemory<int> labels, int? classes, int columns = 1)
    {
        var span = labels.Span;
        if (classes is < 1)
            throw new ArgumentOutOfRangeException(nameof(classes), classes, "Expected at least one class.");
        var largest = 0;
        for (var i = 0; i < span.Length; i++)
        {
            var (row, label) = (i / columns, span[i]);
            if (label < 0 || label >= (classes ?? int.MaxValue))
                throw new ArgumentException($"The label at row {row} (counted from 0) is {label}; expected 0..{(classes is { } known ? $"{known - 1}, as there are {known} classes" : "classes − 1")}.");
            largest = Math.Max(largest, label);
        }

        return classes ?? largest + 1;
    }
}
