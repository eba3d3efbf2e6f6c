using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Diagnostics;

/// <summary>An attribute's argument that a formula takes is read, though C# doesn't see it.</summary>
public class ArgumentSuppressorTests
{
    [Theory]
    [InlineData("public sealed class FAttribute(double slope) : ActivationAttribute { public static double Value(double x, double slope) => slope * x; }", true)]
    [InlineData("public sealed class FAttribute(double SLOPE) : RegularizerAttribute { public static double Value(double weight, double slope) => slope * weight; }", true)]
    [InlineData("public abstract class Base : ActivationAttribute { public static double Value(double x, double slope) => slope * x; } public sealed class FAttribute(double slope) : Base;", true)]
    [InlineData("public abstract class Base(double slope) : ActivationAttribute { public static double Value(double x, double slope) => slope * x; }", true)]
    [InlineData("public sealed class FAttribute(double slop) : ActivationAttribute { public static double Value(double x, double slope = 1) => slope * x; }", false)]
    [InlineData("public sealed class FAttribute(double slope) : ActivationAttribute { public double Value(double x, double slope) => slope * x; }", false)]
    [InlineData("public sealed class Other(double slope) { public static double Value(double x, double slope) => slope * x; }", false)]
    [InlineData("[Dense(nameof(width))] public sealed class BAttribute(int width) : BlockAttribute;", true)]
    [InlineData("[Conv(3, 3, nameof(width), Stride = 2)] public sealed class BAttribute(int width) : BlockAttribute;", true)]
    [InlineData("[Dense(3)] public sealed class BAttribute(int width) : BlockAttribute;", false)]
    public async Task A_parameter_that_a_formula_takes_is_read(string source, bool isRead)
    {
        var compilation = Compiler.Compilation("using NetDsl;\n" + source);
        compilation.GetDiagnostics().ShouldContain(diagnostic => diagnostic.Id == "CS9113");
        var analysed = await compilation.WithAnalyzers([new ArgumentSuppressor()]).GetAllDiagnosticsAsync();
        analysed.Any(diagnostic => diagnostic is { Id: "CS9113", IsSuppressed: false }).ShouldBe(!isRead);
    }
}
