namespace NetDsl.Kernels.Ilgpu;

/// <content>Exponentials and what is made of them.</content>
public readonly partial struct SingleMath
{
    /// <summary>e^x.</summary>
    public static float Exp(float x)
    {
        x = AtLeast(-104, AtMost(89, x));
        var n = Nearest(x * Log2E);
        return Scale(ExpM1Reduced(x - n * Ln2High - n * Ln2Low) + 1, n);
    }

    /// <summary>e^x − 1 without cancellation near 0; half of it first, because 2^n overflows before e^x does.</summary>
    public static float ExpM1(float x)
    {
        var bounded = AtLeast(-40, AtMost(89, x));
        var n = Nearest(bounded * Log2E);
        var r = bounded - n * Ln2High - n * Ln2Low;
        var scale = PowerOfTwo(n - 1);
        var half = scale * ExpM1Reduced(r) + (scale - 0.5f);
        // Halves of the smallest numbers don't exist.
        return Abs(x) < 1e-30f ? x : half + half;
    }

    /// <summary>1/(1 + e^−x).</summary>
    public static float Sigmoid(float x)
    {
        // Of the two forms the one whose exponential is at most 1 loses nothing.
        var e = Exp(-Abs(x));
        var share = 1 / (1 + e);
        return x < 0 ? e * share : share;
    }

    /// <summary>tanh x = (1 − e^(−2|x|))/(1 + e^(−2|x|)) with the sign of x, the numerator without cancellation.</summary>
    public static float Tanh(float x)
    {
        var m = ExpM1(-2 * Abs(x));
        return CopySign(-m / (m + 2), x);
    }

    /// <summary>sinh x = (m + m/(m + 1))/2 with m = e^|x| − 1.</summary>
    public static float Sinh(float x)
    {
        var size = AtMost(90, Abs(x));
        // A quarter of the result's double, so that it overflows where sinh does.
        var half = 0.5f * Exp(0.5f * size);
        var large = 2 * half * half;
        var m = ExpM1(AtMost(80, size));
        return CopySign(size > 80 ? large : 0.5f * (m + m / (m + 1)), x);
    }

    /// <summary>cosh x = (e^|x| + e^−|x|)/2.</summary>
    public static float Cosh(float x)
    {
        var half = 0.5f * Exp(0.5f * AtMost(180, Abs(x)));
        return float.IsNaN(x) ? x : 2 * half * half + 0.5f * Exp(-AtMost(104, Abs(x)));
    }

    // e^r − 1 = r + r²·P(r) for |r| ≤ ½ln 2.
    private static float ExpM1Reduced(float r)
    {
        var p = 0.00139262135f;
        p = p * r + 0.00836320297f;
        p = p * r + 0.0416665544f;
        p = p * r + 0.166665768f;
        p = p * r + 0.5f;
        return p * (r * r) + r;
    }
}
