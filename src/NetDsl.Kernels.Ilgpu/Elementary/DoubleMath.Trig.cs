namespace NetDsl.Kernels.Ilgpu;

/// <content>
/// Sine, cosine, tangent: to some units in the last place for |x| up to 2^20; beyond, the error is about that of an argument rounded to its last place, and from
/// 2^51 on, where neighbouring arguments lie half a radian apart, the result is any number that the function can take.
/// </content>
public readonly partial struct DoubleMath
{
    /// <summary>sin x.</summary>
    public static double Sin(double x)
    {
        var n = Nearest(x * 0.63661977236758138);
        var r = Reduced(x, n);
        return Quadrant(SinReduced(r), CosReduced(r), (long)n);
    }

    /// <summary>cos x = sin(x + π/2): a quadrant further on.</summary>
    public static double Cos(double x)
    {
        var n = Nearest(x * 0.63661977236758138);
        var r = Reduced(x, n);
        return Quadrant(SinReduced(r), CosReduced(r), (long)n + 1);
    }

    /// <summary>tan x = sin r/cos r, in the odd quadrants −cos r/sin r.</summary>
    public static double Tan(double x)
    {
        var n = Nearest(x * 0.63661977236758138);
        var r = Reduced(x, n);
        var (sin, cos) = (SinReduced(r), CosReduced(r));
        return ((long)n & 1) == 0 ? sin / cos : -cos / sin;
    }

    // x − n·π/2 in [−π/4, π/4], π/2 in two parts of 33 bits and the rest, so that multiples of the first two are exact.
    private static double Reduced(double x, double n) =>
        AtLeast(-0.7854, AtMost(0.7854, x - n * 1.5707963267341256 - n * 6.077100506303966e-11 - n * 2.0222662487959506e-21));

    private static double Quadrant(double sin, double cos, long quadrant)
    {
        var value = (quadrant & 1) == 0 ? sin : cos;
        return (quadrant & 2) == 0 ? value : -value;
    }

    private static double SinReduced(double r)
    {
        var z = r * r;
        var p = 1.5895417826452921e-10;
        p = p * z - 2.5050734229636096e-08;
        p = p * z + 2.7557313538106561e-06;
        p = p * z - 0.0001984126982935852;
        p = p * z + 0.0083333333333218407;
        p = p * z - 0.1666666666666663;
        return r * z * p + r;
    }

    private static double CosReduced(double r)
    {
        var z = r * r;
        var p = -1.1357335844838881e-11;
        p = p * z + 2.0875678073091823e-09;
        p = p * z - 2.755731401507305e-07;
        p = p * z + 2.4801587288295325e-05;
        p = p * z - 0.0013888888888872186;
        p = p * z + 0.041666666666666588;
        return z * (p * z - 0.5) + 1;
    }
}
