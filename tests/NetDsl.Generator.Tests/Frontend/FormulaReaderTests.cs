namespace NetDsl.Generator.Tests.Frontend;

/// <summary>What the methods of a formula are read as.</summary>
public class FormulaReaderTests
{
    /// <summary>Expressions of x and y.</summary>
    [Theory]
    [InlineData("x", "x")]
    [InlineData("+x - -y", "Add x y")]
    [InlineData("2 * x / (y + 1)", "%0=Multiply 2 x;%1=Add y 1;Divide %0 %1")]
    // Integers fold as C# folds them, real numbers as they are meant.
    [InlineData("x + 7 / 2", "Add x 3")]
    [InlineData("x + 7 / 2.0", "Add x 3.5")]
    [InlineData("x + (int)2.9 % 2", "x")]
    [InlineData("x + 0.1f", "Add x 0.1")]
    [InlineData("x * 1e-3F", "Multiply 0.001 x")]
    [InlineData("x + 1_000.5d", "Add x 1000.5")]
    [InlineData("x + 0x10", "Add x 16")]
    [InlineData("(float)x + (double)1 + (float)0.1", "Add x 1.1")]
    [InlineData("x + (default(double) + 1)", "Add x 1")]
    // Conditions.
    [InlineData("x > 0 ? x : y", "%0=Less 0 x;Select %0 x y")]
    [InlineData("x >= y ? 1 : 0", "%0=LessOrEqual y x;Select %0 1 0")]
    [InlineData("x == y ? x * x : y", "%0=Equal x y;%1=Power x 2;Select %0 %1 y")]
    [InlineData("x != y ? x * x : y", "%0=Equal x y;%1=Power x 2;Select %0 y %1")]
    [InlineData("!(x < y) ? x : y", "%0=Less x y;Select %0 y x")]
    [InlineData("x < 0 && y < 0 || x > 9 ? x : y", "%0=Less x 0;%1=Less y 0;%2=And %0 %1;%3=Less 9 x;%4=Or %2 %3;Select %4 x y")]
    [InlineData("x < 0 & y < 0 ? x : y", "%0=Less x 0;%1=Less y 0;%2=And %0 %1;Select %2 x y")]
    [InlineData("x < 0 ^ y < 0 ? x : y", "%0=Less x 0;%1=Less y 0;%2=And %0 %1;%3=Not %0;%4=Not %1;%5=And %3 %4;%6=Or %2 %5;Select %6 y x")]
    [InlineData("(x < 0 ? y < 0 : true) ? x : y", "%0=Less x 0;%1=Not %0;%2=Less y 0;%3=Or %1 %2;Select %3 x y")]
    [InlineData("x is > 0 and <= 3 ? x : y", "%0=Less 0 x;%1=LessOrEqual x 3;%2=And %0 %1;Select %2 x y")]
    [InlineData("x is not (1 or 2) ? x : y", "%0=Equal x 1;%1=Equal x 2;%2=Or %0 %1;Select %2 y x")]
    [InlineData("x switch { <= -3 => 0, >= 3 => y, _ => x }", "%0=LessOrEqual x -3;%1=LessOrEqual 3 x;%2=Select %1 y x;Select %0 0 %2")]
    [InlineData("x switch { < 0 when y > 0 => y, double.NaN => 7, >= 0 or < 0 => x }", "%0=Less x 0;%1=Less 0 y;%2=And %0 %1;%3=Equal x x;%4=Select %3 x 7;Select %2 y %4")]
    [InlineData("(x > 0) switch { true => x, false => y }", "%0=Less 0 x;Select %0 x y")]
    // Functions.
    [InlineData("Math.Abs(x) + Math.Sign(y)", "%0=Abs x;%1=Sign y;Add %0 %1")]
    [InlineData("Math.Sqrt(x) * Math.Cbrt(y)", "%0=Sqrt x;%1=Sign y;%2=Abs y;%3=Power %2 0.3333333333333333;%4=Multiply %1 %3;Multiply %0 %4")]
    [InlineData("Math.Exp(x) + Math.Log(y)", "%0=Exp x;%1=Log y;Add %0 %1")]
    [InlineData("Math.Log(x, y)", "%0=Log x;%1=Log y;Divide %0 %1")]
    [InlineData("Math.Log2(x)", "%0=Log x;Multiply 1.4426950408889634 %0")]
    [InlineData("Math.Log10(x)", "%0=Log x;Multiply 0.4342944819032518 %0")]
    [InlineData("double.LogP1(x) + double.ExpM1(y)", "%0=Log1P x;%1=ExpM1 y;Add %0 %1")]
    [InlineData("Math.Pow(x, y)", "Power x y")]
    [InlineData("Math.Sin(x) + Math.Cos(x) + Math.Tan(y)", "%0=Sin x;%1=Cos x;%2=Add %0 %1;%3=Tan y;Add %2 %3")]
    [InlineData("Math.Sinh(x) + Math.Cosh(x) + Math.Tanh(y)", "%0=Sinh x;%1=Cosh x;%2=Add %0 %1;%3=Tanh y;Add %2 %3")]
    [InlineData("Math.Min(x, 2) + Math.Max(0, y)", "%0=Min x 2;%1=Max y 0;Add %0 %1")]
    [InlineData("Math.Clamp(x, -1, y)", "%0=Max x -1;Min %0 y")]
    [InlineData("Math.FusedMultiplyAdd(x, y, 3)", "%0=Multiply x y;Add %0 3")]
    [InlineData("double.IsNaN(x) ? y : x", "%0=Equal x x;Select %0 x y")]
    [InlineData("Functions.Sigmoid(x) + Functions.Softplus(y)", "%0=Sigmoid x;%1=Softplus y;Add %0 %1")]
    [InlineData("Functions.LogSigmoid(x)", "%0=Negate x;%1=Softplus %0;Negate %1")]
    [InlineData("Functions.Erf(x) + Functions.NormalCdf(y)", "%0=Erf x;%1=NormalCdf y;Add %0 %1")]
    [InlineData("Functions.ExpM1(x) + Functions.Log1P(y)", "%0=ExpM1 x;%1=Log1P y;Add %0 %1")]
    [InlineData("Math.Pow(y: x, x: y)", "Power y x")]
    // Constants.
    [InlineData("Math.PI * x + Math.E + float.Pi", "%0=Multiply 3.141592653589793 x;Add %0 5.859874482048838")]
    [InlineData("x < double.PositiveInfinity ? x : y", "%0=Less x Infinity;Select %0 x y")]
    public void An_expression_is_read(string expression, string text) =>
        FormulaSource.Text($"public static double Value(double x, double y = 1) => {expression};").ShouldBe(text);

    /// <summary>Bodies of a method of x and y.</summary>
    [Theory]
    [InlineData("if (x < -3) return 0; if (x < 3) return x * y; return x;", "%0=Less x -3;%1=Less x 3;%2=Multiply x y;%3=Select %1 %2 x;Select %0 0 %3")]
    [InlineData("if (x < 0) { if (y < 0) return y; else return 2; } else return x;", "%0=Less x 0;%1=Less y 0;%2=Select %1 y 2;Select %0 %2 x")]
    [InlineData("if (x < 0) { if (y < 0) return y; y = 7; } else if (x > 5) return 5; return x + y;", "%0=Less x 0;%1=Less y 0;%2=Select %0 7 y;%3=Add x %2;%4=Select %1 y %3;%5=Less 5 x;%6=Select %5 5 %3;Select %0 %4 %6")]
    [InlineData("return x; y = 3; return y;", "x")]
    [InlineData("var d = Math.Abs(x - y); const double half = 1 / 2.0; double s = half * d; return s * d;", "%0=Subtract x y;%1=Power %0 2;Multiply 0.5 %1")]
    [InlineData("double z; if (x < y) z = x; else z = y; return z;", "%0=Less x y;Select %0 x y")]
    [InlineData("double z = 1; if (x < y) { z = x; return z + 1; } return z;", "%0=Less x y;%1=Add x 1;Select %0 %1 1")]
    [InlineData("var isSmall = x < 0; if (y < 0) isSmall = true; return isSmall ? 0 : x;", "%0=Less y 0;%1=Less x 0;%2=Or %0 %1;Select %2 0 x")]
    [InlineData("x += y; x *= 2; x -= 0.5f; x /= y; x++; --x; return x;", "%0=Add x y;%1=Multiply 2 %0;%2=Subtract %1 0.5;Divide %2 y")]
    [InlineData("int n = 3; n -= 1; return n * x;", "Multiply 2 x")]
    [InlineData("return Twice(x) + Twice(y); static double Twice(double u) => 2 * u;", "%0=Add x y;Multiply 2 %0")]
    [InlineData("{ ; } checked { return x; }", "x")]
    public void Statements_are_read(string body, string text) =>
        FormulaSource.Text($"#pragma warning disable CS0162\npublic static double Value(double x, double y = 1) {{ {body} }}").ShouldBe(text);

    /// <summary>Members of the class.</summary>
    [Theory]
    [InlineData("public static float Value(float x) => x / (1 + MathF.Exp(-x));", "%0=Sigmoid x;Multiply x %0")]
    [InlineData("internal static float Value(in float x) => 2f * x + MathF.PI;", "%0=Multiply 2 x;Add %0 3.141592653589793")]
    [InlineData("public static T Value<T>(T x) where T : System.Numerics.IFloatingPointIeee754<T> => T.One + T.CreateChecked(0.5f) * T.Exp(x) * T.Pi;", "%0=Exp x;%1=Multiply 1.5707963267948966 %0;Add 1 %1")]
    [InlineData("public static T Value<T>(T x) where T : System.Numerics.IFloatingPointIeee754<T> => x > T.Zero ? Functions.Sigmoid(x) : T.Clamp(x, -T.One, T.CreateSaturating(3 / 2));", "%0=Less 0 x;%1=Sigmoid x;%2=Max x -1;%3=Min %2 1;Select %0 %1 %3")]
    [InlineData("private const float Third = 1f / 3; private static readonly double Root = Math.Sqrt(2 * Third); public static double Value(double x) => Third * x + Root;", "%0=Multiply 0.3333333333333333 x;Add %0 0.816496580927726")]
    [InlineData("public static double Value(double x) => Square(Square(x) + Shift()); static double Square(double x) { x *= x; return x; } static float Shift(float by = 0.1f) => by;", "%0=Power x 2;%1=Add %0 0.1;Power %1 2")]
    [InlineData("public static double Value(double x) => Power(x, 3); static double Power(double x, int n) => Math.Pow(x, n);", "Power x 3")]
    [InlineData("public static double Value(double x) => IsPositive(x) ? x : 0; static bool IsPositive(double x) { if (x > 0) return true; return false; }", "%0=Less 0 x;Select %0 x 0")]
    [InlineData("public static double Value(double x) => Same(x); static T Same<T>(T x) where T : System.Numerics.INumber<T> => x + x;", "Multiply 2 x")]
    [InlineData("public static double Value(double x) => SiLUAttribute.Value(-x) + LeakyReLUAttribute.Value(x, 0.5);", "%0=Less 0 x;%1=Multiply 0.5 x;%2=Select %0 x %1;%3=Negate x;%4=Sigmoid %3;%5=Multiply x %4;Subtract %2 %5")]
    public void Members_are_read(string members, string text) => FormulaSource.Text(members).ShouldBe(text);

    [Fact]
    public void A_method_of_another_class_is_read() =>
        FormulaSource.Read("public sealed class FAttribute : ActivationAttribute { public static double Value(double x) => Mine.Half(x); } public static class Mine { public const double H = 0.5; public static double Half(double x) => H * x; }")
            .Value.Text.ShouldBe("Multiply 0.5 x");
}
