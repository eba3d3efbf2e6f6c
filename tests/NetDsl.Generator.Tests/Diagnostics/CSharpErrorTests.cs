using Microsoft.CodeAnalysis;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Diagnostics;

/// <summary>Where C# reports an error, the generator neither fails nor adds a report that would blur the first.</summary>
public class CSharpErrorTests
{
    [Theory]
    [InlineData("[Network, Input(2)] [Dense(), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense, SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense(1, 2, 3), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense(1), ReLU(3), SquaredError] public partial class Net;")]
    [InlineData("[Network, Input(2)] [Dense(8, Foo = 3), SquaredError] public partial class Net;")]
    [InlineData("[Dense(nameof(widht))] public sealed class BAttribute(int width) : BlockAttribute; [Network, Input(2)] [B(3), SquaredError] public partial class Net;")]
    [InlineData("[Dense(unknown), Branch] public sealed class BAttribute(int width) : BlockAttribute;")]
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

    [Theory]
    [InlineData("public static double Value(double x) => x + unknown;")]
    [InlineData("public static double Value(double x) => Math.Atan(x) + unknown;")]
    [InlineData("public static double Value(double x) => Unknown(x);")]
    [InlineData("public static double Value(double x) => Math.Max(x);")]
    [InlineData("public static double Value(double x) { if (x > 0) return x; }")]
    [InlineData("public static double Value(double x) { double y; return y; }")]
    [InlineData("public static double Value(double x) { return; }")]
    [InlineData("public static double Value(double x) { for (;;")]
    [InlineData("public static double Value(double x) => x ? 1 : 2;")]
    [InlineData("public static double Value(double x) => \"x\";")]
    [InlineData("public static double Value(double x) => x switch { string => 1, _ => x };")]
    [InlineData("public static double Value(double x) { x = ; return x; }")]
    [InlineData("public static double Value(double x) { y = x; return x; }")]
    [InlineData("public static double Value(double x) => this.Half * x; double Half = 1;")]
    [InlineData("public static double Value(double x, double x) => x;")]
    [InlineData("public static double Value(Number x) => 1;")]
    [InlineData("public static Number Value(double x) => 1;")]
    [InlineData("public static double Value(double x);")]
    [InlineData("public static partial double Value(double x);")]
    [InlineData("public static double Value<T>(T x) => x * 2;")]
    [InlineData("public static double Value(double x, [Learnable(Per = 1)] double a = 1) => a * x;")]
    [InlineData("public static double Value(double x) => x; [Derivative(1)] public static double Slope(double x) => 1;")]
    [InlineData("public static double Value(double x) => A; const double A = B; const double B = A;")]
    public void An_error_of_CSharp_in_a_formula_stands_alone(string members)
    {
        var generation = Compiler.Run($"using System;\nusing NetDsl;\npublic sealed class FAttribute : ActivationAttribute {{ {members} }}\n[Network, Input(2), Dense(1), F, SquaredError] public partial class Net;");
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

    /// <summary>Each state of the text while somebody types a formula: never a failure of the generator, and never a report beside C#'s own.</summary>
    [Fact]
    public void The_generator_survives_every_unfinished_formula()
    {
        const string Source = "using System;\nusing NetDsl;\npublic sealed class BendAttribute(double slope = 0.1) : ActivationAttribute\n{\n    public static double Value(double x, [Learnable] double slope)\n    {\n        var y = Math.Max(x, 0) + 1e-3f;\n        if (x is > 0 and not 3 || y >= 2)\n            return Twice(x);\n        x += slope * x switch { < 0 => 1, _ => 0 };\n        return x;\n    }\n\n    private static double Twice(double x) => 2 * x;\n}\n";
        Survives(Source);
    }

    /// <summary>The same for a class whose constructors are followed.</summary>
    [Fact]
    public void The_generator_survives_every_unfinished_constructor() =>
        Survives("using System;\nusing NetDsl;\npublic class ScaledAttribute : ActivationAttribute\n{\n    public ScaledAttribute(double a, int n = 2) : this(a * n)\n    {\n        var half = n / 2.0;\n        this.Shift = half + Factor;\n    }\n    protected ScaledAttribute(double f) => Factor = f;\n    public double Factor { get; set; } = 1;\n    public double Shift = 0.5;\n    public static double Value(double x, double factor, double shift) => factor * x + shift;\n}\npublic sealed class TwiceAttribute(double c) : ScaledAttribute(2 * c, n: 3);\n");

    [Theory]
    [InlineData("public F(double a) : this(a) { }")]
    [InlineData("public F(double a) : this(a, 1) { } public F(double a, double b) : this(a + b) { }")]
    [InlineData("public F(double a, double a) : base(a, a: 2) { B = a; }")]
    [InlineData("public F(double a) => B = a + B2; public double B { get; set; } = b;")]
    public void The_generator_survives_a_wrong_constructor(string members) =>
        Compiler.Run($"public sealed class F : NetDsl.ActivationAttribute {{ {members} public static double Value(double x, double a = 1) => a * x; }} [NetDsl.Network, NetDsl.Input(2), F(2), NetDsl.SquaredError] public partial class Net;")
            .Reports.ShouldBeEmpty();

    private static void Survives(string source)
    {
        for (var length = 0; length <= source.Length; length++)
        {
            var generation = Compiler.Run(source[..length]);
            generation.Reports.Where(report => report.Id == "NETDSL999").ShouldBeEmpty(source[..length]);
            if (generation.Input.GetDiagnostics().All(diagnostic => diagnostic.Severity != DiagnosticSeverity.Error) && length == source.Length)
                generation.Reports.ShouldBeEmpty();
        }
    }
}
