namespace NetDsl.Generator.Tests.Reference;

/// <summary>Functions that .NET lacks, in double precision, written from their definitions and apart from the kernels.</summary>
internal static class ScalarMath
{
    public static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    public static double Softplus(double x) => Math.Max(x, 0) + double.LogP1(Math.Exp(-Math.Abs(x)));

    /// <summary>Φ(x), the standard normal distribution.</summary>
    public static double NormalCdf(double x) => x < -3 ? 0.5 * Tail(-x / Math.Sqrt(2)) : 0.5 * (1 + Erf(x / Math.Sqrt(2)));

    /// <summary>φ(x), its density.</summary>
    public static double NormalPdf(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);

    public static double Erf(double x)
    {
        if (Math.Abs(x) > 2.1)
            return Math.Sign(x) * (1 - Tail(Math.Abs(x)));
        var (sum, power) = (0.0, x);
        for (var k = 0; k < 60; k++)
        {
            sum += power / (2 * k + 1);
            power *= -x * x / (k + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    // erfc by its continued fraction, evaluated from the end.
    private static double Tail(double x)
    {
        var rest = 0.0;
        for (var k = 100; k >= 1; k--)
            rest = k / 2.0 / (x + rest);
        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * (x + rest));
    }
}
