using System.Runtime.CompilerServices;

namespace NetDsl.Kernels.Simd;

/// <content>The error function.</content>
internal static partial class SimdMath
{
    /// <summary>erf x = x·P(x²) for |x| &lt; ¾, else ±(1 − erfc |x|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var a = V.AtMost(ErfcBound<V, T>(), V.Abs(x));
        var square = a * a;
        var far = V.CopySign(V.One - Erfc<V, T>(a, square, V.FusedMultiplyAdd(a, a, -square)), x);
        return V.Select(V.LessThan(a, V.Create(0.75)), x * ErfPolynomial<V, T>(square), far);
    }

    /// <summary>erfc is 0 from here on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ErfcBound<V, T>()
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => Constant<V, T>(10.5, 28);

    /// <summary>
    /// erfc a = e^−a²·w(a) for 0 ≤ a ≤ <see cref="ErfcBound{V,T}"/>, with full relative accuracy. a² is given in two parts, because e^−a² magnifies its error.
    /// With t = (a − 3)/(a + 3), (1 + 2a)·w(a) is nearly straight and a polynomial in t: M. M. Shepherd and J. G. Laframboise,
    /// "Chebyshev Approximation of (1 + 2x)exp(x²)erfc x in 0 ≤ x &lt; ∞", Mathematics of Computation 36 (1981).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erfc<V, T>(V a, V squareHigh, V squareLow)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var t = (a - V.Create(3.0)) / (a + V.Create(3.0));
        var e = Exp<V, T>(-squareHigh);
        return V.FusedMultiplyAdd(-e, squareLow, e) * ErfcPolynomial<V, T>(t) / (V.One + a + a);
    }

    /// <summary>P(z) ≈ erf(√z)/√z for z ≤ 9/16 to 2e−9 (float), 7e−17 (double).</summary>
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
            single = Horner<V, T>(single, z, 1.12837917);
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
        p = Horner<V, T>(p, z, 1.1283791670955126);
        return p;
    }

    /// <summary>(1 + 2a)·e^a²·erfc a to 5e−8 (float), 5e−17 (double).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ErfcPolynomial<V, T>(V t)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            var single = V.Create(-0.00018601551);
            single = Horner<V, T>(single, t, 0.00218344053);
            single = Horner<V, T>(single, t, 0.00219773276);
            single = Horner<V, T>(single, t, -0.0240007334);
            single = Horner<V, T>(single, t, 0.0683717823);
            single = Horner<V, T>(single, t, -0.119221884);
            single = Horner<V, T>(single, t, 0.129640348);
            single = Horner<V, T>(single, t, -0.0475660059);
            single = Horner<V, T>(single, t, -0.135620977);
            single = Horner<V, T>(single, t, 1.2530081);
            return single;
        }
        var p = V.Create(-4.210104975119195e-09);
        p = Horner<V, T>(p, t, -8.500119502115306e-09);
        p = Horner<V, T>(p, t, 3.29163439676632e-08);
        p = Horner<V, T>(p, t, 9.186243026143847e-08);
        p = Horner<V, T>(p, t, -1.311166137536459e-07);
        p = Horner<V, T>(p, t, -6.050048623933503e-07);
        p = Horner<V, T>(p, t, 3.4899197889744293e-07);
        p = Horner<V, T>(p, t, 3.463997532352904e-06);
        p = Horner<V, T>(p, t, -7.275875746667183e-07);
        p = Horner<V, T>(p, t, -2.009663087595395e-05);
        p = Horner<V, T>(p, t, 4.948147875576539e-06);
        p = Horner<V, T>(p, t, 0.00012509815174864322);
        p = Horner<V, T>(p, t, -0.00010515949033775975);
        p = Horner<V, T>(p, t, -0.0007798320379611115);
        p = Horner<V, T>(p, t, 0.001888690312003782);
        p = Horner<V, T>(p, t, 0.002529391788270445);
        p = Horner<V, T>(p, t, -0.02377051491423367);
        p = Horner<V, T>(p, t, 0.06830802734580459);
        p = Horner<V, T>(p, t, -0.11927366341552853);
        p = Horner<V, T>(p, t, 0.12964515870270552);
        p = Horner<V, T>(p, t, -0.047562294353446374);
        p = Horner<V, T>(p, t, -0.1356211061245807);
        p = Horner<V, T>(p, t, 1.2530080582697296);
        return p;
    }
}
