using System.Runtime.CompilerServices;

namespace NetDsl.Kernels.Simd;

/// <content>Powers.</content>
internal static partial class SimdMath
{
    /// <summary>
    /// x^y = e^(y·ln |x|), the logarithm and the product in two parts each, because the exponential magnifies their errors. Signs and special cases are
    /// those of IEEE 754-2019, 9.2.1: x^0 = 1^y = 1, a negative x takes integers y only and has its sign where y is odd.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Pow<V, T>(V x, V y)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var size = V.Abs(x);
        var log = LogInTwoParts<V, T>(size, out var logLow);
        // Bounded so that ∞·0 isn't NaN; x^±bound is 0, 1 or ∞ already.
        var bound = V.Create(1e30);
        var bounded = V.AtLeast(-bound, V.AtMost(bound, y));
        var product = bounded * log;
        var low = V.FusedMultiplyAdd(bounded, logLow, V.FusedMultiplyAdd(bounded, log, -product));
        low = V.And(V.LessThan(V.Abs(product), V.Create(800.0)), low);
        var r = ReduceByLn2<V, T>(ExpBounded<V, T>(product), out var n, out _) + low;
        var power = V.Scale(ExpM1Reduced<V, T>(r) + V.One, n);

        var isInteger = V.Equal(V.Round(y), y);
        var half = V.Create(0.5) * y;
        var isOdd = V.AndNot(isInteger, V.Equal(V.Round(half), half));
        power = V.Select(isOdd, V.CopySign(power, x), power);
        var infinity = V.Create(double.PositiveInfinity);
        var isUndefined = V.AndNot(V.And(V.LessThan(x, V.Zero), V.LessThan(size, infinity)), isInteger);
        power = V.Select(isUndefined, V.Create(double.NaN), power);
        return V.Select(V.Or(V.Equal(y, V.Zero), V.Equal(x, V.One)), V.One, power);
    }

    /// <summary>
    /// ln x = k·ln 2 + 2·artanh s, s = f/(2 + f), to some ten bits more than <typeparamref name="T"/> has; −∞ at 0, x at ∞ and NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogInTwoParts<V, T>(V x, out V low)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var f = SplitExponent<V, T>(x, out var k);
        var two = V.Create(2.0);
        var d = two + f;
        var dLow = f - (d - two);
        var inverse = V.One / d;
        var s = f * inverse;
        var sLow = V.FusedMultiplyAdd(-s, dLow, V.FusedMultiplyAdd(-s, d, f)) * inverse;

        var z = s * s;
        var zLow = V.FusedMultiplyAdd(s + s, sLow, V.FusedMultiplyAdd(s, s, -z));
        // artanh s = s + s·z·(⅓ + z·Q(z)).
        var rest = z * ArtanhPolynomial<V, T>(z);
        var third = V.Create(1.0 / 3);
        var c = third + rest;
        var cLow = third - c + rest + Constant<V, T>(-9.93410746e-09, 1.8503717077085941e-17);
        var w = z * c;
        var wLow = V.FusedMultiplyAdd(zLow, c, V.FusedMultiplyAdd(z, cLow, V.FusedMultiplyAdd(z, c, -w)));
        var p = s * w;
        var pLow = V.FusedMultiplyAdd(sLow, w, V.FusedMultiplyAdd(s, wLow, V.FusedMultiplyAdd(s, w, -p)));
        var half = s + p;
        var halfLow = s - half + p + (sLow + pLow);

        var ln2 = Constant<V, T>(Ln2HighSingle, Ln2HighDouble);
        var multiple = k * ln2;
        var multipleLow = V.FusedMultiplyAdd(k, Constant<V, T>(Ln2LowSingle, Ln2LowDouble), V.FusedMultiplyAdd(k, ln2, -multiple));
        var log = V.FusedMultiplyAdd(two, half, multiple);
        low = V.FusedMultiplyAdd(two, half, multiple - log) + V.FusedMultiplyAdd(two, halfLow, multipleLow);

        var special = V.Select(V.Equal(x, V.Zero), V.Create(double.NegativeInfinity), x);
        return V.Select(V.And(V.GreaterThan(x, V.Zero), V.LessThan(x, V.Create(double.PositiveInfinity))), log, special);
    }

    /// <summary>Q(z) ≈ (artanh(√z)/√z − 1 − z/3)/z² for z ≤ 0.0295 to 9e−12·z⁻² (float), 2e−20·z⁻² (double).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ArtanhPolynomial<V, T>(V z)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            var single = V.Create(0.11709822);
            single = Horner<V, T>(single, z, 0.142735451);
            single = Horner<V, T>(single, z, 0.200000763);
            return single;
        }
        var p = V.Create(0.059909907395363206);
        p = Horner<V, T>(p, z, 0.058378773603338006);
        p = Horner<V, T>(p, z, 0.06668132845722137);
        p = Horner<V, T>(p, z, 0.076922792002441731);
        p = Horner<V, T>(p, z, 0.090909094221735015);
        p = Horner<V, T>(p, z, 0.11111111108893744);
        p = Horner<V, T>(p, z, 0.14285714285721923);
        p = Horner<V, T>(p, z, 0.1999999999999999);
        return p;
    }
}
