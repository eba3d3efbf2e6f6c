using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Emission.Gpu;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator;

/// <summary>Compiles each class with [Network] into C#, and notes the formulas of attribute classes in the assembly.</summary>
/// <remarks>Two outputs: the source depends on the model alone, so that moving code about re-emits nothing; the diagnostics see locations, too.</remarks>
[Generator(LanguageNames.CSharp)]
public sealed class NetworkGenerator : IIncrementalGenerator
{
    /// <summary>Names of the tracked steps, for tests of incrementality.</summary>
    internal static class Tracking
    {
        public const string Parse = "NetDsl.Parse";
        public const string Input = "NetDsl.Input";
        public const string Devices = "NetDsl.Devices";
        public const string Compile = "NetDsl.Compile";
        public const string Source = "NetDsl.Source";
        public const string Formula = "NetDsl.Formula";
        public const string Orphan = "NetDsl.Orphan";
        public const string Export = "NetDsl.Export";
    }

    // Without the byte order mark, which diff tools and readers stumble over.
    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var parsed = context.SyntaxProvider.ForAttributeWithMetadataName(
            LayerTypes.Network,
            static (node, _) => node is TypeDeclarationSyntax,
            static (attributed, cancellation) => NetworkReader.Read(attributed, cancellation)).WithTrackingName(Tracking.Parse);

        // A reference to the kernels for devices asks for the GPU half.
        var onDevices = context.CompilationProvider.Select(static (compilation, _) => NetworkReader.HasDevices(compilation)).WithTrackingName(Tracking.Devices);
        var compiled = parsed
            .Select(static (network, _) => network.Input).WithTrackingName(Tracking.Input)
            .Combine(onDevices)
            .Select(static (input, _) => input.Left.Spec is null ? new CompiledNetwork("", EquatableArray<SourceFile>.Empty, EquatableArray<Problem>.Empty) : NetworkCompiler.Compile(input.Left.Spec, input.Right)).WithTrackingName(Tracking.Compile);

        // Files that differ in case alone would be one file on some disks, and Roslyn refuses them.
        var clashes = compiled.Collect().Select(static (all, _) => Clashes(all));
        context.RegisterSourceOutput(compiled.Select(static (network, _) => network.Files).WithTrackingName(Tracking.Source).Combine(clashes), static (output, pair) =>
        {
            foreach (var file in pair.Left)
            {
                var number = pair.Right.ToList().IndexOf(file.HintName);
                var name = number < 0 ? file.HintName : file.HintName.Replace(".g.cs", "-" + Text.Invariant(number) + ".g.cs");
                output.AddSource(name, SourceText.From(file.Text, Utf8));
            }
        });

        context.RegisterSourceOutput(compiled.Collect().Select(static (all, _) => all.Any(network => network.Files.Any(file => GpuEmitter.IsGpuHalf(file)))), static (output, hasGpuHalf) =>
        {
            if (hasGpuHalf)
                output.AddSource(GpuEmitter.AccessFile.HintName, SourceText.From(GpuEmitter.AccessFile.Text, Utf8));
        });

        var problems = compiled.Where(static network => network.Problems.Count > 0).Collect();
        context.RegisterSourceOutput(parsed.Combine(problems), static (output, pair) =>
        {
            var (network, all) = pair;
            var found = network.Spec is null ? network.Problems : all.FirstOrDefault(compiled => compiled.Name == network.Spec.FullName)?.Problems ?? network.Problems;
            foreach (var problem in found)
                output.ReportDiagnostic(Report(problem, network.Locations));
        });

        InitializeFormulas(context);
        ReportAll(context, context.SyntaxProvider.CreateSyntaxProvider(
            static (node, _) => BlockReader.IsCandidate(node),
            static (declaration, cancellation) => BlockReader.ReadDeclared(declaration, cancellation)));
        InitializeOrphans(context);
    }

    // Layers without [Network]: those of known names are found by them, classes with formulas alone among the partial ones.
    private static void InitializeOrphans(IncrementalGeneratorInitializationContext context)
    {
        ReportAll(context, context.SyntaxProvider.CreateSyntaxProvider(
            static (node, _) => NetworkReader.MayBeOrphan(node),
            static (declaration, cancellation) => NetworkReader.ReadFormulaOrphan(declaration, cancellation)).WithTrackingName(Tracking.Orphan));
        foreach (var kind in Catalogue.Kinds.Concat(LayerReader.NotOperations))
        {
            ReportAll(context, context.SyntaxProvider.ForAttributeWithMetadataName(
                $"NetDsl.{kind}Attribute",
                static (node, _) => node is TypeDeclarationSyntax or PropertyDeclarationSyntax,
                static (attributed, _) => NetworkReader.ReadOrphan(attributed)));
        }
    }

    private static void ReportAll(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<ParsedNetwork?> classes) =>
        context.RegisterSourceOutput(classes.Where(static parsed => parsed is { Problems.Count: > 0 }), static (output, parsed) =>
        {
            foreach (var problem in parsed!.Problems)
                output.ReportDiagnostic(Report(problem, parsed.Locations));
        });

    // Formulas of attribute classes: what they are goes into the assembly, for networks of other projects; what is wrong with them is said here once.
    private static void InitializeFormulas(IncrementalGeneratorInitializationContext context)
    {
        var formulas = context.SyntaxProvider.CreateSyntaxProvider(
            static (node, _) => FormulaReader.IsCandidate(node),
            static (declaration, cancellation) => FormulaReader.ReadDeclared(declaration, cancellation)).Where(static formula => formula is not null).WithTrackingName(Tracking.Formula).Collect();

        var export = formulas
            .Select(static (all, _) => all.Where(formula => formula is { IsExported: true, Spec: not null }).Select(formula => formula!.Spec!).ToEquatableArray())
            .WithTrackingName(Tracking.Export);
        context.RegisterSourceOutput(export, static (output, all) =>
        {
            if (all.Count > 0)
                output.AddSource(FormulaExport.HintName, SourceText.From(FormulaExport.Write(all), Utf8));
        });

        // Two formulas that call the same method have its problems in common.
        context.RegisterSourceOutput(formulas, static (output, all) =>
        {
            var reported = new HashSet<(string, Location)>();
            foreach (var (problem, locations) in all.SelectMany(formula => formula!.Problems.Select(problem => (problem, formula.Locations))))
            {
                if (reported.Add((problem.Rule.Id, locations.Find(problem.Site))))
                    output.ReportDiagnostic(Report(problem, locations));
            }
        });
    }

    private static EquatableArray<string> Clashes(IEnumerable<CompiledNetwork> networks) =>
        networks.SelectMany(network => network.Files).Select(file => file.HintName).Distinct()
            .GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1)
            .SelectMany(group => group).OrderBy(name => name, StringComparer.Ordinal).ToEquatableArray();

    private static Diagnostic Report(Problem problem, SourceMap locations) =>
        Diagnostic.Create(Descriptors.Of(problem.Rule, problem.Inside), locations.Find(problem.Site), [.. problem.Arguments]);
}
