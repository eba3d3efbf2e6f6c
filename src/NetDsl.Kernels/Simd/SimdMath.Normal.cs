using System.Runtime.CompilerServices;

namespace NetDsl.Kernels.Simd;

/// <content>The normal distribution and the error function.</content>
internal static partial class SimdMath
{
    private const double RootTwo = 1.4142135623730950488;
    private const double InverseRootTwoPi = 0.39894228040143267794;

    /// <summary>Φ(x), below 0 as the tail Φ(−|x|), above 0 as 1 − tail.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V NormalCdf<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        // |0 − tail| or |1 − tail|: cheaper than a mask.
        var half = V.Create(0.5);
        return V.Abs(half + V.CopySign(half, x) - NormalTail<V, T>(NormalBounded<V, T>(x)));
    }

    /// <summary>φ(x) = e^(−x²/2)/√(2π). Beside <see cref="NormalCdf{V,T}"/> of the same x the JIT computes the exponential only once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V NormalPdf<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var e = GaussianM1<V, T>(NormalBounded<V, T>(x), out var scale);
        var peak = V.Create(InverseRootTwoPi * Unit);
        return scale * V.FusedMultiplyAdd(peak, e, peak);
    }

    /// <summary>erf x = x + x·P(x²) for |x| &lt; ¾, else ±(1 − 2Φ(−√2·|x|)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var size = V.AtMost(V.Create(10.0), V.Abs(x));
        var tail = NormalTail<V, T>(V.Create(RootTwo) * size);
        var far = V.CopySign(V.One - (tail + tail), x);
        return V.Select(V.LessThan(size, V.Create(0.75)), V.FusedMultiplyAdd(x, ErfPolynomial<V, T>(size * size), x), far);
    }

    /// <summary>|x|, bounded where Φ(−|x|) and φ(x) are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V NormalBounded<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.AtMost(Constant<V, T>(14.5, 38.7), V.Abs(x));

    /// <summary>
    /// e with e^(−u²/2) = scale·(1 + e)·<see cref="Unit"/> for bounded u. u² is subtracted in the multiply-add that reduces the exponent, so it is never
    /// rounded: the exponential would magnify that.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V GaussianM1<V, T>(V u, out V scale)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var n = RoundProduct<V, T>(V.Create(-0.5 * Log2E) * u, u, 64, out var bits);
        scale = PowerOfTwoFromBits<V, T>(bits);
        // The high part of ln 2 has 16 (42) bits, so that n times it is exact.
        var r = V.FusedMultiplyAdd(V.Create(-0.5) * u, u, n * Constant<V, T>(-0.693145751953125, -0.69314718055989033));
        return ExpM1Reduced<V, T>(V.FusedMultiplyAdd(n, Constant<V, T>(-1.4286068203094173e-06, -5.4979230187083712e-14), r));
    }

    /// <summary>
    /// Φ(−u) = e^(−u²/2)·P/Q with full relative accuracy, where Q = c·u·P + N: 1/Φ grows like √(2π)·u·e^(u²/2), so what is left for N stays small, and the
    /// rounding errors of P nearly cancel in the quotient. To 1e−8 (float), 3e−17 (double).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V NormalTail<V, T>(V u)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var e = GaussianM1<V, T>(u, out var scale);
        var p = TailNumerator<V, T>(u);
        var growth = Constant<V, T>(2.50659823 / Unit, 2.5066282746310007 / Unit);
        var q = V.FusedMultiplyAdd(u, V.FusedMultiplyAdd(growth, p, TailRest<V, T>(u)), Constant<V, T>(244.779252 / Unit, 3477356.5152673675 / Unit));
        p *= scale;
        return V.FusedMultiplyAdd(p, e, p) / q;
    }

    /// <summary>P(u).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V TailNumerator<V, T>(V u)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            var single = u + V.Create(9.89888954);
            single = Horner<V, T>(single, u, 44.7174416);
            single = Horner<V, T>(single, u, 107.112503);
            single = Horner<V, T>(single, u, 122.389626);
            return single;
        }
        var p = u + V.Create(29.986923638856108);
        p = Horner<V, T>(p, u, 444.02762982526838);
        p = Horner<V, T>(p, u, 4214.2399341267346);
        p = Horner<V, T>(p, u, 28160.692301926301);
        p = Horner<V, T>(p, u, 137814.06837212588);
        p = Horner<V, T>(p, u, 499339.49351827533);
        p = Horner<V, T>(p, u, 1323833.8743651928);
        p = Horner<V, T>(p, u, 2467590.4959039013);
        p = Horner<V, T>(p, u, 2945214.0948400162);
        p = Horner<V, T>(p, u, 1738678.2576336837);
        return p;
    }

    /// <summary>(N(u) − N(0))/u.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V TailRest<V, T>(V u)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            var single = V.Create(0.0019075704 / Unit);
            single = Horner<V, T>(single, u, 2.47067595 / Unit);
            single = Horner<V, T>(single, u, 25.3145237 / Unit);
            single = Horner<V, T>(single, u, 102.749031 / Unit);
            return single;
        }
        var p = V.Create(2.5066282744281176 / Unit);
        p = Horner<V, T>(p, u, 75.166070700815396 / Unit);
        p = Horner<V, T>(p, u, 1107.99895179191 / Unit);
        p = Horner<V, T>(p, u, 10413.201004087699 / Unit);
        p = Horner<V, T>(p, u, 68387.423414034609 / Unit);
        p = Horner<V, T>(p, u, 325073.38928232546 / Unit);
        p = Horner<V, T>(p, u, 1121423.3361667611 / Unit);
        p = Horner<V, T>(p, u, 2727581.4314603829 / Unit);
        p = Horner<V, T>(p, u, 4306737.1845483668 / Unit);
        return p;
    }

    /// <summary>P(z) ≈ erf(√z)/√z − 1 for z ≤ 9/16; erf √z to 2e−9 (float), 7e−17 (double).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ErfPolynomial<V, T>(V z)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            var single = V.Create(-0.000675647957);
            single = Horner<V, T>(single, z, 0.00511533211);
            single = Horner<V, T>(single, z, -0.0268351146);
            single = Horner<V, T>(single, z, 0.112833865);
            single = Horner<V, T>(single, z, -0.376126195);
            single = Horner<V, T>(single, z, 0.12837916709551257);
            return single;
        }
        var p = V.Create(-1.2711547089821422e-07);
        p = Horner<V, T>(p, z, 1.6044523839624666e-06);
        p = Horner<V, T>(p, z, -1.489862284147446e-05);
        p = Horner<V, T>(p, z, 0.00012054266028326731);
        p = Horner<V, T>(p, z, -0.0008548300832069432);
        p = Horner<V, T>(p, z, 0.005223977232952475);
        p = Horner<V, T>(p, z, -0.02686617061128781);
        p = Horner<V, T>(p, z, 0.11283791670806737);
        p = Horner<V, T>(p, z, -0.3761263890318123);
        p = Horner<V, T>(p, z, 0.12837916709551257);
        return p;
    }
}
