using ILGPU;

namespace NetDsl.Kernels.Ilgpu;

/// <content>Logarithms and powers.</content>
public readonly partial struct DoubleMath
{
    /// <summary>ln x; −∞ at 0, NaN below.</summary>
    public static double Log(double x)
    {
        // Denormals are made normal first.
        var tiny = x < 2.2250738585072014e-308;
        var bits = Interop.FloatAsInt(tiny ? x * 18014398509481984.0 : x);
        // k and f with x = 2^k·(1 + f), 1 + f in [√½, √2): 0x3FE6A09E667F3BCD is √½.
        var exponent = (long)(bits - 0x3FE6A09E667F3BCDu) >> 52;
        var f = Interop.IntAsFloat(bits - (ulong)(exponent << 52)) - 1;
        var log = LogReduced(f, exponent - (tiny ? 54 : 0));
        return x > 0 ? x < double.PositiveInfinity ? log : x : x == 0 ? double.NegativeInfinity : double.NaN;
    }

    /// <summary>ln(1 + x) = ln u + c/u without cancellation near 0, with u = 1 + x rounded and c the rounding's error.</summary>
    public static double Log1P(double x)
    {
        var u = 1 + x;
        var difference = u - 1;
        var c = 1 - (u - difference) + (x - difference);
        var log = Log(u);
        return CopySign(u > 0 && u < double.PositiveInfinity ? log + c / u : log, x);
    }

    /// <summary>ln(1 + e^x) = max(x, 0) + ln(1 + e^−|x|), which never overflows.</summary>
    public static double Softplus(double x) => AtLeast(0, x) + Log1P(Exp(-Abs(x)));

    /// <summary>x^y = e^(y·ln |x|), whose relative error grows with |y·ln x|, by about 1.1e−16 a unit; a negative x takes integers y only and else gives NaN, x^0 = 1^y = 1.</summary>
    public static double Pow(double x, double y)
    {
        var size = Abs(x);
        var power = Exp(AtLeast(-1e300, AtMost(1e300, y)) * Log(size));
        var floor = Math.Floor(y);
        var halfFloor = Math.Floor(0.5 * y);
        var isInteger = floor == y;
        var isOdd = isInteger & (halfFloor + halfFloor != y);
        power = isOdd & (x < 0) ? -power : power;
        power = !isInteger & (x < 0) & (size < double.PositiveInfinity) ? double.NaN : power;
        return y == 0 | x == 1 ? 1 : power;
    }

    // k·ln 2 + ln(1 + f), with s = f/(2 + f): ln(1 + f) = 2·artanh s = f − s·(f − s²·P(s²)).
    private static double LogReduced(double f, double k)
    {
        var s = f / (2 + f);
        var z = s * s;
        var p = 0.14795599091362263;
        p = p * z + 0.15314089953785148;
        p = p * z + 0.18183562594430394;
        p = p * z + 0.22222198610752317;
        p = p * z + 0.28571428741971938;
        p = p * z + 0.39999999999416835;
        p = p * z + 0.6666666666666734;
        var tail = k * Ln2Low - s * (f - z * p);
        return k * Ln2High + (f + tail);
    }
}
