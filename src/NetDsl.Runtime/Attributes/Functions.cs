using System.Numerics;

namespace NetDsl;

/// <summary>Functions that networks use and <see cref="Math"/> lacks: for formulas, where the compiler knows their derivatives, and for code of your own.</summary>
/// <remarks>
/// In double precision all are accurate to six units in the last place; none overflows, underflows or cancels on the way. Other precisions round that result.
/// <code>
/// public sealed class MishAttribute : ActivationAttribute
/// {
///     public static double Value(double x) => x * Math.Tanh(Functions.Softplus(x));
/// }
/// </code>
/// </remarks>
public static class Functions
{
    // From here on, erfc is below the smallest double.
    private const double ErfcBound = 28;

    // From here on, φ is below the smallest double.
    private const double NormalBound = 39;

    private const double InverseRootTwoPi = 0.39894228040143267794;

    /// <summary>The logistic function σ(x) = 1/(1 + e⁻ˣ).</summary>
    /// <param name="x">Any number.</param>
    public static double Sigmoid(double x)
    {
        // The exponential of a negative number can't overflow.
        var e = Math.Exp(-Math.Abs(x));
        return (x >= 0 ? 1 : e) / (1 + e);
    }

    /// <inheritdoc cref="Sigmoid(double)"/>
    public static float Sigmoid(float x) => (float)Sigmoid((double)x);

    /// <inheritdoc cref="Sigmoid(double)"/>
    /// <typeparam name="T">Computed in double precision.</typeparam>
    public static T Sigmoid<T>(T x)
        where T : IFloatingPointIeee754<T>
        => T.CreateSaturating(Sigmoid(double.CreateSaturating(x)));

    /// <summary>log(1 + eˣ), a smooth rectifier.</summary>
    /// <param name="x">Any number.</param>
    public static double Softplus(double x) => Math.Max(x, 0) + Log1P(Math.Exp(-Math.Abs(x)));

    /// <inheritdoc cref="Softplus(double)"/>
    public static float Softplus(float x) => (float)Softplus((double)x);

    /// <inheritdoc cref="Softplus(double)"/>
    /// <typeparam name="T">Computed in double precision.</typeparam>
    public static T Softplus<T>(T x)
        where T : IFloatingPointIeee754<T>
        => T.CreateSaturating(Softplus(double.CreateSaturating(x)));

    /// <summary>log σ(x) = −log(1 + e⁻ˣ).</summary>
    /// <param name="x">Any number.</param>
    public static double LogSigmoid(double x) => -Softplus(-x);

    /// <inheritdoc cref="LogSigmoid(double)"/>
    public static float LogSigmoid(float x) => (float)LogSigmoid((double)x);

    /// <inheritdoc cref="LogSigmoid(double)"/>
    /// <typeparam name="T">Computed in double precision.</typeparam>
    public static T LogSigmoid<T>(T x)
        where T : IFloatingPointIeee754<T>
        => T.CreateSaturating(LogSigmoid(double.CreateSaturating(x)));

    /// <summary>The error function erf(x) = 2/√π·∫₀ˣ e^(−t²) dt.</summary>
    /// <param name="x">Any number.</param>
    /// <remarks>M. Abramowitz and I. A. Stegun, "Handbook of mathematical functions", 1964: 7.1.6 and 7.1.14.</remarks>
    public static double Erf(double x)
    {
        var a = Math.Abs(x);
        return a < 2 ? ErfSeries(x) : Math.CopySign(1 - Erfc(a, a * a, Math.FusedMultiplyAdd(a, a, -(a * a))), x);
    }

    /// <inheritdoc cref="Erf(double)"/>
    public static float Erf(float x) => (float)Erf((double)x);

    /// <inheritdoc cref="Erf(double)"/>
    /// <typeparam name="T">Computed in double precision.</typeparam>
    public static T Erf<T>(T x)
        where T : IFloatingPointIeee754<T>
        => T.CreateSaturating(Erf(double.CreateSaturating(x)));

    /// <summary>The normal distribution function Φ(x) = ½·(1 + erf(x/√2)), the share of a standard normal variable that lies below x.</summary>
    /// <param name="x">Any number.</param>
    public static double NormalCdf(double x)
    {
        var a = Math.Abs(x) / Math.Sqrt(2);
        if (a < 0.5)
            return 0.5 + 0.5 * ErfSeries(x / Math.Sqrt(2));
        // a² is x²/2, known to twice the digits: e^−a² magnifies its error.
        var tail = 0.5 * Erfc(a, 0.5 * x * x, 0.5 * Math.FusedMultiplyAdd(x, x, -(x * x)));
        return x > 0 ? 1 - tail : tail;
    }

    /// <inheritdoc cref="NormalCdf(double)"/>
    public static float NormalCdf(float x) => (float)NormalCdf((double)x);

    /// <inheritdoc cref="NormalCdf(double)"/>
    /// <typeparam name="T">Computed in double precision.</typeparam>
    public static T NormalCdf<T>(T x)
        where T : IFloatingPointIeee754<T>
        => T.CreateSaturating(NormalCdf(double.CreateSaturating(x)));

    /// <summary>The density of the standard normal distribution, φ(x) = e^(−x²/2)/√(2π), the derivative of <see cref="NormalCdf(double)"/>.</summary>
    /// <param name="x">Any number.</param>
    public static double NormalPdf(double x)
    {
        // The rounding error of x², which the exponential magnifies, is no number where x² overflows.
        if (Math.Abs(x) > NormalBound)
            return 0;
        var e = Math.Exp(-0.5 * (x * x));
        return InverseRootTwoPi * Math.FusedMultiplyAdd(-0.5 * e, Math.FusedMultiplyAdd(x, x, -(x * x)), e);
    }

    /// <inheritdoc cref="NormalPdf(double)"/>
    public static float NormalPdf(float x) => (float)NormalPdf((double)x);

    /// <inheritdoc cref="NormalPdf(double)"/>
    /// <typeparam name="T">Computed in double precision.</typeparam>
    public static T NormalPdf<T>(T x)
        where T : IFloatingPointIeee754<T>
        => T.CreateSaturating(NormalPdf(double.CreateSaturating(x)));

    /// <summary>eˣ − 1, with all digits near 0, where <c>Math.Exp(x) - 1</c> and <c>double.ExpM1(x)</c> have none left.</summary>
    /// <param name="x">Any number.</param>
    /// <remarks>W. Kahan's device, as in N. J. Higham, "Accuracy and stability of numerical algorithms", 2002, 1.14.1.</remarks>
    public static double ExpM1(double x)
    {
        var e = Math.Exp(x);
        if (e == 1)
            return x;
        return e < 0.25 || e > 4 || double.IsNaN(e) ? e - 1 : (e - 1) * x / Math.Log(e);
    }

    /// <inheritdoc cref="ExpM1(double)"/>
    public static float ExpM1(float x) => (float)ExpM1((double)x);

    /// <inheritdoc cref="ExpM1(double)"/>
    /// <typeparam name="T">Computed in double precision.</typeparam>
    public static T ExpM1<T>(T x)
        where T : IFloatingPointIeee754<T>
        => T.CreateSaturating(ExpM1(double.CreateSaturating(x)));

    /// <summary>log(1 + x), with all digits near 0, where <c>Math.Log(1 + x)</c> and <c>double.LogP1(x)</c> have none left.</summary>
    /// <param name="x">At least −1; the result is −∞ there and NaN below.</param>
    /// <remarks>W. Kahan's device, as in D. Goldberg, "What every computer scientist should know about floating-point arithmetic", 1991, theorem 4.</remarks>
    public static double Log1P(double x)
    {
        var sum = 1 + x;
        if (sum == 1)
            return x;
        return sum < 0.5 || sum > 2 || double.IsNaN(sum) ? Math.Log(sum) : Math.Log(sum) * x / (sum - 1);
    }

    /// <inheritdoc cref="Log1P(double)"/>
    public static float Log1P(float x) => (float)Log1P((double)x);

    /// <inheritdoc cref="Log1P(double)"/>
    /// <typeparam name="T">Computed in double precision.</typeparam>
    public static T Log1P<T>(T x)
        where T : IFloatingPointIeee754<T>
        => T.CreateSaturating(Log1P(double.CreateSaturating(x)));

    // erf x = 2/√π·e^(−x²)·Σ 2ⁿx²ⁿ⁺¹/(2n + 1)!!, whose terms have one sign.
    private static double ErfSeries(double x)
    {
        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    // √π·e^(a²)·erfc a = 1/(a + ½/(a + 1/(a + 3⁄2/(a + …)))), which converges the slower the smaller a is; near 0, erf leaves enough digits.
    private static double Erfc(double a, double square, double squareLow)
    {
        if (a < 0.8)
            return 1 - ErfSeries(a);
        if (a > ErfcBound)
            return 0;
        var fraction = a;
        for (var k = a < 2 ? 300 : 60; k >= 1; k--)
            fraction = a + k / 2.0 / fraction;
        var exponential = Math.Exp(-square);
        return Math.FusedMultiplyAdd(-exponential, squareLow, exponential) / (Math.Sqrt(Math.PI) * fraction);
    }
}
