using System.Runtime.CompilerServices;

namespace NetDsl.Kernels.Simd;

/// <content>Exponentials, and what is made of them: e^x, e^x − 1, tanh, sigmoid.</content>
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
        x = V.AtLeast(Constant<V, T>(-104, -746), V.AtMost(Constant<V, T>(89, 710), x));
        var r = ReduceByLn2<V, T>(x, out var n);
        return V.Scale(ExpM1Reduced<V, T>(r) + V.One, n);
    }

    /// <summary>e^x − 1 = 2^n·(e^r − 1) + (2^n − 1); half of it first, because 2^n overflows before e^x does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpM1<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        x = V.AtLeast(V.Create(-40.0), V.AtMost(Constant<V, T>(89, 710), x));
        var r = ReduceByLn2<V, T>(x, out var n);
        var scale = V.Scale(V.Create(0.5), n);
        var half = V.FusedMultiplyAdd(scale, ExpM1Reduced<V, T>(r), scale - V.Create(0.5));
        return half + half;
    }

    /// <summary>tanh |x| = q/(q + 2) with q = e^2|x| − 1, which is 1 to the last bit from the bound on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var q = ExpM1<V, T>(V.AtMost(Constant<V, T>(20, 40), V.Abs(x + x)));
        return V.CopySign(q / (q + V.Create(2.0)), x);
    }

    /// <summary>1/(1 + e^−x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.One / (V.One + Exp<V, T>(-x));

    /// <summary>x − n·ln 2 in [−½ln 2, ½ln 2], ln 2 in two parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ReduceByLn2<V, T>(V x, out V n)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        n = V.Round(x * V.Create(1.4426950408889634));
        var r = V.FusedMultiplyAdd(n, Constant<V, T>(-Ln2HighSingle, -Ln2HighDouble), x);
        return V.FusedMultiplyAdd(n, Constant<V, T>(-Ln2LowSingle, -Ln2LowDouble), r);
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
