namespace NetDsl;

/// <summary>How a table of numbers is written.</summary>
public sealed record CsvOptions
{
    /// <summary>Between two cells of a line.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>Whether the first line, after those skipped, names the columns.</summary>
    public bool HasHeader { get; init; }

    /// <summary>Lines to leave out at the beginning, whatever stands in them.</summary>
    public int SkipLines { get; init; }
}
