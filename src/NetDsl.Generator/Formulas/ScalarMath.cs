using System;

namespace NetDsl.Generator.Formulas;

/// <summary>Elementary functions that <see cref="Math"/> of this framework lacks, in double precision.</summary>
internal static class ScalarMath
{
    /// <summary>e^x − 1 without cancellation: Kahan's form with the logarithm of the rounded exponential.</summary>
    public static double ExpM1(double x)
    {
        var e = Math.Exp(x);
        if (e == 1)
            return x;
        return e - 1 == -1 || double.IsInfinity(e) || double.IsNaN(e) ? e - 1 : (e - 1) * x / Math.Log(e);
    }

    /// <summary>ln(1 + x) without cancellation, by the same device.</summary>
    public static double Log1P(double x)
    {
        var sum = 1 + x;
        return sum == 1 || double.IsInfinity(sum) ? x : Math.Log(sum) * x / (sum - 1);
    }

    public static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    public static double Softplus(double x) => x > 0 ? x + Log1P(Math.Exp(-x)) : Log1P(Math.Exp(x));

    public static double Erf(double x)
    {
        if (double.IsNaN(x))
            return x;
        return Math.Abs(x) < 2 ? Series(x) : Math.Sign(x) * (1 - Tail(Math.Abs(x)));
    }

    /// <summary>Φ(x) = erfc(−x/√2)/2.</summary>
    public static double NormalCdf(double x)
    {
        var z = -x / Math.Sqrt(2);
        if (double.IsNaN(z))
            return z;
        if (Math.Abs(z) < 2)
            return 0.5 * (1 - Series(z));
        return z > 0 ? 0.5 * Tail(z) : 1 - 0.5 * Tail(-z);
    }

    /// <summary>φ(x) = e^(−x²/2)/√(2π).</summary>
    public static double NormalPdf(double x) => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);

    // erf x = 2/√π·Σ 2ⁿx²ⁿ⁺¹e^(−x²)/(2n+1)!!, whose terms are all of one sign: Abramowitz and Stegun 7.1.6.
    private static double Series(double x)
    {
        var term = x;
        var sum = x;
        for (var n = 1; n < 200 && Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    // erfc x as a continued fraction for x ≥ 2: Abramowitz and Stegun 7.1.14.
    private static double Tail(double x)
    {
        if (double.IsPositiveInfinity(x))
            return 0;
        var fraction = x;
        for (var k = 60; k >= 1; k--)
            fraction = x + k / 2.0 / fraction;
        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * fraction);
    }
}
