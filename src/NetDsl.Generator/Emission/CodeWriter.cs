using System.Text;

namespace NetDsl.Generator.Emission;

/// <summary>Lines of C# with indentation; line ends are the same on every machine.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public void Line(string line = "")
    {
        if (line.Length > 0)
            _text.Append(' ', 4 * _depth).Append(line);
        _text.Append('\n');
    }

    public void Lines(params string[] lines)
    {
        foreach (var line in lines)
            Line(line);
    }

    public void Open(string line)
    {
        Line(line);
        Open();
    }

    public void Open()
    {
        Line("{");
        _depth++;
    }

    public void Close()
    {
        _depth--;
        Line("}");
    }

    /// <summary>A block of finished lines with one more at its end.</summary>
    public void Block(string body, string last)
    {
        Line("{");
        _depth++;
        foreach (var line in body.Split('\n'))
        {
            if (line.Length > 0)
                Line(line);
        }

        Line(last);
        Close();
    }

    public void Indent() => _depth++;

    public void Outdent() => _depth--;

    public override string ToString() => _text.ToString();
}
