using System.Runtime.CompilerServices;
using NetDsl.Gpu.Oracle;
using NetDsl.Gpu.Tests.Support;
using NetDsl.Oracle.Compilation;
using NetDsl.Oracle.Format;
using NetDsl.Oracle.Language;
using NetDsl.Oracle.Plans;

namespace NetDsl.Gpu.Tests.Ptx;

/// <summary>The networks of the reference cases, in both precisions: their kernels compile to PTX.</summary>
public class OracleKernelTests
{
    [Theory]
    [InlineData("network")]
    [InlineData("layer")]
    [InlineData("loss")]
    [InlineData("activation")]
    public void The_kernels_of_reference_cases_compile_without_doubles_calls_or_memory_of_their_own(string kind)
    {
        using var run = new DryRun();
        var platform = new DevicePlatform(run.Device);
        var sources = Directory.GetFiles(Folder(), kind + "_*.json").SelectMany(Stacks)
            .SelectMany((stack, i) => new[] { Precision.Single, Precision.Double }.Select(precision => new NetworkSource($"Network{i}{precision}", precision, stack, platform))).ToList();
        var networks = NetworkCompiler.Compile(sources, platform.References);
        networks.Count.ShouldBeGreaterThan(30);
        foreach (var (name, network) in networks)
        {
            network.Problems.ShouldBeEmpty(name);
            run.Run(network.Instance!.GetType(), 2);
        }

        PtxCompiler.ShouldBeLean(run.Kernels);
    }

    private static IEnumerable<Stack> Stacks(string file)
    {
        try
        {
            return Planner.Of(CaseFile.Read(file)).Networks;
        }
        catch (UnsupportedException)
        {
            // What the language lacks.
            return [];
        }
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "NetDsl.Oracle", "Cases"));
}
