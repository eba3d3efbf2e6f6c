using NetDsl.Generator.Formulas;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Frontend;

/// <summary>What the classes of formulas declare: their methods and parameters.</summary>
public class FormulaClassTests
{
    [Fact]
    public void An_activation_has_one_number_and_the_attributes_arguments()
    {
        var formula = FormulaSource.Read("""
            public sealed class KinkAttribute(double slope = 0.5, float shift = 0) : ActivationAttribute
            {
                public double Slope { get; } = slope;

                public float Shift => shift;

                public bool IsSteep { get; set; } = true;

                public double Factor { get; set; }

                public double[]? Weights { get; set; }

                public static double Value(double x, double slope, float SHIFT, bool isSteep, double factor, double weights = 2, int power = 3) =>
                    isSteep ? slope * x : factor * weights * Math.Pow(x, power) + SHIFT;
            }
            """);
        formula.Kind.ShouldBe(FormulaKind.Activation);
        formula.Type.ShouldBe("KinkAttribute");
        formula.Value.Parameters.Select(parameter => (parameter.Name, parameter.Default)).ShouldBe(
            [("x", double.NaN), ("slope", double.NaN), ("SHIFT", double.NaN), ("isSteep", 1), ("factor", 0), ("weights", 2), ("power", 3)]);
        formula.Value.Parameters.ShouldAllBe(parameter => !parameter.IsLearnable && !parameter.IsPerChannel && parameter.Range == Interval.Real);
        formula.Value.Text.ShouldBe("%0=Multiply slope x;%1=Multiply factor weights;%2=Power x power;%3=Multiply %1 %2;%4=Add %3 SHIFT;Select isSteep %0 %4");
    }

    [Fact]
    public void What_is_learnt_starts_with_the_argument() =>
        FormulaSource.Read("public sealed class BendAttribute(double a = 0.25) : ActivationAttribute { public double A => a; public static double Value(double x, [Learnable(PerChannel = true)] double a, [Learnable] double b = 2) => a * x + b; }")
            .Value.Parameters.ShouldBe(
            [
                new FormulaParameter("x", false, false, double.NaN, Interval.Real),
                new FormulaParameter("a", true, true, double.NaN, Interval.Real),
                new FormulaParameter("b", true, false, 2, Interval.Real),
            ]);

    [Theory]
    [InlineData("Range(0, 1)", 0, 1, false, false)]
    [InlineData("Range(0.5, 2.5, MinimumIsExclusive = true)", 0.5, 2.5, true, false)]
    [InlineData("Range(-1.0, 1, MaximumIsExclusive = true)", -1, 1, false, true)]
    [InlineData("Range(0, double.MaxValue)", 0, double.PositiveInfinity, false, true)]
    [InlineData("Range(double.MinValue, 0)", double.NegativeInfinity, 0, true, false)]
    [InlineData("Range(typeof(double), \"0.25\", \"0.75\")", 0.25, 0.75, false, false)]
    public void A_range_is_that_of_the_argument(string range, double low, double high, bool lowOpen, bool highOpen)
    {
        var expected = new Interval(low, high, lowOpen, highOpen);
        const string Method = "public static double Value(double x, double a) => a * x; }";
        var start = FormattableString.Invariant($"{Math.Max(low, -9) / 2 + Math.Min(high, 9) / 2}");
        FormulaSource.Read($"using System.ComponentModel.DataAnnotations; public sealed class FAttribute([{range}] double a) : ActivationAttribute {{ public double A => a; {Method}").Value.Parameters[1].Range.ShouldBe(expected);
        FormulaSource.Read($"using System.ComponentModel.DataAnnotations; public sealed class FAttribute : ActivationAttribute {{ [{range}] public double A {{ get; set; }} = {start}; {Method}").Value.Parameters[1].Range.ShouldBe(expected);
    }

    /// <summary>What the constructor that an attribute calls leaves under the name of the formula's parameter: 'b' in all of them.</summary>
    [Theory]
    [InlineData("public FAttribute(float a) { B = a; } public float B { get; set; }", "F(3)", 3)]
    [InlineData("public FAttribute(float a) => B = a; public float B { get; private set; }", "F(3)", 3)]
    [InlineData("public FAttribute(float a) { B = a; } public float B { get; set; }", "F(3, B = 4)", 4)]
    [InlineData("public FAttribute(double b) { B = b; } public double B { get; set; }", "F(3, B = 4)", 4)]
    [InlineData("public FAttribute(double a, int n = 2) { var half = a / 2; this.B = half * n + Math.Abs(n); } public double B { get; }", "F(3)", 5)]
    [InlineData("public FAttribute(double a) { if (a < 0) throw new ArgumentException(nameof(a)); b = a; } private readonly double b; public double Shown => b;", "F(3)", 3)]
    [InlineData("public FAttribute(double b) { Shown = b; } public FAttribute() : this(0.5) { } public double Shown;", "F", 0.5)]
    [InlineData("public FAttribute(double a) : this(a, 1) { B = B * 2; } private FAttribute(double a, double c) { B = a + c; } public double B { get; set; } = 7;", "F(3)", 8)]
    [InlineData("public double B = Math.Sqrt(4) + 1;", "F", 3)]
    [InlineData("public double B = 3;", "F(B = 5)", 5)]
    [InlineData("public double B { get; init; } = 1f / 8;", "F", 0.125)]
    [InlineData("public FAttribute(float b) { Shown = b; } public float Shown;", "F(0.1f)", 0.1)]
    [InlineData("public FAttribute(char c) { B = 2; } public double B { get; }", "F('a')", 2)]
    [InlineData("public FAttribute(params double[] list) { B = 2; } public double B { get; }", "F(1, 2)", 2)]
    public void A_constructor_is_followed(string members, string use, double value) =>
        Given($"public class FAttribute : ActivationAttribute {{ {members} public static double Value(double x, double b) => b * x; }}", use).ShouldBe(value);

    /// <summary>The same, of a class that hands its arguments to its base.</summary>
    [Theory]
    [InlineData("public sealed class F() : Times(3);", "F", 3)]
    [InlineData("public sealed class F(double a) : Times(2 * a);", "F(3)", 6)]
    [InlineData("public sealed class F(double b) : Times(b);", "F(3)", 3)]
    [InlineData("public sealed class F : Times { public F(double a) : base(b: a + 1) { } }", "F(3)", 4)]
    [InlineData("public class Twice(double a) : Times(2 * a); public sealed class F() : Twice(4);", "F", 8)]
    [InlineData("public sealed class F() : Times(2, 3);", "F", 6)]
    public void What_goes_to_the_base_is_the_formulas(string derived, string use, double value) =>
        Given("public abstract class Times(double b) : ActivationAttribute { protected Times(double c, double d) : this(c * d) { } public static double Value(double x, double b = 1) => b * x; } " + derived, use).ShouldBe(value);

    [Fact]
    public void A_generic_base_is_read() =>
        Given("public class Times<T>(double b) : ActivationAttribute { public static double Value(double x, double b) => b * x; } public sealed class F() : Times<int>(7);", "F").ShouldBe(7);

    [Fact]
    public void A_constructor_hands_numbers_for_each_output_on() =>
        Use("public sealed class F : ElementwiseLossAttribute { public F(params double[] list) => B = list; public double[]? B { get; set; } = null; public static double Value(double p, double t, double b = 1) => b * (p - t); }", "[Network, Input(2)] [F(2, 3)]")
            .FindArgument("b")!.Value.Numbers.ShouldBe([2, 3]);

    [Fact]
    public void An_argument_of_the_base_is_no_piece_of_a_gate() =>
        Use("public abstract class Pair(double c) : GateAttribute { public static double Value(double a, double b, double c) => a * b * c; } public sealed class F() : Pair(4);", "[Network, Input(4)] [F, SquaredError]")
            .Formula!.Value.Parameters.Select(parameter => parameter.Default).ShouldBe([double.NaN, double.NaN, 4]);

    private static double Given(string source, string use)
    {
        var layer = Use(source, $"[Network(Precision = Precision.Double), Input(2)] [{use}, SquaredError]");
        return layer.FindArgument("b")?.Value.Number ?? layer.Formula!.Value.Parameters[1].Default;
    }

    private static LayerSpec Use(string source, string attributes)
    {
        var generation = Compiler.Run($"using System;\nusing NetDsl;\n{source}\n{attributes}\npublic partial class Net;").ShouldCompile(source);
        return generation.Specs["Net"].Layers[1];
    }

    [Fact]
    public void A_parameter_is_called_like_a_number() =>
        FormulaSource.Text("public static double Value(double x, double Infinity = 2, double NaN = 3) => x * Infinity + NaN;").ShouldBe("%0=Multiply x @Infinity;Add %0 @NaN");

    [Fact]
    public void A_gate_has_pieces_and_then_arguments()
    {
        var formula = FormulaSource.Read("public sealed class G : GateAttribute { public double Beta { get; set; } = 1; public static double Value(double a, double b, double c, double beta) => a * Math.Max(b, c) * beta; }");
        formula.Kind.ShouldBe(FormulaKind.Gate);
        formula.Value.Parameters.Select(parameter => (parameter.Name, parameter.Default)).ShouldBe([("a", double.NaN), ("b", double.NaN), ("c", double.NaN), ("beta", 1)]);
    }

    [Fact]
    public void A_loss_by_element_has_a_prediction_and_its_target()
    {
        var formula = FormulaSource.Read("""
            public sealed class MyHuberAttribute(double delta = 1) : ElementwiseLossAttribute
            {
                public double Delta => delta;

                public static float Value(float prediction, float target, float delta)
                {
                    var d = MathF.Abs(prediction - target);
                    if (d <= delta)
                        return 0.5f * d * d;
                    return delta * (d - 0.5f * delta);
                }
            }
            """);
        formula.Kind.ShouldBe(FormulaKind.ElementwiseLoss);
        formula.Value.Text.ShouldBe("%0=Subtract prediction target;%1=Abs %0;%2=LessOrEqual %1 delta;%3=Power %0 2;%4=Multiply 0.5 %3;%5=Multiply 0.5 delta;%6=Subtract %1 %5;%7=Multiply delta %6;Select %2 %4 %7");
    }

    [Fact]
    public void A_loss_by_sample_has_terms_that_are_summed()
    {
        var formula = FormulaSource.Read("""
            public sealed class DiceAttribute(double smooth = 1) : SampleLossAttribute
            {
                public double Smooth => smooth;

                public static double Overlap(double prediction, double target) => Both(prediction, target);

                public static double Total(double prediction, double target, double smooth) => prediction + target + smooth;

                public static double Value(double overlap, double total, double smooth) => 1 - (2 * overlap + smooth) / (total + smooth);

                private static double Both(double prediction, double target) => prediction * target;
            }
            """);
        formula.Kind.ShouldBe(FormulaKind.SampleLoss);
        formula.Methods.Select(method => method.Name).ShouldBe(["Value", "Overlap", "Total"]);
        formula.Methods[1].Text.ShouldBe("Multiply prediction target");
        formula.Methods[2].Parameters.Select(parameter => parameter.Name).ShouldBe(["prediction", "target", "smooth"]);
    }

    [Fact]
    public void A_regulariser_has_a_weight() =>
        FormulaSource.Read("public sealed class LassoAttribute(double lambda) : RegularizerAttribute { public double Lambda => lambda; public static double Value(double weight, double lambda) => lambda * Math.Abs(weight); }")
            .ShouldBe(new FormulaSpec(FormulaKind.Regularizer, "LassoAttribute", Model.EquatableArray.Of(new FormulaMethod("Value",
                Model.EquatableArray.Of(new FormulaParameter("weight", false, false, double.NaN, Interval.Real), new FormulaParameter("lambda", false, false, double.NaN, Interval.Real)), "", "%0=Abs weight;Multiply lambda %0"))));

    [Fact]
    public void Derivatives_are_supplied_by_parameter()
    {
        var formula = FormulaSource.Read("""
            public sealed class FAttribute(double slope) : ActivationAttribute
            {
                public double Argument => slope;

                public static double Value(double x, [Learnable] double slope) => slope * Math.Tanh(x);

                [Derivative]
                public static double Across(double slope, double value) => slope - value * value / slope;

                [Derivative("slope")]
                public static float Along(float x) => MathF.Tanh(x);
            }
            """);
        formula.Methods.Select(method => (method.Name, method.DerivativeOf)).ShouldBe([("Value", ""), ("Across", "x"), ("Along", "slope")]);
        formula.Methods[1].Parameters.Select(parameter => (parameter.Name, parameter.IsLearnable)).ShouldBe([("slope", true), ("value", false)]);
        formula.Methods[1].Text.ShouldBe("%0=Power value 2;%1=Divide %0 slope;Subtract slope %1");
    }

    [Fact]
    public void A_formula_is_inherited_and_overridden_by_name()
    {
        const string Base = "public abstract class Smooth : ActivationAttribute { public static double Value(double x) => Math.Tanh(x); }";
        FormulaSource.Read(Base + " public sealed class Plain : Smooth;", "Plain").Type.ShouldBe("Plain");
        FormulaSource.Read(Base + " public sealed class AAttribute : Smooth;", "AAttribute").Value.Text.ShouldBe("Tanh x");
        FormulaSource.Read(Base + " public sealed class AAttribute : Smooth { public static new double Value(double x) => Math.Sin(x); }", "AAttribute").Value.Text.ShouldBe("Sin x");
    }

    [Fact]
    public void A_supplied_derivative_belongs_to_the_Value_beside_it()
    {
        const string Base = "public abstract class Smooth : ActivationAttribute { public static double Value(double x) => Math.Tanh(x); [Derivative] public static double Slope(double value) => 1 - value * value; }";
        FormulaSource.Read(Base + " public sealed class AAttribute : Smooth;", "AAttribute").Methods.Select(method => method.Name).ShouldBe(["Value", "Slope"]);
        FormulaSource.Read(Base + " public sealed class AAttribute : Smooth { public static new double Value(double x) => Math.Sin(x); }", "AAttribute").Methods.Select(method => method.Name).ShouldBe(["Value"]);
        FormulaSource.Read(Base + " public sealed class AAttribute : Smooth { [Derivative] public static double Own(double value) => 1 - value * value; }", "AAttribute").Methods.Select(method => method.Name).ShouldBe(["Value", "Own"]);
    }

    [Fact]
    public void A_nested_and_partial_class_is_read_once()
    {
        var formula = FormulaSource.Read("""
            namespace Some.Where
            {
                public static partial class Outer
                {
                    public sealed partial class InnerAttribute : ActivationAttribute { public static double Value(double x) => Half * x; }

                    public sealed partial class InnerAttribute : ActivationAttribute { private const double Half = 0.5; }
                }
            }
            """);
        formula.Type.ShouldBe("Some.Where.Outer+InnerAttribute");
        formula.Value.Text.ShouldBe("Multiply 0.5 x");
    }
}
