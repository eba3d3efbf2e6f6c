using ILGPU;

namespace NetDsl.Kernels.Ilgpu;

/// <content>The normal distribution and the error function.</content>
public readonly partial struct SingleMath
{
    private const float RootTwo = 1.41421356f;

    /// <summary>Φ(x) = erfc(−x/√2)/2, the standard normal distribution function, with full relative accuracy in the negative tail.</summary>
    public static float NormalCdf(float x)
    {
        var tail = NormalTail(AtMost(14.5f, Abs(x)));
        return x < 0 ? tail : float.IsNaN(x) ? x : 1 - tail;
    }

    /// <summary>φ(x) = e^(−x²/2)/√(2π), the standard normal density.</summary>
    public static float NormalPdf(float x) => 0.398942280f * Gaussian(AtMost(14.5f, Abs(x)));

    /// <summary>erf x: x + x·P(x²) for |x| &lt; ¾, else ±(1 − 2Φ(−√2·|x|)).</summary>
    public static float Erf(float x)
    {
        var size = AtMost(10, Abs(x));
        var tail = NormalTail(RootTwo * size);
        var z = size * size;
        var p = -0.000675647957f;
        p = p * z + 0.00511533211f;
        p = p * z - 0.0268351146f;
        p = p * z + 0.112833865f;
        p = p * z - 0.376126195f;
        p = p * z + 0.128379167f;
        return size < 0.75f ? x * p + x : float.IsNaN(x) ? x : CopySign(1 - (tail + tail), x);
    }

    // e^(−u²/2): u² in two parts, since the exponential magnifies its rounding error; the first has 12 bits of u, so that its square is exact.
    private static float Gaussian(float u)
    {
        // By its bits: a split by products would not survive their contraction with the sums.
        var high = Interop.IntAsFloat(Interop.FloatAsInt(u) & 0xFFFFF000u);
        var low = u - high;
        return Exp(-0.5f * high * high) * Exp(-low * (high + 0.5f * low));
    }

    // Φ(−u) = e^(−u²/2)·P/Q with full relative accuracy, where Q = c·u·P + N, as on the CPU.
    private static float NormalTail(float u)
    {
        var p = u + 9.89888954f;
        p = p * u + 44.7174416f;
        p = p * u + 107.112503f;
        p = p * u + 122.389626f;
        var rest = 0.0019075704f;
        rest = rest * u + 2.47067595f;
        rest = rest * u + 25.3145237f;
        rest = rest * u + 102.749031f;
        var q = u * (2.50659823f * p + rest) + 244.779252f;
        return Gaussian(u) * p / q;
    }
}
