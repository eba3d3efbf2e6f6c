using System.Runtime.CompilerServices;

namespace NetDsl.Kernels.Simd;

/// <content>Logarithms: ln x, ln(1 + x), softplus.</content>
internal static partial class SimdMath
{
    /// <summary>ln x = k·ln 2 + ln(1 + f) with x = 2^k·(1 + f), 1 + f in [√½, √2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var f = SplitExponent<V, T>(x, out var k);
        return RepairLog<V, T>(x, LogReduced<V, T>(f, k));
    }

    /// <summary>ln(1 + x) = ln u + c/u with u = 1 + x rounded and c the rounding's error, which is known exactly (Knuth's two-sum).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log1P<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var u = V.One + x;
        var x2 = u - V.One;
        var c = (V.One - (u - x2)) + (x - x2);
        var f = SplitExponent<V, T>(u, out var k);
        return RepairLog<V, T>(u, LogReduced<V, T>(f, k) + c / u);
    }

    /// <summary>ln(1 + e^x) = max(x, 0) + ln(1 + t) with t = e^−|x| in [0, 1], so that 1 + t needs no splitting.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Softplus<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var t = ExpMinusAbs<V, T>(x);
        var s = t / (V.Create(2.0) + t);
        var z = s * s;
        var log = V.FusedMultiplyAdd(-s, V.FusedMultiplyAdd(-z, WideLogPolynomial<V, T>(z), t), t);
        return V.AtLeast(V.Zero, x) + log;
    }

    /// <summary>f with x = 2^k·(1 + f), 1 + f in [√½, √2), for positive finite x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V SplitExponent<V, T>(V x, out V k)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var isSingle = typeof(T) == typeof(float);
        // Denormals are made normal first.
        var tiny = V.LessThan(x, Constant<V, T>(1.1754943508222875e-38, 2.2250738585072014e-308));
        x = V.Select(tiny, x * V.Create(18014398509481984.0), x);
        // The exponent's bits under the leading bits of 2^23 (2^52) are a number of their own.
        var exponent = isSingle
            ? V.Or(V.ShiftRight(x, 23), V.CreateBits(0x4B000000)) - V.Create(8388608.0 + 126)
            : V.Or(V.ShiftRight(x, 52), V.CreateBits(0x4330000000000000)) - V.Create(4503599627370496.0 + 1022);
        exponent -= V.And(tiny, V.Create(54.0));
        var mantissa = isSingle
            ? V.Or(V.And(x, V.CreateBits(0x007FFFFF)), V.Create(0.5))
            : V.Or(V.And(x, V.CreateBits(0x000FFFFFFFFFFFFF)), V.Create(0.5));
        var low = V.LessThan(mantissa, V.Create(0.7071067811865476));
        k = exponent - V.And(low, V.One);
        return mantissa + V.And(low, mantissa) - V.One;
    }

    /// <summary>
    /// k·ln 2 + ln(1 + f). With s = f/(2 + f), ln(1 + f) = 2·artanh s = f − s·(f − s²·P(s²)).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogReduced<V, T>(V f, V k)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var s = f / (V.Create(2.0) + f);
        var z = s * s;
        var low = k * Constant<V, T>(Ln2LowSingle, Ln2LowDouble);
        var tail = V.FusedMultiplyAdd(-s, V.FusedMultiplyAdd(-z, LogPolynomial<V, T>(z), f), low);
        return V.FusedMultiplyAdd(k, Constant<V, T>(Ln2HighSingle, Ln2HighDouble), f + tail);
    }

    /// <summary>−∞ at 0, NaN below, x at ∞ and NaN, else <paramref name="log"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V RepairLog<V, T>(V x, V log)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var upper = V.Select(V.LessThan(x, V.Create(double.PositiveInfinity)), log, x);
        var lower = V.Select(V.Equal(x, V.Zero), V.Create(double.NegativeInfinity), V.Create(double.NaN));
        return V.Select(V.GreaterThan(x, V.Zero), upper, lower);
    }

    /// <summary>P(z) ≈ (2·artanh(√z)/√z − 2)/z for z ≤ 0.0295; ln(1 + f) to 8e−10 (float), 1e−18 (double).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogPolynomial<V, T>(V z)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            var single = V.Create(0.298708409);
            single = Horner<V, T>(single, z, 0.399775833);
            single = Horner<V, T>(single, z, 0.666667759);
            return single;
        }
        var p = V.Create(0.14795599091362263);
        p = Horner<V, T>(p, z, 0.15314089953785148);
        p = Horner<V, T>(p, z, 0.18183562594430394);
        p = Horner<V, T>(p, z, 0.22222198610752317);
        p = Horner<V, T>(p, z, 0.28571428741971938);
        p = Horner<V, T>(p, z, 0.39999999999416835);
        p = Horner<V, T>(p, z, 0.6666666666666734);
        return p;
    }

    /// <summary>The same for z ≤ 1/9; ln(1 + f) to 5e−9 (float), 2e−18 (double).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V WideLogPolynomial<V, T>(V z)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            var single = V.Create(0.280069023);
            single = Horner<V, T>(single, z, 0.280030131);
            single = Horner<V, T>(single, z, 0.400214374);
            single = Horner<V, T>(single, z, 0.666664183);
            return single;
        }
        var p = V.Create(0.1701611921953948);
        p = Horner<V, T>(p, z, 0.083416850883055366);
        p = Horner<V, T>(p, z, 0.12105659934515847);
        p = Horner<V, T>(p, z, 0.13301036058309418);
        p = Horner<V, T>(p, z, 0.15386554483823014);
        p = Horner<V, T>(p, z, 0.18181744212791723);
        p = Horner<V, T>(p, z, 0.22222223960655349);
        p = Horner<V, T>(p, z, 0.28571428548013145);
        p = Horner<V, T>(p, z, 0.400000000001559);
        p = Horner<V, T>(p, z, 0.66666666666666308);
        return p;
    }
}
