using Microsoft.CodeAnalysis;
using NetDsl.Generator.Tests.Golden;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Emission;

public class WarningTests
{
    public static TheoryData<string> Names => SampleNetworks.Names;

    /// <summary>At the highest warning level, with nullable types and with all public members documented.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Generated_code_gives_no_warning(string network) => Compiler.Run(SampleNetworks.Sources[network]).ShouldCompile(network);

    /// <summary>Where the user's project doesn't ask for nullable types, the files do themselves.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Generated_code_needs_no_option_of_the_project(string network)
    {
        var compilation = Compiler.Compilation(SampleNetworks.Sources[network]);
        var plain = compilation.WithOptions(compilation.Options.WithNullableContextOptions(NullableContextOptions.Disable).WithOverflowChecks(true));
        Compiler.Run((Microsoft.CodeAnalysis.CSharp.CSharpCompilation)plain).ShouldCompile(network);
    }

    /// <summary>A number that fits a double but no float, at every place where the code has literals.</summary>
    [Theory]
    [InlineData("[Dense(2), Sigmoid, BinaryCrossEntropy(PositiveWeights = new[] { 1e300 })]")]
    [InlineData("[Dense(2), Sigmoid, BinaryCrossEntropy(PositiveWeights = new[] { 1e300, 1 })]")]
    [InlineData("[Dense(2), SoftmaxCrossEntropy(ClassWeights = new[] { 1e300, 1 })]")]
    [InlineData("[Dense(2), LeakyReLU(1e-300), Huber(1e300)]")]
    [InlineData("[Dense(2), ELU(12345678901234567890.0), Softplus(1e17), SquaredError]")]
    [InlineData("[Dense(2, Weights = Initialization.Constant, WeightsValue = -1e-7), SquaredError]")]
    public void Extreme_numbers_are_literals_or_errors(string layers)
    {
        var generation = Compiler.Run($"using NetDsl; [Network, Input(2)] {layers} public partial class Net;");
        if (generation.Reports.IsEmpty)
            generation.ShouldCompile(layers);
        else
            generation.Reports.ShouldAllBe(report => report.Severity == DiagnosticSeverity.Error);
    }

    /// <summary>Sizes that C# can still count, but no array holds.</summary>
    [Theory]
    [InlineData("Input(1), Dense(67000000), Dropout(0.5)", 1)]
    [InlineData("Input(11000)", 9)]
    public void Huge_networks_are_errors(string start, int repeated)
    {
        var layers = string.Concat(Enumerable.Repeat(", Dense(12000), Dense(11000)", repeated));
        var generation = Compiler.Run($"using NetDsl; [Network(Precision = Precision.Double), {start}{layers}, SquaredError] public partial class Net;");
        generation.Reports.Select(report => report.Id).ShouldBe(["NETDSL021"]);
    }
}
