namespace NetDsl.Kernels.Tests.Simd;

/// <summary>
/// A number as the unevaluated sum of two doubles, 106 bits, and elementary functions on it by series that share nothing with those under test: the
/// reference for doubles. T. J. Dekker, "A Floating-Point Technique for Extending the Available Precision", Numerische Mathematik 18 (1971).
/// </summary>
internal readonly record struct DoubleDouble(double High, double Low)
{
    public static readonly DoubleDouble Pi = new(3.141592653589793, 1.2246467991473532e-16);
    private static readonly DoubleDouble Ln2 = new(0.6931471805599453, 2.3190468138462996e-17);
    private static readonly DoubleDouble One = 1;

    // Terms smaller than this, relative to the sum, change nothing.
    private const double Negligible = 1e-33;

    public static implicit operator DoubleDouble(double value) => new(value, 0);

    public static DoubleDouble operator +(DoubleDouble a, DoubleDouble b)
    {
        var (high, low) = TwoSum(a.High, b.High);
        var (t, u) = TwoSum(a.Low, b.Low);
        (high, low) = QuickTwoSum(high, low + t);
        return QuickTwoSum(high, low + u);
    }

    public static DoubleDouble operator -(DoubleDouble a) => new(-a.High, -a.Low);

    public static DoubleDouble operator -(DoubleDouble a, DoubleDouble b) => a + -b;

    public static DoubleDouble operator *(DoubleDouble a, DoubleDouble b)
    {
        var high = a.High * b.High;
        return QuickTwoSum(high, Math.FusedMultiplyAdd(a.High, b.High, -high) + (a.High * b.Low + a.Low * b.High));
    }

    public static DoubleDouble operator /(DoubleDouble a, DoubleDouble b)
    {
        var first = a.High / b.High;
        var rest = a - b * first;
        var second = rest.High / b.High;
        rest -= b * second;
        return QuickTwoSum(first, second) + rest.High / b.High;
    }

    public static DoubleDouble Exp(DoubleDouble x)
    {
        var n = Math.Round(x.High / Ln2.High);
        var e = One + ExpM1Series(x - Ln2 * n);
        return new(Math.ScaleB(e.High, (int)n), Math.ScaleB(e.Low, (int)n));
    }

    public static DoubleDouble ExpM1(DoubleDouble x) => Math.Abs(x.High) < 0.5 ? ExpM1Series(x) : Exp(x) - 1;

    public static DoubleDouble Log(DoubleDouble x)
    {
        if (Math.Abs(x.High - 1) < 0.1)
            return Log1P(x - 1);
        // One step of Halley's iteration on e^y = x triples the digits of a double's logarithm.
        DoubleDouble y = Math.Log(x.High);
        var e = Exp(y);
        return y + 2 * (x - e) / (x + e);
    }

    public static DoubleDouble Log1P(DoubleDouble x)
    {
        if (Math.Abs(x.High) >= 0.1)
            return Log(One + x);
        var s = x / (2 + x);
        return 2 * s * Sum(s * s, 20, k => One / (2 * k + 1));
    }

    public static DoubleDouble Sinh(DoubleDouble x) => Math.Abs(x.High) < 0.5 ? (ExpM1(x) - ExpM1(-x)) * 0.5 : (Exp(x) - Exp(-x)) * 0.5;

    public static DoubleDouble Cosh(DoubleDouble x) => (Exp(x) + Exp(-x)) * 0.5;

    public static DoubleDouble Tanh(DoubleDouble x)
    {
        var q = ExpM1(2 * x);
        return q / (q + 2);
    }

    public static DoubleDouble Sin(double x) => SinCos(x, 0);

    public static DoubleDouble Cos(double x) => SinCos(x, 1);

    public static DoubleDouble Tan(double x) => Sin(x) / Cos(x);

    /// <summary>erf x = 2x/√π·e^−x²·Σ (2x²)^k/(2k + 1)!!, all of whose terms are positive.</summary>
    public static DoubleDouble Erf(double x)
    {
        if (Math.Abs(x) > 6)
            return Math.Sign(x);
        var square = (DoubleDouble)x * x;
        var term = One;
        var sum = One;
        for (var k = 1; term.High > sum.High * Negligible; k++)
        {
            term = term * (2 * square) / (2 * k + 1);
            sum += term;
        }
        return 2 * (DoubleDouble)x / Sqrt(Pi) * Exp(-square) * sum;
    }

    /// <summary>Φ(x), in the tails φ(x)·1/(|x| + 1/(|x| + 2/(|x| + …))).</summary>
    public static DoubleDouble NormalCdf(double x)
    {
        if (Math.Abs(x) < 4)
        {
            var square = (DoubleDouble)x * x;
            var term = (DoubleDouble)x;
            var sum = term;
            for (var k = 1; Math.Abs(term.High) > Math.Abs(sum.High) * Negligible; k++)
            {
                term = term * square / (2 * k + 1);
                sum += term;
            }
            return 0.5 + sum * NormalPdf(x);
        }
        DoubleDouble fraction = Math.Abs(x);
        for (var k = 200; k > 0; k--)
            fraction = Math.Abs(x) + k / fraction;
        var tail = NormalPdf(x) / fraction;
        return x < 0 ? tail : 1 - tail;
    }

    public static DoubleDouble NormalPdf(double x) => Exp((DoubleDouble)x * x * -0.5) / Sqrt(2 * Pi);

    private static DoubleDouble Sqrt(DoubleDouble x)
    {
        DoubleDouble root = Math.Sqrt(x.High);
        return root + (x - root * root) / (2 * root);
    }

    /// <summary>e^x − 1 for small x: its series at x/256, squared eight times.</summary>
    private static DoubleDouble ExpM1Series(DoubleDouble x)
    {
        var r = x * (1.0 / 256);
        var term = r;
        var e = r;
        for (var k = 2; k < 16; k++)
        {
            term = term * r / k;
            e += term;
        }
        for (var i = 0; i < 8; i++)
            e *= 2 + e;
        return e;
    }

    /// <summary>sin(x + quadrants·π/2), π/2 in three parts for |x| up to 2^30.</summary>
    private static DoubleDouble SinCos(double x, int quadrants)
    {
        var n = Math.Round(x / (Math.PI / 2));
        var r = (DoubleDouble)x - (DoubleDouble)n * 1.5707963267948966 - (DoubleDouble)n * 6.123233995736766e-17 - (DoubleDouble)n * -1.4973849048591698e-33;
        var square = -(r * r);
        var quadrant = ((long)n + quadrants) & 3;
        var term = (quadrant & 1) == 0 ? r : One;
        var sum = term;
        for (var k = (quadrant & 1) == 0 ? 2 : 1; k < 34; k += 2)
        {
            term = term * square / (k * (k + 1));
            sum += term;
        }
        return (quadrant & 2) == 0 ? sum : -sum;
    }

    private static DoubleDouble Sum(DoubleDouble x, int terms, Func<int, DoubleDouble> coefficient)
    {
        var sum = coefficient(terms);
        for (var k = terms - 1; k >= 0; k--)
            sum = sum * x + coefficient(k);
        return sum;
    }

    private static (double High, double Low) TwoSum(double a, double b)
    {
        var sum = a + b;
        var other = sum - a;
        return (sum, a - (sum - other) + (b - other));
    }

    private static DoubleDouble QuickTwoSum(double a, double b)
    {
        var sum = a + b;
        return new(sum, b - (sum - a));
    }
}
