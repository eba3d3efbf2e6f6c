using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NetDsl.Generator;
using NetDsl.Oracle.Language;

namespace NetDsl.Oracle.Compilation;

/// <summary>A network after compilation: an instance, or what stood against it.</summary>
internal sealed record CompiledNetwork(object? Instance, IReadOnlyList<string> Problems);

/// <summary>Compiles all networks at once, in memory, with the generator.</summary>
internal static class NetworkCompiler
{
    private static int _assemblies;

    /// <summary>The networks by class name. A network with a diagnostic keeps no other from being compiled.</summary>
    /// <param name="sources">The networks.</param>
    /// <param name="references">Assemblies beside the runtime's.</param>
    public static IReadOnlyDictionary<string, CompiledNetwork> Compile(IEnumerable<NetworkSource> sources, IEnumerable<string> references)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview, DocumentationMode.None);
        var trees = sources.ToDictionary(source => source.ClassName, source => CSharpSyntaxTree.ParseText(source.Text, options, source.ClassName + ".cs"));
        var compilation = CSharpCompilation.Create($"NetDsl.Oracle.Networks{Interlocked.Increment(ref _assemblies)}", trees.Values, References(references), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create([new NetworkGenerator().AsSourceGenerator()], parseOptions: options)
            .RunGeneratorsAndUpdateCompilation(compilation, out var generated, out var diagnostics);

        var problems = trees.Keys.ToDictionary(name => name, _ => new List<string>());
        using var image = new MemoryStream();
        while (true)
        {
            foreach (var diagnostic in diagnostics)
                problems[ClassOf(diagnostic)].Add($"{diagnostic.Id}: {diagnostic.GetMessage()}");
            generated = generated.RemoveSyntaxTrees(generated.SyntaxTrees.Where(tree => problems.TryGetValue(ClassOf(tree), out var found) && found.Count > 0));
            image.SetLength(0);
            var result = generated.Emit(image);
            if (result.Success)
                break;
            diagnostics = [.. result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
        }

        image.Position = 0;
        // The default context, in which the launchers that ILGPU makes look for their kernels.
        var assembly = AssemblyLoadContext.Default.LoadFromStream(image);
        return problems.ToDictionary(pair => pair.Key, pair => new CompiledNetwork(pair.Value.Count == 0 ? Activator.CreateInstance(assembly.GetType(pair.Key)!) : null, pair.Value));
    }

    private static string ClassOf(Diagnostic diagnostic) => diagnostic.Location.SourceTree is { } tree
        ? ClassOf(tree)
        : throw new InvalidOperationException($"The compilation failed as a whole: {diagnostic}");

    // Network7.cs, Network7.g.cs and Network7-Parts.g.cs all belong to Network7.
    private static string ClassOf(SyntaxTree tree) => Path.GetFileName(tree.FilePath).Split('.', '-')[0];

    private static IEnumerable<MetadataReference> References(IEnumerable<string> references) =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Append(typeof(NetworkAttribute).Assembly.Location)
            .Append(typeof(IVectorJacobian<>).Assembly.Location)
            .Concat(references)
            .DistinctBy(Path.GetFileName)
            .Select(path => MetadataReference.CreateFromFile(path));
}
