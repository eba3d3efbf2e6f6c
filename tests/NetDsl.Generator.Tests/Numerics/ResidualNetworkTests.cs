using NetDsl.Generator.Tests.Diagnostics;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Numerics;

/// <summary>ResNet-20 as samples/Architectures declares it, on smaller images, in double precision: rounding through forty layers would say little in single.</summary>
public class ResidualNetworkTests
{
    [Fact]
    public void ResNet20_agrees_with_the_reference()
    {
        var source = RuleSources.Read("samples/Architectures/ResNet20.cs");
        source.ShouldContain("[Network, Input(3, 32, 32)");
        var generation = Compiler.Run(source.Replace("[Network, Input(3, 32, 32)", "[Network(Precision = Precision.Double), Input(3, 8, 8)", StringComparison.Ordinal)).ShouldCompile();
        var network = (INetwork<double>)Activator.CreateInstance(generation.Load().GetType("Architectures.ResNet20", throwOnError: true)!)!;
        network.Description.ParameterCount.ShouldBe(269_722);
        new NetworkComparison<double>(generation.Model("Architectures.ResNet20"), network, batch: 2, seed: 3).Run();
    }
}
