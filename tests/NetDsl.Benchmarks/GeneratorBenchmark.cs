using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NetDsl.Generator;

namespace NetDsl.Benchmarks;

/// <summary>The generator's own time, from attributes to text: once on ResNet-152, the first that this process sees, then on a network of 50 layers that changes in every run.</summary>
internal static class GeneratorBenchmark
{
    private const int DenseLayers = 25;

    // As in samples/Architectures.
    private const string ResNet152 = """
        using NetDsl;

        [Sum]
        [Branch, Conv(nameof(narrow), 1, Bias = false), BatchNorm, ReLU]
        [Conv(nameof(narrow), 3, Stride = nameof(stride), Pads = 1, Bias = false), BatchNorm, ReLU]
        [Conv(nameof(wide), 1, Bias = false), BatchNorm]
        [Branch, Projection(nameof(wide), Stride = nameof(stride))]
        [End, ReLU]
        public sealed class BottleneckAttribute(int narrow, int wide, int stride = 1) : BlockAttribute;

        [Network, Input(3, 224, 224)]
        [Conv(64, 7, Stride = 2, Pads = 3, Bias = false), BatchNorm, ReLU, MaxPool(3, Stride = 2, Pads = 1)]
        [Bottleneck(64, 256, Repeat = 3)]
        [Bottleneck(128, 512, 2), Bottleneck(128, 512, Repeat = 7)]
        [Bottleneck(256, 1024, 2), Bottleneck(256, 1024, Repeat = 35)]
        [Bottleneck(512, 2048, 2), Bottleneck(512, 2048, Repeat = 2)]
        [GlobalAveragePool, Dense(1000), SoftmaxCrossEntropy]
        public partial class ResNet152;
        """;

    public static int Run(double seconds)
    {
        Cold("ResNet-152", ResNet152);
        var compilation = Compile(Source(0));
        var driver = Drive(compilation);

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
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $$"""{"benchmark": "generator", "layers": {{2 * DenseLayers}}, "mean_s": {{time / runs:G4}}, "runs": {{runs}}, "generated_lines": {{Lines(driver)}}}"""));
        return 0;
    }

    /// <summary>The first run, the JIT's time included; the compiler has bound the declarations before, as it does in an editor.</summary>
    private static void Cold(string network, string source)
    {
        var compilation = Compile(source);
        compilation.GetDiagnostics();
        var driver = Drive(compilation);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $$"""{"benchmark": "generator_cold", "network": "{{network}}", "s": {{driver.GetTimingInfo().ElapsedTime.TotalSeconds:G4}}, "generated_lines": {{Lines(driver)}}}"""));
    }

    private static CSharpCompilation Compile(string source)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        return CSharpCompilation.Create("bench", [CSharpSyntaxTree.ParseText(source)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
    }

    private static GeneratorDriver Drive(CSharpCompilation compilation)
    {
        var driver = CSharpGeneratorDriver.Create(new NetworkGenerator()).RunGenerators(compilation);
        return driver.GetRunResult() is { Diagnostics.Length: 0, GeneratedTrees.Length: 2 }
            ? driver
            : throw new InvalidOperationException("The benchmark's network doesn't compile: " + string.Join("; ", driver.GetRunResult().Diagnostics));
    }

    private static int Lines(GeneratorDriver driver) => driver.GetRunResult().GeneratedTrees.Sum(tree => tree.GetText().Lines.Count);

    private static string Source(int edit)
    {
        var source = new StringBuilder("using NetDsl;\n[Network, Input(64)]\n");
        for (var i = 0; i < DenseLayers; i++)
            source.Append(CultureInfo.InvariantCulture, $"[Dense({32 + i + (i == 7 ? edit : 0)}), Tanh]\n");
        return source.Append("[MeanSquaredError]\npublic partial class Deep;\n").ToString();
    }
}
