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

    /// <summary>Throws at the first target that its loss can't be compared with.</summary>
    public static void Targets<T>(Dataset<T, T> data, IReadOnlyList<TargetDescription> parts, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var start = 0;
        foreach (var part in parts)
        {
            var (least, most) = (T.CreateSaturating(part.Least), T.CreateSaturating(part.Most));
            for (var row = 0; row < data.Count; row++)
            {
                foreach (var target in data.Target(row).Slice(start, part.Size))
                {
                    if (part.IsEnd ? target != least && target != most : !(target >= least && target <= most))
                        throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"A target of sample {row} (counted from 0) is {target}; {part.Loss} takes {(part.IsEnd ? $"{part.Least} or {part.Most}" : $"numbers from {part.Least} to {part.Most}")}."), name);
                }
            }

            start += part.Size;
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
