using System.Text;

namespace NetDsl;

/// <summary>Walks the cells of one line; quotes around a cell are taken off, doubled quotes inside become one.</summary>
internal ref struct CsvLine(string line, char separator, string name, int number)
{
    private int _position;

    /// <summary>The cell that <see cref="MoveNext"/> came to.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>Goes on to the next cell.</summary>
    /// <returns>False at the end of the line.</returns>
    /// <exception cref="InvalidDataException">A quote isn't closed, or something follows a closed one.</exception>
    public bool MoveNext()
    {
        if (_position > line.Length)
            return false;
        if (_position < line.Length && line[_position] == '"')
        {
            Current = Quoted();
            return true;
        }

        var rest = line.AsSpan(_position);
        var length = rest.IndexOf(separator);
        Current = length < 0 ? rest : rest[..length];
        _position += Current.Length + 1;
        return true;
    }

    /// <summary>All cells that are left.</summary>
    public string[] ToArray()
    {
        var cells = new List<string>();
        while (MoveNext())
            cells.Add(Current.Trim().ToString());
        return [.. cells];
    }

    private string Quoted()
    {
        var text = new StringBuilder();
        for (_position++; _position < line.Length; _position++)
        {
            if (line[_position] != '"')
            {
                text.Append(line[_position]);
                continue;
            }

            _position++;
            if (_position < line.Length && line[_position] == '"')
            {
                text.Append('"');
                continue;
            }

            if (_position < line.Length && line[_position] != separator)
                throw new InvalidDataException($"{name}, line {number}: '{line[_position]}' follows a closing quote; expected '{separator}' or the end of the line.");
            _position++;
            return text.ToString();
        }

        throw new InvalidDataException($"{name}, line {number}: a quote isn't closed in its line; expected '\"' at the cell's end.");
    }
}
