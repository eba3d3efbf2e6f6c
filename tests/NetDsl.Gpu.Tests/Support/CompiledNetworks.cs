using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetDsl.Generator;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Support;

/// <summary>Networks of source files, compiled in memory with their halves for devices.</summary>
/// <param name="Types">The networks that have such a half.</param>
/// <param name="Refused">Those that have none.</param>
internal sealed record CompiledNetworks(IReadOnlyList<Type> Types, IReadOnlyList<string> Refused)
{
    private const string ImplicitUsings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    /// <summary>Compiles sources; top-level statements are left out.</summary>
    public static CompiledNetworks Of(string name, IEnumerable<string> sources)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview, DocumentationMode.None);
        var trees = sources.Append(ImplicitUsings).Select(text =>
        {
            var root = CSharpSyntaxTree.ParseText(text, options).GetCompilationUnitRoot();
            return CSharpSyntaxTree.Create(root.WithMembers([.. root.Members.Where(member => member is not GlobalStatementSyntax)]), options);
        });
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Append(typeof(NetworkAttribute).Assembly.Location).Append(typeof(GpuDevice).Assembly.Location).DistinctBy(Path.GetFileName).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(name, trees, references, new(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create([new NetworkGenerator().AsSourceGenerator()], parseOptions: options)
            .RunGeneratorsAndUpdateCompilation(compilation, out var generated, out var diagnostics);
        using var image = new MemoryStream();
        var result = generated.Emit(image);
        var errors = diagnostics.Concat(result.Diagnostics).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
        errors.ShouldBeEmpty(name);
        image.Position = 0;
        var types = new AssemblyLoadContext(name).LoadFromStream(image).GetTypes();
        return new(
            [.. types.Where(type => type.GetNestedType("Gpu") is not null).OrderBy(type => type.FullName)],
            [.. diagnostics.Where(diagnostic => diagnostic.Id == "NETDSL090").Select(diagnostic => diagnostic.GetMessage()).Order()]);
    }

    /// <summary>A network's half for a device: a network of one of the interfaces.</summary>
    public static object On(Type network, GpuDevice device) => Activator.CreateInstance(network.GetNestedType("Gpu")!, device)!;
}
