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
        var e = GaussianM1<V, T>(NormalBounded<V, T>(x), out var n);
        var peak = V.Create(InverseRootTwoPi);
        return V.Scale(V.FusedMultiplyAdd(peak, e, peak), n);
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

    /// <summary>e with e^(−u²/2) = 2^n·(1 + e) for bounded u. The exponent has two parts, because the exponential magnifies its error.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V GaussianM1<V, T>(V u, out V n)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var half = V.Create(-0.5) * u;
        var high = half * u;
        var low = V.FusedMultiplyAdd(half, u, -high);
        n = RoundProduct<V, T>(high, Log2E, out _);
        var r = V.FusedMultiplyAdd(n, Constant<V, T>(-Ln2HighSingle, -Ln2HighDouble), high);
        var rLow = V.FusedMultiplyAdd(n, Constant<V, T>(-Ln2LowSingle, -Ln2LowDouble), low);
        var sum = r + rLow;
        return r + V.FusedMultiplyAdd(ExpPolynomial<V, T>(sum), sum * sum, rLow);
    }

    /// <summary>
    /// Φ(−u) = e^(−u²/2)·y·Q(t) with full relative accuracy, y = k/(u + k). With t = 1 − 2y = (u − k)/(u + k), Q is nearly straight and a polynomial: after
    /// M. M. Shepherd and J. G. Laframboise, "Chebyshev Approximation of (1 + 2x)exp(x²)erfc x in 0 ≤ x &lt; ∞", Mathematics of Computation 36 (1981),
    /// with a weight that shares the division with t.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V NormalTail<V, T>(V u)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var e = GaussianM1<V, T>(u, out var n);
        var k = Constant<V, T>(3.25, 4.0625);
        var sum = u + k;
        var y = k / sum;
        var t = V.FusedMultiplyAdd(V.Create(-2.0), y, V.One);
        var slope = TailPolynomial<V, T>(t);
        var constant = Constant<V, T>(0.226904124, 0.18619433941001975);
        var q = V.FusedMultiplyAdd(slope, t, constant);
        var w = y * q;
        // What rounding took from q and from w.
        var wLow = V.FusedMultiplyAdd(y, V.FusedMultiplyAdd(slope, t, constant - q), V.FusedMultiplyAdd(y, q, -w));
        // The rounding of u + k and of y took rest/k from y, relatively; in y·Q(1 − 2y) that counts more, by a factor near a straight line in y.
        var rest = V.FusedMultiplyAdd(-y, u - (sum - k), V.FusedMultiplyAdd(-y, sum, k));
        rest *= V.FusedMultiplyAdd(Constant<V, T>(0.535338, 0.581496), y, Constant<V, T>(0.27003, 0.185522));
        e = V.FusedMultiplyAdd(rest, V.One + e, e);
        return V.Scale(w + V.FusedMultiplyAdd(w, e, wLow), n);
    }

    /// <summary>(Q(t) − Q(0))/t with Q(t) ≈ (u + k)/k·e^(u²/2)·Φ(−u) to 1e−8 (float), 2e−17 (double); Q(−1) = ½.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V TailPolynomial<V, T>(V t)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            var single = V.Create(3.92449583e-05);
            single = Horner<V, T>(single, t, 4.41460288e-05);
            single = Horner<V, T>(single, t, -0.000323535496);
            single = Horner<V, T>(single, t, -0.000358122983);
            single = Horner<V, T>(single, t, 0.00255519082);
            single = Horner<V, T>(single, t, 0.00033764579);
            single = Horner<V, T>(single, t, -0.0248998534);
            single = Horner<V, T>(single, t, 0.0844473392);
            single = Horner<V, T>(single, t, -0.165995911);
            return single;
        }
        var p = V.Create(-3.4946269750411251e-10);
        p = Horner<V, T>(p, t, -5.1022235682411623e-10);
        p = Horner<V, T>(p, t, 3.1366509504193667e-09);
        p = Horner<V, T>(p, t, 6.6589235042104749e-09);
        p = Horner<V, T>(p, t, -1.2948604669921075e-08);
        p = Horner<V, T>(p, t, -4.7135321635677267e-08);
        p = Horner<V, T>(p, t, 2.7907130941648421e-08);
        p = Horner<V, T>(p, t, 2.6629150270688249e-07);
        p = Horner<V, T>(p, t, 3.4163080337410498e-08);
        p = Horner<V, T>(p, t, -1.4447986732731182e-06);
        p = Horner<V, T>(p, t, -7.7565730797764148e-07);
        p = Horner<V, T>(p, t, 8.5076759843998834e-06);
        p = Horner<V, T>(p, t, 4.7677740986097064e-06);
        p = Horner<V, T>(p, t, -5.8419477247445885e-05);
        p = Horner<V, T>(p, t, 2.505466968530753e-06);
        p = Horner<V, T>(p, t, 0.00044927056887984854);
        p = Horner<V, T>(p, t, -0.00073818975922566009);
        p = Horner<V, T>(p, t, -0.0025151855844132475);
        p = Horner<V, T>(p, t, 0.016359829573789522);
        p = Horner<V, T>(p, t, -0.04803249202569871);
        p = Horner<V, T>(p, t, 0.097278059640607609);
        p = Horner<V, T>(p, t, -0.15074987330596853);
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
