using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetDsl.Generator;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Support;

/// <summary>Networks of source files, compiled in memory with their halves for devices.</summary>
internal static class CompiledNetworks
{
    private const string ImplicitUsings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    /// <summary>Compiles sources, top-level statements left out; all networks, each of which has a half for devices.</summary>
    public static IReadOnlyList<Type> Of(string name, IEnumerable<string> sources)
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
        var networks = new AssemblyLoadContext(name).LoadFromStream(image).GetTypes().Where(type => type.GetInterfaces().Any(contract => contract.Name == typeof(INetwork<>).Name) && type.Name != "Gpu").OrderBy(type => type.FullName).ToList();
        networks.ShouldNotBeEmpty(name);
        networks.ShouldAllBe(network => network.GetNestedType("Gpu") != null);
        return networks;
    }
}
