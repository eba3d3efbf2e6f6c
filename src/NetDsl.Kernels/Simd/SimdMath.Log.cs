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

    /// <summary>ln(1 + e^x) = max(x, 0) + ln(1 + e^−|x|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Softplus<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var t = Exp<V, T>(-V.Abs(x));
        // 1 + t is in [1, 2], so its exponent is known without looking at the bits: 1 + t = 2·(1 + (t − 1)/2).
        var halve = V.GreaterThan(t, V.Create(0.41421356237309503));
        var f = V.Select(halve, (t - V.One) * V.Create(0.5), t);
        return V.AtLeast(V.Zero, x) + LogReduced<V, T>(f, V.And(halve, V.One));
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
    /// k·ln 2 + ln(1 + f). With s = f/(2 + f), ln(1 + f) = 2·artanh s = f − (f²/2 − s·(f²/2 + s²·P(s²))).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogReduced<V, T>(V f, V k)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var s = f / (V.Create(2.0) + f);
        var z = s * s;
        var halfSquare = V.Create(0.5) * f * f;
        var tail = V.FusedMultiplyAdd(LogPolynomial<V, T>(z), z, halfSquare);
        var low = V.FusedMultiplyAdd(s, tail, k * Constant<V, T>(Ln2LowSingle, Ln2LowDouble));
        return V.FusedMultiplyAdd(k, Constant<V, T>(Ln2HighSingle, Ln2HighDouble), f - (halfSquare - low));
    }

    /// <summary>−∞ at 0, NaN below, x at ∞ and NaN, else <paramref name="log"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V RepairLog<V, T>(V x, V log)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var regular = V.And(V.GreaterThan(x, V.Zero), V.LessThan(x, V.Create(double.PositiveInfinity)));
        var special = V.Select(V.LessThan(x, V.Zero), V.Create(double.NaN), V.Select(V.Equal(x, V.Zero), V.Create(double.NegativeInfinity), x));
        return V.Select(regular, log, special);
    }

    /// <summary>P(z) ≈ (2·artanh(√z)/√z − 2)/z to 2e−7 (float), 3e−16 (double).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogPolynomial<V, T>(V z)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            var single = V.Create(0.295809859);
            single = Horner<V, T>(single, z, 0.399887577);
            single = Horner<V, T>(single, z, 0.666666851);
            return single;
        }
        var p = V.Create(0.14617807153417325);
        p = Horner<V, T>(p, z, 0.15331611722055008);
        p = Horner<V, T>(p, z, 0.1818289243253687);
        p = Horner<V, T>(p, z, 0.22222211089379496);
        p = Horner<V, T>(p, z, 0.28571428628253837);
        p = Horner<V, T>(p, z, 0.3999999999989889);
        p = Horner<V, T>(p, z, 0.666666666666667);
        return p;
    }
}
