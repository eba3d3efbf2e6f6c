using System.Runtime.CompilerServices;

namespace NetDsl.Kernels.Simd;

/// <content>Hyperbolic functions: sinh, cosh, tanh.</content>
internal static partial class SimdMath
{
    /// <summary>sinh |x| = h + h/(2h + 1) with h = (e^|x| − 1)/2, which overflows where sinh does; a quarter of e^|x| first, because 2^n overflows earlier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sinh<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var size = V.Abs(x);
        var quarter = ScaledExpM1<V, T>(V.AtMost(HyperbolicBound<V, T>(), size), 0.25);
        var half = quarter + quarter;
        // h/(2h + 1) is ½ for all large h, but not ∞/∞.
        var bounded = V.AtMost(V.Create(1e30), half);
        var sinh = half + bounded / (bounded + bounded + V.One);
        return V.CopySign(V.Select(V.LessThan(size, V.Create(TinyLinear)), size, sinh), x);
    }

    /// <summary>cosh x = e^|x|/2 + e^−|x|/2, from a quarter of e^|x|, because 2^n overflows before cosh does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cosh<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var r = ReduceByLn2<V, T>(V.AtMost(HyperbolicBound<V, T>(), V.Abs(x)), out var n, out _);
        var quarter = V.Scale(ExpM1Reduced<V, T>(r) + V.One, n - V.Create(2.0));
        return quarter + quarter + V.Create(0.125) / quarter;
    }

    /// <summary>
    /// With |x| = n·½ln 2 + r, h = 2^n/2 and c = r·coth r, e^2|x| = 2h·(c + r)/(c − r). So tanh |x| = q/(q + c − r) with q = (h − ½)·c + (h + ½)·r: one
    /// division, and c, an even function, needs half the terms of e^r. It is 1 to the last bit from the bound on.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var size = V.AtMost(Constant<V, T>(10, 20), V.Abs(x));
        // n is 0 for a while longer than by rounding, because the difference in q magnifies errors where n is 1 and r is far below 0.
        var n = RoundProduct<V, T>(size - V.Create(0.0825), 2 * Log2E, out var bits);
        // ln 2 in one part: n is small, and where it isn't, tanh is nearly 1 and hides the error.
        var r = V.FusedMultiplyAdd(n, Constant<V, T>(-0.5 * Ln2HighSingle, -0.5 * Ln2HighDouble), size);
        var c = CothPolynomial<V, T>(r * r);
        var half = V.Create(0.5);
        var h = PowerOfTwoFromBits<V, T>(bits - V.One);
        var q = V.FusedMultiplyAdd(h - half, c, (h + half) * r);
        return V.CopySign(q / (q + (c - r)), x);
    }

    /// <summary>Beyond ln(2·max), where sinh and cosh overflow, but a quarter of 2^n does not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V HyperbolicBound<V, T>()
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => Constant<V, T>(89.5, 710.6);

    /// <summary>P(z) ≈ √z·coth √z for √z ≤ ¼ln 2 + 0.0825 to 2e−8 (float), 2e−19 (double).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V CothPolynomial<V, T>(V z)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            var single = V.Create(-0.0220307242);
            single = Horner<V, T>(single, z, 0.333329469);
            single = Horner<V, T>(single, z, 1);
            return single;
        }
        var p = V.Create(-1.0330464409636176e-09 * 2048);
        p = Horner<V, T>(p, z, 4.1745177996636152e-08 * 512);
        p = Horner<V, T>(p, z, -1.6534377161330794e-06 * 128);
        p = Horner<V, T>(p, z, 6.6137566012572594e-05 * 32);
        p = Horner<V, T>(p, z, -0.0027777777777728101 * 8);
        p = Horner<V, T>(p, z, 0.1666666666666666 * 2);
        p = Horner<V, T>(p, z, 1);
        return p;
    }
}
