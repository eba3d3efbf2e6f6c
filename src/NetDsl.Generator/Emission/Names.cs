using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Emission;

/// <summary>How values and layers are called in the generated code.</summary>
/// <param name="local">Names in a method of its own, in place of those in the graph.</param>
/// <param name="onDevice">Whether the code runs on a device: on views of its memory, element by element.</param>
internal sealed class Names(NetworkGraph graph, IReadOnlyDictionary<int, string>? local = null, bool onDevice = false)
{
    private static readonly HashSet<string> Keywords =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default", "delegate", "do",
        "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto", "if", "implicit", "in", "int",
        "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out", "override", "params", "private", "protected",
        "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this", "throw", "true",
        "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while",
    ];

    private readonly Dictionary<string, int> _ids = graph.Values.ToDictionary(value => value.Name, value => value.Id);

    public string Type => graph.IsDouble ? "double" : "float";

    public bool OnDevice => onDevice;

    public string ReadOnlySpan => onDevice ? View : $"global::System.ReadOnlySpan<{Type}>";

    public string Span => onDevice ? View : $"global::System.Span<{Type}>";

    /// <summary>What operators work on: vectors, or single elements on a device.</summary>
    public string Lane => onDevice ? Type : "V";

    /// <summary>The type parameters of an operator's method.</summary>
    public string Lanes => onDevice ? "" : "<V>";

    /// <summary>The type arguments that kernels with elementary functions begin with: on a device the functions are one.</summary>
    public string TypeAndFunctions => onDevice ? $"{Type}, V" : Type;

    private string View => $"global::ILGPU.ArrayView<{Type}>";

    public string Variable(int id) => local is not null && local.TryGetValue(id, out var name) ? name : graph.Values[id].Name;

    /// <summary>In formulas: Z1, dZ1; parameters that are vectors stay small, as in b1.</summary>
    public string Symbol(int id)
    {
        var value = graph.Values[id];
        if (value.Kind == ValueKind.ParameterGradient)
            return "d" + Symbol(value.Of);
        return value.IsParameter && value.Shape.Rank == 1 || value.Kind is ValueKind.Target or ValueKind.Fixed ? Variable(id)
            : value.Of < 0 && value.Kind is ValueKind.Input or ValueKind.Activation ? Text.Pascal(Variable(id))
            : Text.Matrix(Variable(id));
    }

    /// <summary>The symbol of the value with a name.</summary>
    public string Symbol(string name) => Symbol(_ids[name]);

    public string Extents(int id)
    {
        var value = graph.Values[id];
        return $"[{(value.IsBatched ? value.Shape.Batched : value.Shape.ToString())}]";
    }

    public IReadOnlyList<string> Symbols(IEnumerable<int> ids) => ids.Select(Symbol).ToList();

    public string Literals(IEnumerable<double> numbers) => string.Join(", ", numbers.Select(number => Text.RoundTrip(number) + (graph.IsDouble ? "d" : "f")));

    /// <summary>A name as an identifier: keywords get their sign.</summary>
    public static string Identifier(string name) => IsKeyword(name) ? "@" + name : name;

    public static bool IsKeyword(string name) => Keywords.Contains(name);
}
