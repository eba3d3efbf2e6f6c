using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NetDsl.Generator;

namespace NetDsl.Benchmarks;

/// <summary>The generator's own time, from attributes to text, on a network of 50 layers that changes in every run.</summary>
internal static class GeneratorBenchmark
{
    private const int DenseLayers = 25;

    public static int Run(double seconds)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("bench", [CSharpSyntaxTree.ParseText(Source(0))], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        GeneratorDriver driver = CSharpGeneratorDriver.Create(new NetworkGenerator());
        driver = driver.RunGenerators(compilation);
        if (driver.GetRunResult() is not { Diagnostics.Length: 0, GeneratedTrees.Length: 2 } result)
            throw new InvalidOperationException("The benchmark's network doesn't compile: " + string.Join("; ", driver.GetRunResult().Diagnostics));

        // Every run edits a width, so that nothing of the last run can be reused.
        var edits = Enumerable.Range(1, 64).Select(i => compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[0], CSharpSyntaxTree.ParseText(Source(i)))).ToArray();
        foreach (var edit in edits)
            edit.GetDiagnostics();
        var next = 0;
        double time = 0;
        var runs = 0;
        Timing.Measure(
            () =>
            {
                driver = driver.RunGenerators(edits[next++ % edits.Length]);
                time += driver.GetTimingInfo().ElapsedTime.TotalSeconds;
                runs++;
            },
            seconds);
        var lines = result.GeneratedTrees.Sum(tree => tree.GetText().Lines.Count);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $$"""{"benchmark": "generator", "layers": {{2 * DenseLayers}}, "mean_s": {{time / runs:G4}}, "runs": {{runs}}, "generated_lines": {{lines}}}"""));
        return 0;
    }

    private static string Source(int edit)
    {
        var source = new StringBuilder("using NetDsl;\n[Network, Input(64)]\n");
        for (var i = 0; i < DenseLayers; i++)
            source.Append(CultureInfo.InvariantCulture, $"[Dense({32 + i + (i == 7 ? edit : 0)}), Tanh]\n");
        return source.Append("[MeanSquaredError]\npublic partial class Deep;\n").ToString();
    }
}
