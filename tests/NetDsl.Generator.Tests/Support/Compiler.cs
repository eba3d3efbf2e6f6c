using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Passes;
using NetDsl.Generator.Diagnostics;

namespace NetDsl.Generator.Tests.Support;

/// <summary>Runs the generator on C# as the compiler would.</summary>
internal static class Compiler
{
    private static readonly CSharpParseOptions ParseOptions = CSharpParseOptions.Default
        .WithLanguageVersion(LanguageVersion.Preview).WithDocumentationMode(DocumentationMode.Diagnose);

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "NetDsl.Kernels.dll" or "NetDsl.Runtime.dll" or "netstandard.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>A library of the given files, with warnings as strict as they get.</summary>
    public static CSharpCompilation Compilation(params string[] files) => CSharpCompilation.Create(
        "Networks" + Guid.NewGuid().ToString("N"),
        files.Select((text, i) => Parse(text, $"File{i}.cs")),
        References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 9999));

    public static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, ParseOptions, path);

    public static CSharpGeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new NetworkGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>An assembly of files as they are, without the generator.</summary>
    public static Assembly Compile(params string[] files)
    {
        using var image = new MemoryStream();
        var emitted = Compilation(files).Emit(image);
        emitted.Success.ShouldBeTrue(string.Join("\n", emitted.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Take(20)));
        return Assembly.Load(image.ToArray());
    }

    /// <summary>Generates, and asserts that the generator itself did not fail.</summary>
    public static Generation Run(params string[] files) => Run(Compilation(files));

    public static Generation Run(CSharpCompilation compilation)
    {
        var driver = Driver().RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
        var result = driver.GetRunResult().Results.Single();
        result.Exception.ShouldBeNull(string.Join("\n", compilation.SyntaxTrees));
        return new Generation(compilation, output, result);
    }
}

/// <summary>What the generator made of a compilation.</summary>
internal sealed record Generation(CSharpCompilation Input, Compilation Output, GeneratorRunResult Result)
{
    /// <summary>The generator's own diagnostics.</summary>
    public ImmutableArray<Diagnostic> Reports => Result.Diagnostics;

    /// <summary>Generated files by name.</summary>
    public IReadOnlyDictionary<string, string> Files => Result.GeneratedSources.ToDictionary(source => source.HintName, source => source.SourceText.ToString());

    /// <summary>Errors and warnings of the whole compilation, generated files included; only the tests' own sources may lack documentation.</summary>
    public IEnumerable<Diagnostic> Complaints => Diagnostics().Where(diagnostic =>
        diagnostic.Severity >= DiagnosticSeverity.Warning && !(diagnostic.Id == "CS1591" && Input.ContainsSyntaxTree(diagnostic.Location.SourceTree!)));

    // With the suppressor that the compiler gets along with the generator, where it has something to do.
    private IEnumerable<Diagnostic> Diagnostics()
    {
        var all = Output.GetDiagnostics();
        return all.Any(diagnostic => diagnostic.Id == "CS9113") ? Output.WithAnalyzers([new ArgumentSuppressor()]).GetAllDiagnosticsAsync().GetAwaiter().GetResult() : all;
    }

    /// <summary>The networks as the frontend read them; those with errors of their own class are left out.</summary>
    public IReadOnlyDictionary<string, NetworkSpec> Specs => Result.TrackedSteps[NetworkGenerator.Tracking.Input]
        .SelectMany(step => step.Outputs).Select(output => ((NetworkInput)output.Value).Spec).OfType<NetworkSpec>().ToDictionary(spec => spec.FullName);

    /// <summary>The formulas that the compilation declares, by the names of their classes.</summary>
    public IReadOnlyDictionary<string, FormulaSpec> Formulas => Result.TrackedSteps[NetworkGenerator.Tracking.Formula]
        .SelectMany(step => step.Outputs).Select(output => output.Value).OfType<ParsedFormula>().Select(formula => formula.Spec).OfType<FormulaSpec>().ToDictionary(spec => spec.Type);

    /// <summary>A network after all passes.</summary>
    public NetworkModel Model(string fullName) => NetworkCompiler.Analyse(Specs[fullName], []).ShouldNotBeNull();

    /// <summary>Asserts that everything compiles without a warning.</summary>
    /// <param name="because">For the message.</param>
    /// <param name="allowsAdvice">Whether a loss may be one that doesn't fit what is before it: the numbers must be right all the same.</param>
    public Generation ShouldCompile(string because = "", bool allowsAdvice = false)
    {
        Reports.Where(report => !allowsAdvice || report.Id != Rules.LossDoesNotFit.Id).ShouldBeEmpty(because);
        Complaints.Select(complaint => complaint.ToString()).ShouldBeEmpty(because);
        return this;
    }

    public Assembly Load()
    {
        using var image = new MemoryStream();
        var emitted = Output.Emit(image);
        emitted.Success.ShouldBeTrue(string.Join("\n", emitted.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Take(20)));
        return Assembly.Load(image.ToArray());
    }
}
