using System;
using System.Collections.Generic;

namespace NetDsl.Generator.Emission;

/// <summary>The file-local structs behind a network's class. Equal ones are written once, so that the JIT compiles their kernels once.</summary>
/// <param name="taken">Names of other types in the file.</param>
/// <param name="kind">What operators are declared as: ref structs hold spans, structs views of a device's memory.</param>
internal sealed class OperatorFile(IEnumerable<string> taken, string kind = "readonly ref struct")
{
    // The file's aliases.
    private readonly HashSet<string> _taken = new(taken, StringComparer.Ordinal) { "Kernels", "Runtime", "V" };

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly CodeWriter _writer = new();

    /// <summary>Adds an operator, or finds the one that has the same body; returns its name.</summary>
    public string Add(string name, string summary, string body) => Add($"file {kind} ", name, summary, body);

    /// <summary>Adds the extents of a layer.</summary>
    public string AddShape(string name, string summary, string body) => Add("file readonly struct ", name, summary, body);

    public override string ToString() => _writer.ToString();

    private string Add(string declaration, string name, string summary, string body)
    {
        if (_names.TryGetValue(body, out var known))
            return known;
        // Functions of one name can have different constants.
        var stem = name;
        for (var number = 2; !_taken.Add(name); number++)
            name = stem + (char.IsDigit(stem[stem.Length - 1]) ? "_" : "") + Model.Text.Invariant(number);
        _names.Add(body, name);
        _writer.Line();
        _writer.Line($"/// <summary>{Xml.Escape(summary)}.</summary>");
        _writer.Lines((declaration + name + body).TrimEnd('\n').Split('\n'));
        return name;
    }
}
