namespace NetDsl;

/// <summary>A table of numbers.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="Header">Names of the columns; empty where the file has none.</param>
/// <param name="Values">[rows × columns], row-major.</param>
/// <param name="Columns">Cells of a row.</param>
/// <param name="Lines">The line of the file, counted from 1, that each row stands in.</param>
public sealed record CsvTable<T>(IReadOnlyList<string> Header, T[] Values, int Columns, IReadOnlyList<int> Lines)
{
    /// <summary>Number of rows.</summary>
    public int Rows => Lines.Count;

    /// <summary>The cell at a row and a column, both counted from 0.</summary>
    public T this[int row, int column] => Values[row * Columns + column];
}
