using NetDsl.Gpu.Tests.Support;

namespace NetDsl.Gpu.Tests.Ptx;

/// <summary>What the generator writes for the networks of these tests, as PTX.</summary>
public class GeneratedKernelTests
{
    [Fact]
    public void Every_kernel_of_generated_networks_compiles_without_doubles_calls_or_memory_of_its_own()
    {
        using var run = new DryRun();
        foreach (var network in typeof(GeneratedKernelTests).Assembly.GetTypes().Where(type => type.GetNestedType("Gpu") is not null))
            run.Run(network);
        run.Kernels.Count.ShouldBeGreaterThan(80);
        PtxCompiler.ShouldBeLean(run.Kernels);
    }
}
