using NetDsl.Generator.Formulas;

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
        FormulaSource.Read($"using System.ComponentModel.DataAnnotations; public sealed class FAttribute([{range}] double a) : ActivationAttribute {{ public double A => a; {Method}").Value.Parameters[1].Range.ShouldBe(expected);
        FormulaSource.Read($"using System.ComponentModel.DataAnnotations; public sealed class FAttribute : ActivationAttribute {{ [{range}] public double A {{ get; set; }} {Method}").Value.Parameters[1].Range.ShouldBe(expected);
    }

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
