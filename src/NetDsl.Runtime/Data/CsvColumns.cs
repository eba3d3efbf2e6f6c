using System.Numerics;

namespace NetDsl;

/// <summary>Parts a table's columns into inputs and targets.</summary>
internal static class CsvColumns
{
    public static Dataset<T, int> Labelled<T>(CsvTable<T> table, string name, Index label, int? classes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var column = label.GetOffset(table.Columns);
        var (inputs, targets) = Part(table, name, column, 1);
        var labels = new int[table.Rows];
        for (var row = 0; row < labels.Length; row++)
        {
            var value = targets[row];
            if (!T.IsInteger(value) || value < T.Zero || value >= T.CreateSaturating(classes ?? int.MaxValue))
                throw new InvalidDataException($"{name}, line {table.Lines[row]}, column {column + 1}: {value} is no class label; expected a whole number {(classes is { } known ? $"0..{known - 1}" : "from 0 on")}.");
            labels[row] = int.CreateChecked(value);
        }

        return new Dataset<T, int>(inputs, labels, table.Columns - 1, classes: classes);
    }

    public static Dataset<T, T> WithTargets<T>(CsvTable<T> table, string name, Range columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var first = columns.Start.GetOffset(table.Columns);
        var count = columns.End.GetOffset(table.Columns) - first;
        var (inputs, targets) = Part(table, name, first, count);
        return new Dataset<T, T>(inputs, targets, table.Columns - count, count);
    }

    private static (T[] Inputs, T[] Targets) Part<T>(CsvTable<T> table, string name, int first, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var end = first + count;
        if (first < 0 || count < 1 || end > table.Columns || count == table.Columns)
            throw new InvalidDataException($"{name}: has {table.Columns} columns; columns {first + 1}..{end} can't be the targets: at least one target and one input are needed.");
        var inputs = new T[table.Rows * (table.Columns - count)];
        var targets = new T[table.Rows * count];
        for (var row = 0; row < table.Rows; row++)
        {
            var cells = table.Values.AsSpan(row * table.Columns, table.Columns);
            var x = inputs.AsSpan(row * (table.Columns - count));
            cells[..first].CopyTo(x);
            cells[end..].CopyTo(x[first..]);
            cells[first..end].CopyTo(targets.AsSpan(row * count));
        }

        return (inputs, targets);
    }
}
