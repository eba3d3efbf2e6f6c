namespace NetDsl.Kernels.Ilgpu;

/// <content>
/// Sine, cosine, tangent: to some units in the last place for |x| up to 8192; beyond, the error is about that of an argument rounded to its last place, and from
/// 2^22 on, where neighbouring arguments lie further apart than a radian, the result is any number that the function can take.
/// </content>
public readonly partial struct SingleMath
{
    /// <summary>sin x.</summary>
    public static float Sin(float x)
    {
        var n = Nearest(x * 0.636619772f);
        var r = Reduced(x, n);
        return Quadrant(SinReduced(r), CosReduced(r), (int)n);
    }

    /// <summary>cos x = sin(x + π/2): a quadrant further on.</summary>
    public static float Cos(float x)
    {
        var n = Nearest(x * 0.636619772f);
        var r = Reduced(x, n);
        return Quadrant(SinReduced(r), CosReduced(r), (int)n + 1);
    }

    /// <summary>tan x = sin r/cos r, in the odd quadrants −cos r/sin r.</summary>
    public static float Tan(float x)
    {
        var n = Nearest(x * 0.636619772f);
        var r = Reduced(x, n);
        var (sin, cos) = (SinReduced(r), CosReduced(r));
        return ((int)n & 1) == 0 ? sin / cos : -cos / sin;
    }

    // x − n·π/2 in [−π/4, π/4], π/2 in three parts of 11 bits and the rest, so that multiples of the first two are exact.
    private static float Reduced(float x, float n) => AtLeast(-0.7854f, AtMost(0.7854f, x - n * 1.5703125f - n * 4.837512969970703125e-4f - n * 7.54978995489188216e-8f));

    private static float Quadrant(float sin, float cos, int quadrant)
    {
        var value = (quadrant & 1) == 0 ? sin : cos;
        return (quadrant & 2) == 0 ? value : -value;
    }

    private static float SinReduced(float r)
    {
        var z = r * r;
        var p = -0.000195078988f;
        p = p * z + 0.00833210628f;
        p = p * z - 0.166666538f;
        return r * z * p + r;
    }

    private static float CosReduced(float r)
    {
        var z = r * r;
        var p = 2.44311959e-05f;
        p = p * z - 0.00138873036f;
        p = p * z + 0.0416666456f;
        return z * (p * z - 0.5f) + 1;
    }
}
