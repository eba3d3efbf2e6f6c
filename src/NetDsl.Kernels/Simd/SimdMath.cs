using System.Runtime.CompilerServices;

namespace NetDsl.Kernels.Simd;

/// <summary>
/// The elementary functions, written once on the primitives of <see cref="ISimd{TSelf,T}"/>: range reduction after W. J. Cody and W. Waite,
/// "Software Manual for the Elementary Functions" (1980), then a minimax polynomial for the precision of <c>T</c>, fitted with 50 digits.
/// </summary>
internal static partial class SimdMath
{
    private const double Log2E = 1.4426950408889634;
    private const double Ln2HighSingle = 0.6931471824645996;
    private const double Ln2LowSingle = -1.904654299957768e-09;
    private const double Ln2HighDouble = 0.6931471805599453;
    private const double Ln2LowDouble = 2.319046813846299e-17;

    // Adding 1.5·2^23 (1.5·2^52) rounds to an integer and leaves it in the lowest bits, here with the exponent's bias on top.
    private const double RounderSingle = 12582912.0 + 127;
    private const double RounderDouble = 6755399441055744.0 + 1023;

    /// <summary>−1 below 0, 1 above; zeros and NaN stay what they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sign<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Select(V.GreaterThan(V.Abs(x), V.Zero), V.CopySign(V.One, x), x);

    /// <summary>A constant that differs with the precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Constant<V, T>(double single, double @double)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Create(typeof(T) == typeof(float) ? single : @double);

    /// <summary>One step of Horner's scheme: p·x + c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Horner<V, T>(V p, V x, double c)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.FusedMultiplyAdd(p, x, V.Create(c));

    /// <summary>The integer n nearest to x·factor, and its bits in <paramref name="bits"/>, for |n| up to 2^21.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V RoundProduct<V, T>(V x, double factor, out V bits)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        // A multiply-add and a subtraction, because a rounding instruction costs two operations on many processors and leaves no bits.
        var rounder = Constant<V, T>(RounderSingle, RounderDouble);
        bits = V.FusedMultiplyAdd(x, V.Create(factor), rounder);
        return bits - rounder;
    }

    /// <summary>
    /// value · 2^exponent where the hardware has no instruction for it: two factors, so that neither overflows. The first product is exact, so the
    /// result is rounded once and has the same bits as the instruction's.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Scale<V, T>(V value, V exponent)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var half = V.Round(exponent * V.Create(0.5));
        return value * PowerOfTwo<V, T>(half) * PowerOfTwo<V, T>(exponent - half);
    }

    /// <summary>2^exponent for exponents of normal numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V PowerOfTwo<V, T>(V exponent)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => PowerOfTwoFromBits<V, T>(exponent + Constant<V, T>(RounderSingle, RounderDouble));

    /// <summary>2^n for exponents of normal numbers, from the bits that <see cref="RoundProduct{V,T}"/> gives beside n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V PowerOfTwoFromBits<V, T>(V bits)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        // Two calls, because a count that is chosen first reaches the JIT too late to become part of the instruction.
        => typeof(T) == typeof(float) ? V.ShiftLeft(bits, 23) : V.ShiftLeft(bits, 52);
}
