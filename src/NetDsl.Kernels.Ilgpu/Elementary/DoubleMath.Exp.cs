namespace NetDsl.Kernels.Ilgpu;

/// <content>Exponentials and what is made of them.</content>
public readonly partial struct DoubleMath
{
    /// <summary>e^x.</summary>
    public static double Exp(double x)
    {
        x = AtLeast(-746, AtMost(710, x));
        var n = Nearest(x * Log2E);
        return Scale(ExpM1Reduced(x - n * Ln2High - n * Ln2Low) + 1, n);
    }

    /// <summary>e^x − 1 without cancellation near 0; half of it first, because 2^n overflows before e^x does.</summary>
    public static double ExpM1(double x)
    {
        var bounded = AtLeast(-40, AtMost(710, x));
        var n = Nearest(bounded * Log2E);
        var r = bounded - n * Ln2High - n * Ln2Low;
        var scale = PowerOfTwo(n - 1);
        var half = scale * ExpM1Reduced(r) + (scale - 0.5);
        // Halves of the smallest numbers don't exist.
        return Abs(x) < 1e-30 ? x : half + half;
    }

    /// <summary>1/(1 + e^−x).</summary>
    public static double Sigmoid(double x)
    {
        // Of the two forms the one whose exponential is at most 1 loses nothing.
        var e = Exp(-Abs(x));
        var share = 1 / (1 + e);
        return x < 0 ? e * share : share;
    }

    /// <summary>tanh x = (1 − e^(−2|x|))/(1 + e^(−2|x|)) with the sign of x, the numerator without cancellation.</summary>
    public static double Tanh(double x)
    {
        var m = ExpM1(-2 * Abs(x));
        return CopySign(-m / (m + 2), x);
    }

    /// <summary>sinh x = (m + m/(m + 1))/2 with m = e^|x| − 1.</summary>
    public static double Sinh(double x)
    {
        var size = AtMost(712, Abs(x));
        // A quarter of the result's double, so that it overflows where sinh does.
        var half = 0.5 * Exp(0.5 * size);
        var large = 2 * half * half;
        var m = ExpM1(AtMost(700, size));
        return CopySign(size > 700 ? large : 0.5 * (m + m / (m + 1)), x);
    }

    /// <summary>cosh x = (e^|x| + e^−|x|)/2.</summary>
    public static double Cosh(double x)
    {
        var half = 0.5 * Exp(0.5 * AtMost(1424, Abs(x)));
        return double.IsNaN(x) ? x : 2 * half * half + 0.5 * Exp(-AtMost(746, Abs(x)));
    }

    // e^r − 1 = r + r²·P(r) for |r| ≤ ½ln 2.
    private static double ExpM1Reduced(double r)
    {
        var p = 2.5100424157005067e-08;
        p = p * r + 2.7620138719733994e-07;
        p = p * r + 2.7557268378684192e-06;
        p = p * r + 2.480152119021773e-05;
        p = p * r + 0.00019841269863105968;
        p = p * r + 0.0013888888917281794;
        p = p * r + 0.008333333333330051;
        p = p * r + 0.04166666666662399;
        p = p * r + 0.16666666666666669;
        p = p * r + 0.5000000000000001;
        return p * (r * r) + r;
    }
}
