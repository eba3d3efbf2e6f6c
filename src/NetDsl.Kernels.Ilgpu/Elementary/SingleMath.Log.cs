using ILGPU;

namespace NetDsl.Kernels.Ilgpu;

/// <content>Logarithms and powers.</content>
public readonly partial struct SingleMath
{
    /// <summary>ln x; −∞ at 0, NaN below.</summary>
    public static float Log(float x)
    {
        // Denormals are made normal first.
        var tiny = x < 1.17549435e-38f;
        var bits = Interop.FloatAsInt(tiny ? x * 16777216f : x);
        // k and f with x = 2^k·(1 + f), 1 + f in [√½, √2): 0x3F3504F3 is √½.
        var exponent = (int)(bits - 0x3F3504F3u) >> 23;
        var f = Interop.IntAsFloat(bits - (uint)(exponent << 23)) - 1;
        var log = LogReduced(f, exponent - (tiny ? 24 : 0));
        return x > 0 ? x < float.PositiveInfinity ? log : x : x == 0 ? float.NegativeInfinity : float.NaN;
    }

    /// <summary>ln(1 + x) = ln u + c/u without cancellation near 0, with u = 1 + x rounded and c the rounding's error.</summary>
    public static float Log1P(float x)
    {
        var u = 1 + x;
        var difference = u - 1;
        var c = 1 - (u - difference) + (x - difference);
        var log = Log(u);
        return CopySign(u > 0 && u < float.PositiveInfinity ? log + c / u : log, x);
    }

    /// <summary>ln(1 + e^x) = max(x, 0) + ln(1 + e^−|x|), which never overflows.</summary>
    public static float Softplus(float x) => AtLeast(0, x) + Log1P(Exp(-Abs(x)));

    /// <summary>x^y = e^(y·ln |x|), whose relative error grows with |y·ln x|, by about 6e−8 a unit; a negative x takes integers y only and else gives NaN, x^0 = 1^y = 1.</summary>
    public static float Pow(float x, float y)
    {
        var size = Abs(x);
        var power = Exp(AtLeast(-1e30f, AtMost(1e30f, y)) * Log(size));
        var floor = MathF.Floor(y);
        var halfFloor = MathF.Floor(0.5f * y);
        var isInteger = floor == y;
        var isOdd = isInteger & (halfFloor + halfFloor != y);
        power = isOdd & (x < 0) ? -power : power;
        power = !isInteger & (x < 0) & (size < float.PositiveInfinity) ? float.NaN : power;
        return y == 0 | x == 1 ? 1 : power;
    }

    // k·ln 2 + ln(1 + f), with s = f/(2 + f): ln(1 + f) = 2·artanh s = f − s·(f − s²·P(s²)).
    private static float LogReduced(float f, float k)
    {
        var s = f / (2 + f);
        var z = s * s;
        var p = 0.298708409f;
        p = p * z + 0.399775833f;
        p = p * z + 0.666667759f;
        var tail = k * Ln2Low - s * (f - z * p);
        return k * Ln2High + (f + tail);
    }
}
