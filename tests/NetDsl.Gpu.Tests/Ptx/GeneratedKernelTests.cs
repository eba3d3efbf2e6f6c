using NetDsl.Gpu.Tests.Networks;
using NetDsl.Gpu.Tests.Support;

namespace NetDsl.Gpu.Tests.Ptx;

/// <summary>What the generator writes for the networks of these tests, as PTX.</summary>
public class GeneratedKernelTests
{
    [Fact]
    public void The_kernels_of_generated_networks_compile_without_doubles_calls_or_memory_of_their_own()
    {
        using var run = new DryRun();
        foreach (var network in typeof(Classifier).Assembly.GetTypes().Where(type => type.GetNestedType("Gpu") is not null))
            run.Run(network, 2, 64);
        run.Kernels.Count.ShouldBeGreaterThan(80);
        PtxCompiler.ShouldBeLean(run.Kernels);
    }
}
