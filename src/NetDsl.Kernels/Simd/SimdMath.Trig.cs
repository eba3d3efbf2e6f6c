using System.Runtime.CompilerServices;

namespace NetDsl.Kernels.Simd;

/// <content>Sine, cosine, tangent.</content>
internal static partial class SimdMath
{
    private interface IScalarFunction
    {
        static abstract double Of(double x);
    }

    /// <summary>sin x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sin<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var (sin, _, cos, _) = SinCosReduced<V, T>(x, out var bits);
        return Repair<V, T, ScalarSin>(x, Quadrant<V, T>(sin, cos, bits + V.One));
    }

    /// <summary>cos x = sin(x + π/2): a quadrant further on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cos<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var (sin, _, cos, _) = SinCosReduced<V, T>(x, out var bits);
        return Repair<V, T, ScalarCos>(x, Quadrant<V, T>(sin, cos, bits + V.Create(2.0)));
    }

    /// <summary>tan x = sin r/cos r, in the odd quadrants −cos r/sin r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tan<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var (sin, sinLow, cos, cosLow) = SinCosReduced<V, T>(x, out var bits);
        var odd = IsOdd<V, T>(bits + V.One);
        var numerator = V.Select(odd, -cos, sin);
        var denominator = V.Select(odd, sin, cos);
        // The quotient's rounding errors, and those of sine and cosine, add up to three units; so it is corrected once.
        var inverse = V.One / denominator;
        var tan = numerator * inverse;
        var rest = V.FusedMultiplyAdd(-tan, denominator, numerator);
        rest = V.FusedMultiplyAdd(-tan, V.Select(odd, sinLow, cosLow), rest + V.Select(odd, -cosLow, sinLow));
        return Repair<V, T, ScalarTan>(x, V.CopySign(V.FusedMultiplyAdd(rest, inverse, tan), tan));
    }

    // Up to here the three parts of π/2 reduce the argument exactly enough.
    private const double TrigBoundSingle = 1 << 17;
    private const double TrigBoundDouble = 1 << 30;

    /// <summary>sin r and cos r and their rounding errors for r = x − n·π/2 in [−π/4, π/4]; the lowest bits of <paramref name="bits"/> are those of n − 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V Sin, V SinLow, V Cos, V CosLow) SinCosReduced<V, T>(V x, out V bits)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        // π/2 in three parts, each rounded down. x less n times the first part is exact; r keeps the rounding error of the next step.
        var n = RoundProduct<V, T>(x, 0.63661977236758138, out bits);
        var first = V.FusedMultiplyAdd(n, Constant<V, T>(-1.5707962512969971, -1.5707963267948966), x);
        var middle = Constant<V, T>(7.5497894158615964e-08, 6.1232339957367648e-17);
        var second = n * middle;
        var r = first - second;
        var error = (first - r - second) - V.FusedMultiplyAdd(n, middle, -second);
        error = V.FusedMultiplyAdd(n, Constant<V, T>(-5.3903025299577648e-15, -1.0828566739219139e-32), error);

        var z = r * r;
        var sinRest = V.FusedMultiplyAdd(r * z, SinPolynomial<V, T>(z), error);
        // The sign is that of r, also for −0.
        var sin = V.CopySign(r + sinRest, r);
        var cosRest = V.FusedMultiplyAdd(z, Horner<V, T>(CosPolynomial<V, T>(z), z, -0.5), -(r * error));
        var cos = V.One + cosRest;
        return (sin, r - sin + sinRest, cos, V.One - cos + cosRest);
    }

    /// <summary>sin, cos, −sin, −cos by the two lowest bits of <paramref name="bits"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Quadrant<V, T>(V sin, V cos, V bits)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var sign = V.CopySign(V.One, typeof(T) == typeof(float) ? V.ShiftLeft(bits, 30) : V.ShiftLeft(bits, 62));
        return sign * V.Select(IsOdd<V, T>(bits), cos, sin);
    }

    /// <summary>Mask of the lanes whose lowest bit is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V IsOdd<V, T>(V bits)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.LessThan(V.CopySign(V.One, typeof(T) == typeof(float) ? V.ShiftLeft(bits, 31) : V.ShiftLeft(bits, 63)), V.Zero);

    /// <summary><paramref name="value"/>, the huge arguments among <paramref name="x"/> replaced: they are rare enough to go one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Repair<V, T, F>(V x, V value)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        where F : struct, IScalarFunction
        => IsOutside(V.MaxAcross(V.Abs(x))) ? RepairEach<V, T, F>(x, value) : value;

    // Not inlined, so that the loops around it stay small.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V RepairEach<V, T, F>(V x, V value)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        where F : struct, IScalarFunction
    {
        Span<T> arguments = stackalloc T[V.Count];
        Span<T> values = stackalloc T[V.Count];
        x.Store(arguments, 0);
        value.Store(values, 0);
        for (var i = 0; i < V.Count; i++)
        {
            if (!IsOutside(arguments[i]))
                continue;
            values[i] = typeof(T) == typeof(float)
                ? Unsafe.BitCast<float, T>((float)F.Of(Unsafe.BitCast<T, float>(arguments[i])))
                : Unsafe.BitCast<double, T>(F.Of(Unsafe.BitCast<T, double>(arguments[i])));
        }
        return V.Load(values, 0);
    }

    /// <summary>Whether x is beyond the bounds, infinite or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsOutside<T>(T x)
        where T : unmanaged
        => typeof(T) == typeof(float)
            ? !(Math.Abs(Unsafe.BitCast<T, float>(x)) <= TrigBoundSingle)
            : !(Math.Abs(Unsafe.BitCast<T, double>(x)) <= TrigBoundDouble);

    /// <summary>P(z) ≈ (sin √z − √z)/√z³ for √z ≤ π/4; sin √z to 4e−9 (float), 4e−18 (double).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V SinPolynomial<V, T>(V z)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            var single = V.Create(-0.000195078988);
            single = Horner<V, T>(single, z, 0.00833210628);
            single = Horner<V, T>(single, z, -0.166666538);
            return single;
        }
        var p = V.Create(1.5895417826452921e-10);
        p = Horner<V, T>(p, z, -2.5050734229636096e-08);
        p = Horner<V, T>(p, z, 2.7557313538106561e-06);
        p = Horner<V, T>(p, z, -0.0001984126982935852);
        p = Horner<V, T>(p, z, 0.0083333333333218407);
        p = Horner<V, T>(p, z, -0.1666666666666663);
        return p;
    }

    /// <summary>P(z) ≈ (cos √z − 1 + z/2)/z² for √z ≤ π/4; cos √z to 2e−10 (float), 7e−20 (double).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V CosPolynomial<V, T>(V z)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            var single = V.Create(2.44311959e-05);
            single = Horner<V, T>(single, z, -0.00138873036);
            single = Horner<V, T>(single, z, 0.0416666456);
            return single;
        }
        var p = V.Create(-1.1357335844838881e-11);
        p = Horner<V, T>(p, z, 2.0875678073091823e-09);
        p = Horner<V, T>(p, z, -2.755731401507305e-07);
        p = Horner<V, T>(p, z, 2.4801587288295325e-05);
        p = Horner<V, T>(p, z, -0.0013888888888872186);
        p = Horner<V, T>(p, z, 0.041666666666666588);
        return p;
    }

    private readonly struct ScalarSin : IScalarFunction
    {
        public static double Of(double x) => Math.Sin(x);
    }

    private readonly struct ScalarCos : IScalarFunction
    {
        public static double Of(double x) => Math.Cos(x);
    }

    private readonly struct ScalarTan : IScalarFunction
    {
        public static double Of(double x) => Math.Tan(x);
    }
}
