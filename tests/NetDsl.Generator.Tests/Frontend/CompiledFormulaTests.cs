using System.Reflection;
using Microsoft.CodeAnalysis;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Tests.Reference;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Frontend;

/// <summary>Formulas that networks of another project use: through the assembly's metadata.</summary>
public class CompiledFormulaTests
{
    private const string Layers = """
        using System;
        using System.ComponentModel.DataAnnotations;
        using NetDsl;

        namespace Layers;

        public sealed class BendAttribute([Range(0, 1, MinimumIsExclusive = true)] double slope = 0.25, double shift = 0) : ActivationAttribute
        {
            public bool IsSteep { get; set; } = true;

            internal static float Value(float x, [Learnable(PerChannel = true)] float slope, float shift, bool isSteep) => isSteep ? x > 0 ? x : slope * x : x + shift;

            [Derivative("slope")]
            internal static float Along(float x, bool isSteep) => isSteep ? MathF.Min(x, 0) : 0;
        }

        public static class Outer
        {
            public sealed class DiceAttribute(double smooth = 1e-7) : SampleLossAttribute
            {
                public static double Overlap(double prediction, double target) => prediction * target;

                public static double Total(double prediction, double target) => prediction + target;

                public static double Value(double overlap, double total, double smooth) => 1 - (2 * overlap + smooth) / (total + smooth);
            }
        }

        public abstract class SmoothAttribute : ActivationAttribute
        {
            public static double Value(double x, double width) => Math.Tanh(x / width);
        }

        public abstract class DistanceAttribute : SampleLossAttribute
        {
            public static double Squares(double prediction, double target) => Math.Pow(prediction - target, 2);
        }

        public class RootAttribute : ActivationAttribute
        {
            public static double Value(double x) => Functions.Softplus(Helper(x));

            public static double Helper(double x) => 2 * x;
        }

        public static class Numbers
        {
            public const float Third = 1f / 3;

            public static readonly double Root = Math.Sqrt(2);
        }
        """;

    private static readonly Assembly Runtime = typeof(ActivationAttribute).Assembly;

    private static readonly IReadOnlyList<(string Type, string Method, string Text)> Built =
        [.. Runtime.GetCustomAttributes<CompiledFormulaAttribute>().Select(formula => (formula.Type, formula.Method, formula.Text))];

    private const string Network = """
        using NetDsl;
        using Layers;

        [Network, Input(2), Dense(3), Bend(slope: 0.5), Root, Dense(1), Outer.Dice]
        public partial class Net;
        """;

    /// <summary>Reads the same from metadata as from syntax.</summary>
    [Fact]
    public void A_formula_travels_with_its_assembly()
    {
        var library = Compiler.Run(Layers);
        library.Reports.ShouldBeEmpty();
        var declared = library.Formulas;
        declared.Keys.ShouldBe(["Layers.BendAttribute", "Layers.Outer+DiceAttribute", "Layers.RootAttribute", "Layers.SmoothAttribute"], ignoreOrder: true);

        var used = Use(library.Output, Network).Specs["Net"].Layers.ToDictionary(layer => layer.Attribute, layer => layer);
        used[3].Formula.ShouldBe(declared["Layers.BendAttribute"]);
        used[4].Formula.ShouldBe(declared["Layers.RootAttribute"]);
        used[6].Formula.ShouldBe(declared["Layers.Outer+DiceAttribute"]);
        used[3].Arguments.Select(argument => (argument.Name, argument.Value.Number)).ShouldBe([("slope", 0.5), ("shift", 0)]);
    }

    [Fact]
    public void The_assembly_holds_each_method_as_text() =>
        Compiler.Run(Layers).Files["NetDsl-Formulas.g.cs"].Split('\n').Where(line => line.StartsWith("[assembly", StringComparison.Ordinal)).ShouldBe(
        [
            "[assembly: global::NetDsl.CompiledFormula(\"Layers.BendAttribute\", \"Value\", \"x, slope learnable channel in (0 .. 1], shift, isSteep = 1 => %0=Less 0 x;%1=Multiply slope x;%2=Select %0 x %1;%3=Add x shift;Select isSteep %2 %3\")]",
            "[assembly: global::NetDsl.CompiledFormula(\"Layers.BendAttribute\", \"Along\", \"derivative slope: x, isSteep = 1 => %0=Min x 0;Select isSteep %0 0\")]",
            "[assembly: global::NetDsl.CompiledFormula(\"Layers.Outer+DiceAttribute\", \"Value\", \"overlap, total, smooth => %0=Multiply 2 overlap;%1=Add %0 smooth;%2=Add total smooth;%3=Divide %1 %2;Subtract 1 %3\")]",
            "[assembly: global::NetDsl.CompiledFormula(\"Layers.Outer+DiceAttribute\", \"Overlap\", \"prediction, target => Multiply prediction target\")]",
            "[assembly: global::NetDsl.CompiledFormula(\"Layers.Outer+DiceAttribute\", \"Total\", \"prediction, target => Add prediction target\")]",
            "[assembly: global::NetDsl.CompiledFormula(\"Layers.RootAttribute\", \"Value\", \"x => %0=Multiply 2 x;Softplus %0\")]",
            "[assembly: global::NetDsl.CompiledFormula(\"Layers.SmoothAttribute\", \"Value\", \"x, width => %0=Divide x width;Tanh %0\")]",
        ]);

    [Fact]
    public void A_compilation_without_formulas_gets_no_file() =>
        Compiler.Run("using NetDsl; [Network, Input(2)] [Dense(1), SquaredError] public partial class Net;").Files.Keys.ShouldBe(["Net.g.cs", "Net-Parts.g.cs"]);

    [Fact]
    public void A_class_that_its_file_hides_is_kept_out_of_the_metadata() =>
        Compiler.Run("using NetDsl; file sealed class FAttribute : ActivationAttribute { public static double Value(double x) => x; }").Files.ShouldBeEmpty();

    [Fact]
    public void A_formula_calls_and_inherits_one_of_another_assembly()
    {
        var library = Compiler.Run(Layers).Output;
        var generation = Use(library, """
            using NetDsl;
            using Layers;

            public sealed class TwiceAttribute : ActivationAttribute
            {
                public static double Value(double x) => 2 * RootAttribute.Value(-x) + Numbers.Third;
            }

            public sealed class AgainAttribute : RootAttribute;

            public sealed class WideAttribute(double width = 2) : SmoothAttribute;
            """);
        generation.Reports.ShouldBeEmpty();
        var formulas = generation.Formulas.ToDictionary(formula => formula.Key, formula => formula.Value.Value.Text);
        formulas["TwiceAttribute"].ShouldBe("%0=Multiply -2 x;%1=Softplus %0;%2=Multiply 2 %1;Add %2 0.33333334");
        formulas["AgainAttribute"].ShouldBe("%0=Multiply 2 x;Softplus %0");
        formulas["WideAttribute"].ShouldBe("%0=Divide x width;Tanh %0");
        generation.Files["NetDsl-Formulas.g.cs"].ShouldContain("AgainAttribute");
    }

    /// <summary>What constructors make of their arguments travels along; where it isn't there, nobody guesses.</summary>
    [Fact]
    public void Constructors_of_another_assembly_are_known()
    {
        const string Library = """
            using NetDsl;

            public class SquareAttribute : ActivationAttribute
            {
                public SquareAttribute(double a) { B = a * a; }

                protected SquareAttribute(int n) { for (var i = 0; i < n; i++) B += i; }

                public double B { get; set; }

                public bool IsSteep { get; set; } = true;

                public static double Value(double x, double b, bool isSteep) => isSteep ? b * x : x;
            }

            public class PlainAttribute : ActivationAttribute
            {
                public double B { get; set; } = 3;

                public static double Value(double x, double b) => b * x;
            }

            public abstract class Bare : ActivationAttribute
            {
                public double B { get; set; } = 3;
            }

            public class HighAttribute(double low = 0, [Above(nameof(low))] double high = 1) : ActivationAttribute
            {
                public static double Value(double x, double low, double high) => high * x - low;
            }
            """;
        var library = Compiler.Run(Library);
        library.Files["NetDsl-Formulas.g.cs"].Split('\n').Where(line => line.Contains("Square", StringComparison.Ordinal)).ShouldBe(
        [
            "[assembly: global::NetDsl.CompiledFormula(\"SquareAttribute\", \"Value\", \"x, b, isSteep = 1 => %0=Multiply b x;Select isSteep %0 x\")]",
            "[assembly: global::NetDsl.CompiledFormula(\"SquareAttribute\", \".ctor\", \"double a: b = Power a 2\")]",
            "[assembly: global::NetDsl.CompiledFormula(\"SquareAttribute\", \".ctor\", \"int n: b = NaN\")]",
        ]);
        var net = Use(library.Output, """
            using NetDsl;

            public sealed class NextAttribute(double a) : SquareAttribute(a + 1);

            public sealed class FourAttribute() : SquareAttribute(2.0);

            public sealed class FiveAttribute : PlainAttribute
            {
                public FiveAttribute() { B = 5; }
            }

            [Network, Input(2)] [Square(3), Next(3), Four(IsSteep = false), Square(3, B = 2), Five, SquaredError]
            public partial class Net;
            """).Specs["Net"];
        net.Layers.Skip(1).Take(5).Select(layer => layer.FindArgument("b")?.Value.Number ?? layer.Formula!.Value.Parameters[1].Default).ShouldBe([9, 16, 4, 2, 5]);
        Use(library.Output, "using NetDsl; public sealed class SumAttribute() : SquareAttribute(2);").Reports.ShouldHaveSingleItem().Id.ShouldBe(Rules.NoArgument.Id);
        Use(library.Output, "using NetDsl; public sealed class F : Bare { public static double Value(double x, double b) => b * x; }").Reports.ShouldHaveSingleItem().Id.ShouldBe(Rules.NoArgument.Id);
        Use(library.Output, "using NetDsl; [Network, Input(2)] [High(2), SquaredError] public partial class Net;").Reports.ShouldHaveSingleItem().GetMessage().ShouldBe("High of [High] is 1, but it must be above Low, which is 2");
    }

    [Fact]
    public void A_method_that_is_no_formula_stays_in_its_assembly()
    {
        var generation = Use(Compiler.Run(Layers).Output, "using NetDsl; public sealed class FAttribute : ActivationAttribute { public static double Value(double x) => Layers.RootAttribute.Helper(x); }");
        generation.Reports.ShouldHaveSingleItem().GetMessage().ShouldBe(
            $"'Layers.RootAttribute.Helper(x)' can't stand in a formula: it is compiled in {generation.Input.References.Last().Display}, where only the formulas of attribute classes can be read: write the method in this project");
    }

    [Fact]
    public void A_term_comes_from_another_assembly_where_that_holds_it()
    {
        var library = Compiler.Run(Layers.Replace("public sealed class Dice", "public class Dice", StringComparison.Ordinal)).Output;
        Use(library, "using NetDsl; public sealed class F : Layers.Outer.DiceAttribute { public static double Value(double total) => 2 * total; }")
            .Formulas["F"].Methods.Select(method => (method.Name, method.Text)).ShouldBe([("Value", "Multiply 2 total"), ("Total", "Add prediction target")]);
        Use(library, "using NetDsl; public sealed class F : Layers.DistanceAttribute { public static double Value(double squares) => squares; }")
            .Reports.ShouldHaveSingleItem().GetMessage().ShouldEndWith("which doesn't hold it as a formula: declare it beside Value");
    }

    [Fact]
    public void A_formula_of_an_assembly_without_the_generator_is_reported_at_the_layer()
    {
        var library = Compiler.Compilation(Layers);
        var generation = Use(library, Network);
        generation.Reports.Select(report => report.Id).Distinct().ShouldBe([Rules.FormulaNotCompiled.Id]);
        generation.Reports.Select(report => generation.Input.SyntaxTrees[0].ToString().Substring(report.Location.SourceSpan.Start, report.Location.SourceSpan.Length))
            .ShouldBe(["Bend(slope: 0.5)", "Root", "Outer.Dice"]);
        generation.Reports[1].GetMessage().ShouldBe(
            $"The formula of [Root] can't be read, since '{library.AssemblyName}' was compiled without NetDsl's generator or with another version of it: reference the NetDsl package in the project of '{library.AssemblyName}' and build it again");
        generation.Files.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("x")]
    [InlineData("x => Unheard x")]
    [InlineData("x => %0=Exp x;Multiply %1 x")]
    public void A_text_of_another_version_is_reported_at_the_layer(string text)
    {
        var library = Compiler.Compilation($"[assembly: NetDsl.CompiledFormula(\"OddAttribute\", \"Value\", \"{text}\")] public sealed class OddAttribute : NetDsl.ActivationAttribute {{ public static double Value(double x) => x; }}");
        Use(library, "using NetDsl; [Network, Input(2), Dense(1), Odd, SquaredError] public partial class Net;").Reports.ShouldHaveSingleItem().Id.ShouldBe(Rules.FormulaNotCompiled.Id);
    }

    [Theory]
    [InlineData("PReLU", false)]
    [InlineData("PReLU(PerChannel = false)", false)]
    [InlineData("PReLU(PerChannel = true)", true)]
    [InlineData("Bend", true)]
    [InlineData("Bend(PerChannel = false)", false)]
    public void The_attribute_says_who_learns(string layer, bool isPerChannel)
    {
        var spec = Use(Compiler.Run(Layers).Output, $"using NetDsl; using Layers; [Network, Input(2), Dense(1), {layer}, SquaredError] public partial class Net;").Specs["Net"];
        var parameter = spec.Layers[2].Formula.ShouldNotBeNull().Value.Parameters[1];
        parameter.IsLearnable.ShouldBeTrue();
        parameter.IsPerChannel.ShouldBe(isPerChannel);
    }

    /// <summary>All built-in activations and elementwise losses are formulas of the runtime's own assembly.</summary>
    [Fact]
    public void What_NetDsl_declares_is_in_its_assembly()
    {
        Type[] bases = [typeof(ActivationAttribute), typeof(GateAttribute), typeof(RegularizerAttribute), typeof(ElementwiseLossAttribute), typeof(SampleLossAttribute)];
        var declared = Runtime.GetExportedTypes().Where(type => !type.IsAbstract && bases.Any(type.IsSubclassOf)).Select(type => type.FullName!).ToList();
        declared.Count.ShouldBeGreaterThan(30);
        Built.Where(formula => formula.Method == "Value").Select(formula => formula.Type).ShouldBe(declared, ignoreOrder: true);
        Built.ShouldAllBe(formula => MethodText.Write(MethodText.Read(formula.Method, formula.Text)!) == formula.Text);
    }

    /// <summary>The text of each built-in formula computes what its method does when C# calls it.</summary>
    [Fact]
    public void What_NetDsl_declares_computes_what_CSharp_does()
    {
        foreach (var (type, name, text) in Built)
        {
            var method = Runtime.GetType(type, throwOnError: true)!.GetMethod(name)!;
            var formula = MethodText.Read(name, text)!;
            var algebra = new Algebra();
            var body = FormulaText.Read(algebra, formula.Text)!;
            method.GetParameters().Select(parameter => parameter.Name).ShouldBe(formula.Parameters.Select(parameter => parameter.Name));
            var random = new Random(3);
            for (var i = 0; i < 50; i++)
            {
                // Probabilities and positive constants serve every formula; the signs of others change.
                var values = formula.Parameters.Select((parameter, at) => at == 0 && parameter.Range == Interval.Real ? 8 * random.NextDouble() - 4 : at == 0 && parameter.Range.High == 0 ? -random.NextDouble() : random.NextDouble()).ToList();
                var arguments = method.GetParameters().Select((parameter, at) => parameter.ParameterType == typeof(bool) ? (object)(values[at] > 0.5) : values[at]).ToArray();
                for (var at = 0; at < values.Count; at++)
                    values[at] = arguments[at] is bool flag ? flag ? 1 : 0 : values[at];
                if (name == "Value" && type == "NetDsl.HardTanhAttribute")
                    (arguments[1], values[1]) = (-values[1], -values[1]);
                var expected = (double)method.Invoke(null, arguments)!;
                var actual = Dual.Of(body, variable => values[formula.Parameters.ToList().FindIndex(parameter => parameter.Name == variable)]).Value;
                actual.ShouldBe(expected, 1e-14 * (1 + Math.Abs(expected)), $"{type}({string.Join(", ", arguments)})");
            }
        }
    }

    // As a file, and as the compilation that an editor has of a project beside.
    private static Generation Use(Compilation library, string source)
    {
        var beside = Compiler.Run(Compiler.Compilation(source).AddReferences(library.ToMetadataReference()));
        var generation = UseFile(library, source);
        beside.Files.ShouldBe(generation.Files);
        beside.Reports.Select(report => report.Id).ShouldBe(generation.Reports.Select(report => report.Id));
        return generation;
    }

    private static Generation UseFile(Compilation library, string source)
    {
        using var image = new MemoryStream();
        library.Emit(image).Success.ShouldBeTrue();
        return Compiler.Run(Compiler.Compilation(source).AddReferences(MetadataReference.CreateFromImage(image.ToArray(), filePath: library.AssemblyName)));
    }
}
