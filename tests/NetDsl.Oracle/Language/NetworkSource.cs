namespace NetDsl.Oracle.Language;

/// <summary>Writes a network as a user would.</summary>
/// <param name="ClassName">Name of the class, unique within the compilation.</param>
/// <param name="Precision">Element type.</param>
/// <param name="Stack">What it computes.</param>
/// <param name="Platform">Where it is to run.</param>
internal sealed record NetworkSource(string ClassName, Precision Precision, Stack Stack, Platform Platform)
{
    /// <summary>C# of the class; <see cref="IVectorJacobian{T}"/> makes its OutputGradient callable without knowing the class.</summary>
    public string Text
    {
        get
        {
            if (Stack.Members.Length > 0)
                return $"using NetDsl;\n\n[Network(Precision = Precision.{Precision})]\npublic partial class {ClassName}\n{{\n{Stack.Members}\n}}\n";
            var type = Precision == Precision.Double ? "double" : "float";
            var layers = Stack.Layers.Select((layer, i) => layer.IsBracket ? $"[{layer.Attribute}]" : $"[{layer.Attribute}({string.Join(", ", [.. Of(layer), .. layer.Arguments, $"Name = \"{Stack.NameOf(i)}\""])})]");
            return $$"""
                using NetDsl;

                [Network(Precision = Precision.{{Precision}}), Input({{string.Join(", ", Stack.Input)}})]
                {{string.Join("\n", layers)}}
                [{{Stack.Loss.Attribute}}({{string.Join(", ", Stack.Loss.Arguments)}})]
                public partial class {{ClassName}} : NetDsl.Oracle.IVectorJacobian<{{type}}>
                {
                    void NetDsl.Oracle.IVectorJacobian<{{type}}>.OutputGradient(NetDsl.Workspace<{{type}}> workspace, System.ReadOnlySpan<{{type}}> dy) =>
                        {{Platform.OutputGradient(type)}};
                }
                """;
        }
    }

    // The layer that another one shares its parameters with, by reference: two may look alike.
    private IEnumerable<string> Of(Layer layer) =>
        layer.Of is null ? [] : [$"\"{Stack.NameOf(Stack.Layers.Index().First(pair => ReferenceEquals(pair.Item, layer.Of)).Index)}\""];
}
