using ILGPU;

namespace NetDsl.Kernels.Ilgpu;

/// <content>The normal distribution and the error function.</content>
public readonly partial struct DoubleMath
{
    private const double RootTwo = 1.4142135623730950488;

    /// <summary>Φ(x) = erfc(−x/√2)/2, the standard normal distribution function, with full relative accuracy in the negative tail.</summary>
    public static double NormalCdf(double x)
    {
        var tail = NormalTail(AtMost(38.7, Abs(x)));
        return x < 0 ? tail : double.IsNaN(x) ? x : 1 - tail;
    }

    /// <summary>φ(x) = e^(−x²/2)/√(2π), the standard normal density.</summary>
    public static double NormalPdf(double x) => 0.39894228040143267794 * Gaussian(AtMost(38.7, Abs(x)));

    /// <summary>erf x: x + x·P(x²) for |x| &lt; ¾, else ±(1 − 2Φ(−√2·|x|)).</summary>
    public static double Erf(double x)
    {
        var size = AtMost(10, Abs(x));
        var tail = NormalTail(RootTwo * size);
        var z = size * size;
        var p = -1.2711547089821422e-07;
        p = p * z + 1.6044523839624666e-06;
        p = p * z - 1.489862284147446e-05;
        p = p * z + 0.00012054266028326731;
        p = p * z - 0.0008548300832069432;
        p = p * z + 0.005223977232952475;
        p = p * z - 0.02686617061128781;
        p = p * z + 0.11283791670806737;
        p = p * z - 0.3761263890318123;
        p = p * z + 0.12837916709551257;
        return size < 0.75 ? x * p + x : double.IsNaN(x) ? x : CopySign(1 - (tail + tail), x);
    }

    // e^(−u²/2): u² in two parts, since the exponential magnifies its rounding error; the first has 26 bits of u, so that its square is exact.
    private static double Gaussian(double u)
    {
        // By its bits: a split by products would not survive their contraction with the sums.
        var high = Interop.IntAsFloat(Interop.FloatAsInt(u) & 0xFFFFFFFFF8000000u);
        var low = u - high;
        return Exp(-0.5 * high * high) * Exp(-low * (high + 0.5 * low));
    }

    // Φ(−u) = e^(−u²/2)·P/Q with full relative accuracy, where Q = c·u·P + N, as on the CPU.
    private static double NormalTail(double u)
    {
        var p = u + 29.986923638856108;
        p = p * u + 444.02762982526838;
        p = p * u + 4214.2399341267346;
        p = p * u + 28160.692301926301;
        p = p * u + 137814.06837212588;
        p = p * u + 499339.49351827533;
        p = p * u + 1323833.8743651928;
        p = p * u + 2467590.4959039013;
        p = p * u + 2945214.0948400162;
        p = p * u + 1738678.2576336837;
        var rest = 2.5066282744281176;
        rest = rest * u + 75.166070700815396;
        rest = rest * u + 1107.99895179191;
        rest = rest * u + 10413.201004087699;
        rest = rest * u + 68387.423414034609;
        rest = rest * u + 325073.38928232546;
        rest = rest * u + 1121423.3361667611;
        rest = rest * u + 2727581.4314603829;
        rest = rest * u + 4306737.1845483668;
        var q = u * (2.5066282746310007 * p + rest) + 3477356.5152673675;
        return Gaussian(u) * p / q;
    }
}
