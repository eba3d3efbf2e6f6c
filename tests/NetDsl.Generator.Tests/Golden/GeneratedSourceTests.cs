using NetDsl.Generator.Tests.Diagnostics;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Golden;

public class GeneratedSourceTests
{
    [Theory]
    [InlineData("Xor", 2)]
    [InlineData("Mlp", 2)]
    [InlineData("LeNet", 2)]
    [InlineData("ConvNorm", 2)]
    [InlineData("OwnFunctions", 3)]
    [InlineData("Residual", 2)]
    [InlineData("PolicyValue", 2)]
    public void The_generated_files_read_as_reviewed(string network, int count)
    {
        var files = Compiler.Run(SampleNetworks.Sources[network]).Files;
        files.Count.ShouldBe(count);
        foreach (var (name, text) in files)
            Snapshot.Verify(text, name.Replace(".g.cs", ""), "cs");
    }

    /// <summary>The stub stands for a reference to the kernels; tests/NetDsl.Gpu.Tests compiles such files and runs them.</summary>
    [Theory]
    [InlineData("Mlp")]
    [InlineData("OwnFunctions")]
    public void The_GPU_half_reads_as_reviewed(string network)
    {
        var files = Compiler.Run(SampleNetworks.Sources[network], "namespace NetDsl.Kernels.Ilgpu { public sealed class GpuDevice; }").Files;
        var (name, text) = files.Single(file => file.Key.EndsWith($"{network}-Gpu.g.cs", StringComparison.Ordinal));
        Snapshot.Verify(text, name.Replace(".g.cs", ""), "cs");
    }

    /// <summary>Blocks keep their names, and a reader finds a block's sum and its gradient at a glance.</summary>
    [Fact]
    public void The_passes_of_ResNet20_read_as_reviewed()
    {
        var files = Compiler.Run(RuleSources.Read("samples/Architectures/ResNet20.cs")).ShouldCompile().Files;
        Snapshot.Verify(files["Architectures.ResNet20.g.cs"], "Architectures.ResNet20", "cs");
    }
}
