using System.Runtime.CompilerServices;
using System.Xml.Linq;
using NetDsl.Gpu.Tests.Support;

namespace NetDsl.Gpu.Tests.Ptx;

/// <summary>The networks of all samples: each has a half for devices, and its kernels compile to PTX.</summary>
public class SampleKernelTests
{
    // One that makes the smallest tiles, and those that samples and workloads train with.
    private static readonly int[] Batches = [2, 32, 64, 128];

    public static TheoryData<string> Samples => [.. Directory.GetDirectories(Folder()).Where(folder => Directory.GetFiles(folder, "*.csproj").Length == 1).Select(folder => Path.GetFileName(folder)).Order()];

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_kernels_of_a_samples_networks_compile_without_doubles_calls_or_memory_of_their_own(string sample)
    {
        var networks = CompiledNetworks.Of(sample, Sources(Path.Combine(Folder(), sample)));
        using var run = new DryRun();
        foreach (var network in networks)
            run.Run(network, Batches);
        PtxCompiler.ShouldBeLean(run.Kernels);
    }

    private static IEnumerable<string> Sources(string folder) =>
        // What a sample has for the CPU alone is left out with -p:Gpu=true.
        Directory.GetFiles(folder, "*.cs").Where(file => !file.EndsWith(".Cpu.cs", StringComparison.Ordinal))
            .Concat(XDocument.Load(Directory.GetFiles(folder, "*.csproj")[0]).Descendants("Compile").Select(shared => shared.Attribute("Include")?.Value).OfType<string>().Select(file => Path.Combine(folder, file)))
            .Select(File.ReadAllText);

    private static string Folder([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "samples"));
}
