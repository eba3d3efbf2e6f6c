using Microsoft.CodeAnalysis;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Diagnostics;

/// <summary>Where C# reports an error, the generator neither fails nor adds a report that would blur the first.</summary>
public class CSharpErrorTests
{
    [Theory]
    [InlineData("[Network, Input(2)] [Dense(\"8\"), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense(), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense, SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense(1, 2, 3), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense(1), ReLU(3), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense(8, Foo = 3), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense(8, Bias = 3), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense(unknown), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2, unknown)] [Dense(1), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense(2), SoftmaxCrossEntropy(ClassWeights = new double[] { 1, unknown })] public partial class Net;")]
    [InlineData("[Network, Input(unknown)] [Dense(1), SquaredError] public partial class Net;")]
    [InlineData("[Network, Inputt(2)] [Dense(1), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense(1), SquaredErr] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dens(1), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense(1), Dropout(rat: 0.5), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense(1), Dropout(0.5m), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense(System.Math.Abs(3)), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense(1), SquaredError] public partial struct Net;")]
    [InlineData("[Network, Input(2)] [Dense(1), SquaredError] public partial interface Net;")]
    [InlineData("[Network, Input(2)] [Input(3)] [Dense(1), SquaredError] public partial class Net;")]
    [InlineData("[Network] [Network, Input(2)] [Dense(1), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense(1), SquaredError] public partial class Net; [Network] public partial class Net;")]
    [InlineData("[Network(Precision = 7), Input(2)] [Dense(1), SquaredError] public partial class Net;")]
    [InlineData("[Network(Presicion = Precision.Double), Input(2)] [Dense(1), SquaredError] public partial class Net;")]
    public void An_error_of_CSharp_stands_alone(string source)
    {
        var generation = Compiler.Run("using NetDsl;\n" + source);
        generation.Input.GetDiagnostics().ShouldContain(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        generation.Reports.ShouldBeEmpty();
    }

    /// <summary>Each state of the text while somebody types a network.</summary>
    [Fact]
    public void The_generator_survives_every_unfinished_line()
    {
        const string Source = "using NetDsl;\n[Network, Input(3, 4)]\n[Dense(8, Name = \"hidden\", Weights = Initialization.HeNormal), LeakyReLU(slope: 0.1)]\n[Dense(2), SoftmaxCrossEntropy(ClassWeights = new double[] { 1, 2 })]\npublic partial class Net;\n";
        for (var length = 0; length <= Source.Length; length++)
            Compiler.Run(Source[..length] + "\npublic class Other;");
    }
}
