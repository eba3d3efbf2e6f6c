using System.Runtime.CompilerServices;

namespace NetDsl.Kernels.Simd;

/// <content>Exponentials: e^x, e^x − 1, and the sigmoid.</content>
internal static partial class SimdMath
{
    /// <summary>
    /// e^x = 2^n·e^r with n the integer nearest to x/ln 2, e^r = 1 + r + r²·P(r). Overflows to ∞, underflows gradually.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var r = ReduceByLn2<V, T>(ExpBounded<V, T>(x), out var n, out _);
        return V.Scale(ExpM1Reduced<V, T>(r) + V.One, n);
    }

    /// <summary>e^x − 1, half of it first, because 2^n overflows before e^x does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpM1<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var half = ScaledExpM1<V, T>(V.AtLeast(V.Create(-40.0), V.AtMost(ExpOverflow<V, T>(), x)), 0.5);
        // Halves of the smallest numbers don't exist.
        return V.Select(V.LessThan(V.Abs(x), V.Create(TinyLinear)), x, half + half);
    }

    /// <summary>
    /// 1/(1 + e^−x) = h/(h + h·2^n·(1 + e)), where 1 + e is the exponential of the reduced argument. The tiny h, a power of two, keeps 2^n from overflowing,
    /// so that the result underflows gradually.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var r = ReduceByLn2<V, T>(V.AtLeast(V.Create(-40.0), V.AtMost(Constant<V, T>(104, 746), -x)), out _, out var bits);
        var small = Constant<V, T>(5.9604644775390625e-08, 1.1102230246251565e-16);
        var scale = PowerOfTwoFromBits<V, T>(bits - Constant<V, T>(24, 53));
        return small / (V.FusedMultiplyAdd(scale, ExpM1Reduced<V, T>(r), small) + scale);
    }

    /// <summary>e^−|x|, which needs no upper bound.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpMinusAbs<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var r = ReduceByLn2<V, T>(V.AtLeast(ExpUnderflow<V, T>(), V.Or(x, V.Create(-0.0))), out var n, out _);
        return V.Scale(ExpM1Reduced<V, T>(r) + V.One, n);
    }

    // f(x) = x to the last bit below, for the functions with f(0) = 0 and f'(0) = 1.
    private const double TinyLinear = 1e-30;

    /// <summary>e^x is ∞ from here on, and x/ln 2 is still near the largest exponent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpOverflow<V, T>()
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => Constant<V, T>(89, 710);

    /// <summary>e^x is 0 from here on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpUnderflow<V, T>()
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => Constant<V, T>(-104, -746);

    /// <summary>x within the bounds beyond which e^x is 0 and ∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpBounded<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.AtLeast(ExpUnderflow<V, T>(), V.AtMost(ExpOverflow<V, T>(), x));

    /// <summary>x − n·ln 2 in [−½ln 2, ½ln 2], ln 2 in two parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ReduceByLn2<V, T>(V x, out V n, out V bits)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        n = RoundProduct<V, T>(x, Log2E, out bits);
        var r = V.FusedMultiplyAdd(n, Constant<V, T>(-Ln2HighSingle, -Ln2HighDouble), x);
        return V.FusedMultiplyAdd(n, Constant<V, T>(-Ln2LowSingle, -Ln2LowDouble), r);
    }

    /// <summary>
    /// factor·(e^x − 1) = factor·2^n·(e^r − 1) + factor·(2^n − 1). r stays in two parts, because the difference of the terms magnifies its error:
    /// times 2^n plus 2^n − 1 its high part is nearly exact.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ScaledExpM1<V, T>(V x, double factor)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var n = RoundProduct<V, T>(x, Log2E, out _);
        var high = V.FusedMultiplyAdd(n, Constant<V, T>(-Ln2HighSingle, -Ln2HighDouble), x);
        var low = n * Constant<V, T>(-Ln2LowSingle, -Ln2LowDouble);
        var scale = V.Scale(V.Create(factor), n);
        var r = high + low;
        var rest = V.FusedMultiplyAdd(ExpPolynomial<V, T>(r), r * r, low);
        return V.FusedMultiplyAdd(scale, rest, V.FusedMultiplyAdd(scale, high, scale - V.Create(factor)));
    }

    /// <summary>e^r − 1 = r + r²·P(r) for |r| ≤ ½ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpM1Reduced<V, T>(V r)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.FusedMultiplyAdd(ExpPolynomial<V, T>(r), r * r, r);

    /// <summary>P(r) ≈ (e^r − 1 − r)/r² to 7e−8 (float), 1e−16 (double).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpPolynomial<V, T>(V r)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            var single = V.Create(0.00139262135);
            single = Horner<V, T>(single, r, 0.00836320297);
            single = Horner<V, T>(single, r, 0.0416665544);
            single = Horner<V, T>(single, r, 0.166665768);
            single = Horner<V, T>(single, r, 0.5);
            return single;
        }
        var p = V.Create(2.5100424157005067e-08);
        p = Horner<V, T>(p, r, 2.7620138719733994e-07);
        p = Horner<V, T>(p, r, 2.7557268378684192e-06);
        p = Horner<V, T>(p, r, 2.480152119021773e-05);
        p = Horner<V, T>(p, r, 0.00019841269863105968);
        p = Horner<V, T>(p, r, 0.0013888888917281794);
        p = Horner<V, T>(p, r, 0.008333333333330051);
        p = Horner<V, T>(p, r, 0.04166666666662399);
        p = Horner<V, T>(p, r, 0.16666666666666669);
        p = Horner<V, T>(p, r, 0.5000000000000001);
        return p;
    }
}
