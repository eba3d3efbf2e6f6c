using System.Globalization;
using System.Numerics;
using System.Text;

namespace NetDsl;

/// <summary>Reads tables of numbers: comma-separated values after RFC 4180, plain or gzipped, UTF-8, numbers in invariant notation.</summary>
/// <remarks>Blank lines are passed over; a quoted cell ends in its own line. All rows have as many cells as the first.</remarks>
public static class CsvReader
{
    private const string Remedy = "Check the folder and the name.";

    /// <summary>The whole table.</summary>
    /// <param name="path">The file, plain or gzipped.</param>
    /// <param name="options">Separator, header and lines to skip; the default is a comma and none.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A cell is no finite number, a row has another length, or there is no row; the message names file, line and column, both counted from 1.</exception>
    public static CsvTable<T> ReadTable<T>(string path, CsvOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Parse<T>(InputFile.ReadAll(path, Remedy), path, options ?? new CsvOptions());

    /// <summary>The whole table from a stream, such as an embedded resource.</summary>
    /// <param name="stream">Read to its end.</param>
    /// <param name="name">Stands for the file in messages.</param>
    /// <param name="options">Separator, header and lines to skip; the default is a comma and none.</param>
    /// <exception cref="InvalidDataException">As from a file.</exception>
    public static CsvTable<T> ReadTable<T>(Stream stream, string name, CsvOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Parse<T>(InputFile.ReadAll(stream, name), name, options ?? new CsvOptions());
    }

    private static CsvTable<T> Parse<T>(byte[] bytes, string name, CsvOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var reader = new StreamReader(new MemoryStream(bytes), Encoding.UTF8);
        var header = Array.Empty<string>();
        var values = new List<T>();
        var lines = new List<int>();
        var columns = 0;
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (number <= options.SkipLines || string.IsNullOrWhiteSpace(line))
                continue;
            var cells = new CsvLine(line, options.Separator, name, number);
            if (options.HasHeader && header.Length == 0)
            {
                header = cells.ToArray();
                columns = header.Length;
                continue;
            }

            var count = 0;
            while (cells.MoveNext())
            {
                count++;
                values.Add(Number<T>(cells.Current, name, number, count));
            }

            if (columns == 0)
                columns = count;
            if (count != columns)
                throw new InvalidDataException($"{name}, line {number}: {count} cells; expected {columns}, as the {(header.Length > 0 ? "header" : "first row")} has: mend the line, or set the separator ('{options.Separator}' now) or the lines to skip.");
            lines.Add(number);
        }

        if (lines.Count == 0)
            throw new InvalidDataException($"{name}: holds no row of numbers{(options.SkipLines > 0 ? $" after the {options.SkipLines} lines to skip" : "")}{(header.Length > 0 ? " below the header" : "")}.");
        return new CsvTable<T>(header, values.ToArray(), columns, lines);
    }

    private static T Number<T>(ReadOnlySpan<char> text, string name, int line, int column)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            throw new InvalidDataException($"{name}, line {line}, column {column}: '{text}' is no number; expected digits with a decimal point, such as -1.5e3{(line == 1 ? "; if the line holds names, set HasHeader or SkipLines" : "")}.");
        if (!T.IsFinite(value))
            throw new InvalidDataException($"{name}, line {line}, column {column}: '{text}' is no finite {(typeof(T) == typeof(float) ? "float" : "double")}: remove the row or fill the gap.");
        return value;
    }
}
