using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Emission;

/// <summary>Writes the structs by which tensors are reached: <c>parameters.Basic1.Conv1.Weight</c>. Blocks with the same tensors share theirs.</summary>
internal sealed class TensorViews
{
    private readonly Names _names;
    private readonly IReadOnlyList<Part> _parts;
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<Part, string> _typeOf = [];
    private readonly CodeWriter _structs = new();

    public TensorViews(Names names, IEnumerable<PlacedParameter> parameters)
    {
        _names = names;
        _parts = Split([.. parameters.Select(parameter => (Way: parameter.Layer.Split('.'), parameter))], depth: 0, "");
        foreach (var part in _parts)
            Struct(part);
    }

    /// <summary>A layer with tensors, or a block with layers.</summary>
    private sealed class Part(string name, string path, IReadOnlyList<PlacedParameter> tensors, IReadOnlyList<Part> inner)
    {
        public string Name => name;

        public string Path => path;

        public IReadOnlyList<PlacedParameter> Tensors => tensors;

        public IReadOnlyList<Part> Inner => inner;

        public IReadOnlyList<PlacedParameter> All { get; } = [.. tensors, .. inner.SelectMany(part => part.All)];
    }

    /// <summary>The struct of a block or a layer; null where it has no tensors.</summary>
    public string? TypeOf(string path) => _typeOf.Where(pair => pair.Key.Path == path).Select(pair => pair.Value).FirstOrDefault();

    /// <summary>The structs, innermost first.</summary>
    public void Structs(CodeWriter writer)
    {
        if (_parts.Count > 0)
            writer.Lines(_structs.ToString().TrimEnd('\n').Split('\n'));
        if (_parts.Count > 0)
            writer.Line();
    }

    /// <summary>The properties of an arena.</summary>
    public void Properties(CodeWriter writer, bool isGradient)
    {
        foreach (var part in _parts.Where(part => !isGradient || part.All.Any(tensor => tensor.Spec.IsLearnable)))
        {
            writer.Line();
            writer.Line($"/// <summary>The tensors of {part.Name}.</summary>");
            string[] arguments = part.Inner.Count == 0
                ? [.. part.Tensors.Select(tensor => tensor.Spec.IsLearnable || !isGradient ? Slice("Slice", tensor.Offset, tensor.Shape.Size) : "default")]
                : [.. new[] { true, false }.Where(isLearnable => Holds(part, isLearnable)).Select(isLearnable => isLearnable || !isGradient ? Slice("Slice", Start(part, isLearnable), Length(part, isLearnable)) : "default")];
            writer.Line($"public {_typeOf[part]} {Text.Pascal(part.Name)} => new({string.Join(", ", arguments)});");
        }
    }

    private static IReadOnlyList<Part> Split(IReadOnlyList<(string[] Way, PlacedParameter Tensor)> tensors, int depth, string prefix) =>
        [.. tensors.GroupBy(tensor => tensor.Way[depth]).Select(group => new Part(
            group.Key,
            prefix + group.Key,
            [.. group.Where(tensor => tensor.Way.Length == depth + 1).Select(tensor => tensor.Tensor)],
            Split([.. group.Where(tensor => tensor.Way.Length > depth + 1)], depth + 1, prefix + group.Key + ".")))];

    private void Struct(Part part)
    {
        foreach (var inner in part.Inner)
            Struct(inner);
        var body = new CodeWriter();
        if (part.Inner.Count == 0)
            Layer(body, part, IsAlone(part));
        else
            Block(body, part);
        var text = body.ToString();
        // A layer of its own keeps its own struct, with the symbols of its tensors.
        if (!IsAlone(part) && _types.TryGetValue(text, out var known))
        {
            _typeOf[part] = known;
            return;
        }

        var name = Text.Member(part.Path) + "Tensors";
        _types[text] = _typeOf[part] = name;
        _structs.Line($"/// <summary>The tensors of {part.Path} in an arena{(part.Inner.Count > 0 ? ", layer by layer" : "")}.</summary>");
        _structs.Lines($"public readonly ref struct {name}{text}".TrimEnd('\n').Split('\n'));
        _structs.Line();
    }

    private void Layer(CodeWriter body, Part part, bool isAlone)
    {
        body.Open($"({string.Join(", ", part.Tensors.Select(tensor => $"{_names.Span} {Names.Identifier(tensor.Spec.Name)}"))})");
        for (var i = 0; i < part.Tensors.Count; i++)
        {
            var tensor = part.Tensors[i];
            if (i > 0)
                body.Line();
            var symbol = isAlone ? _names.Symbol(tensor.Name) + " " : "";
            body.Line($"/// <summary>{symbol}[{tensor.Shape}], row-major{(tensor.Spec.IsLearnable ? "" : "; not learnt, so empty among gradients")}.</summary>");
            body.Line($"public {_names.Span} {Text.Pascal(tensor.Spec.Name)} {{ get; }} = {Names.Identifier(tensor.Spec.Name)};");
        }

        body.Close();
    }

    // Parameters and state lie apart, each of a block's in one piece.
    private void Block(CodeWriter body, Part part)
    {
        string[] spans = [.. new[] { true, false }.Where(isLearnable => Holds(part, isLearnable)).Select(Span)];
        body.Open($"({string.Join(", ", spans.Select(span => $"{_names.Span} {span}"))})");
        foreach (var span in spans)
            body.Line($"private readonly {_names.Span} _{span} = {span};");
        foreach (var inner in part.Inner)
        {
            string Piece(bool isLearnable, int offset, int length)
            {
                var slice = Slice($"_{Span(isLearnable)}.Slice", offset - Start(part, isLearnable), length);
                return isLearnable ? slice : $"_{Span(isLearnable)}.IsEmpty ? default : {slice}";
            }

            string[] arguments = inner.Inner.Count == 0
                ? [.. inner.Tensors.Select(tensor => Piece(tensor.Spec.IsLearnable, tensor.Offset, tensor.Shape.Size))]
                : [.. new[] { true, false }.Where(isLearnable => Holds(inner, isLearnable)).Select(isLearnable => Piece(isLearnable, Start(inner, isLearnable), Length(inner, isLearnable)))];
            body.Line();
            body.Line($"/// <summary>The tensors of {inner.Name}.</summary>");
            body.Line($"public {_typeOf[inner]} {Text.Pascal(inner.Name)} => new({string.Join(", ", arguments)});");
        }

        body.Close();
    }

    private static bool IsAlone(Part part) => part.Path == part.Name && part.Inner.Count == 0;

    private static string Span(bool isLearnable) => isLearnable ? "learnable" : "state";

    private static string Slice(string method, int offset, int length) => $"{method}({Text.Invariant(offset)}, {Text.Invariant(length)})";

    private static bool Holds(Part part, bool isLearnable) => part.All.Any(tensor => tensor.Spec.IsLearnable == isLearnable);

    private static int Start(Part part, bool isLearnable) => part.All.Where(tensor => tensor.Spec.IsLearnable == isLearnable).Min(tensor => tensor.Offset);

    private static int Length(Part part, bool isLearnable) => part.All.Where(tensor => tensor.Spec.IsLearnable == isLearnable).Max(tensor => tensor.Offset + tensor.Shape.Size) - Start(part, isLearnable);
}
