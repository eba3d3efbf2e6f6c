using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NetDsl.Kernels.Simd;

/// <summary>
/// <see cref="Count"/> neighbouring elements that are worked on at once. Every operator is written once over this interface and
/// runs at every width, from 512 bits down to a single element, with the same bits whichever width computes an element.
/// </summary>
/// <remarks>
/// Comparisons give masks: lanes of all ones or all zeros, for <see cref="Select"/> and the bitwise operators.
/// The elementary functions are in <c>SimdMath</c>; they are built of the primitives here.
/// </remarks>
/// <typeparam name="TSelf">The implementing struct.</typeparam>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface ISimd<TSelf, T>
    where TSelf : struct, ISimd<TSelf, T>
    where T : unmanaged
{
    /// <summary>Number of elements.</summary>
    static abstract int Count { get; }

    /// <summary>0 in every lane.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>1 in every lane.</summary>
    static abstract TSelf One { get; }

    /// <summary><paramref name="value"/> in every lane.</summary>
    static abstract TSelf Create(T value);

    /// <summary>The constant <paramref name="value"/>, rounded to <typeparamref name="T"/>, in every lane.</summary>
    static abstract TSelf Create(double value);

    /// <summary>The lowest <c>sizeof(T)</c> bytes of <paramref name="bits"/> in every lane.</summary>
    static abstract TSelf CreateBits(long bits);

    /// <summary>The <see cref="Count"/> elements from <paramref name="source"/> on. Unchecked.</summary>
    static abstract TSelf Load(ref readonly T source);

    /// <summary>The elements [index, index + Count) of <paramref name="source"/>. Unchecked.</summary>
    static abstract TSelf Load(ReadOnlySpan<T> source, int index);

    /// <summary>Writes the <see cref="Count"/> elements from <paramref name="destination"/> on. Unchecked.</summary>
    void Store(ref T destination);

    /// <summary>Writes the elements [index, index + Count) of <paramref name="destination"/>. Unchecked.</summary>
    void Store(Span<T> destination, int index);

    /// <summary>left + right.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>left − right.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>left · right.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>left / right.</summary>
    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>−value, also of zeros.</summary>
    static abstract TSelf operator -(TSelf value);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract TSelf FusedMultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The smaller one; NaN if either is NaN.</summary>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary>The larger one; NaN if either is NaN.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>The smaller one in a single instruction; NaN if <paramref name="value"/> is NaN, provided that <paramref name="bound"/> is not.</summary>
    static abstract TSelf AtMost(TSelf bound, TSelf value);

    /// <summary>The larger one in a single instruction; NaN if <paramref name="value"/> is NaN, provided that <paramref name="bound"/> is not.</summary>
    static abstract TSelf AtLeast(TSelf bound, TSelf value);

    /// <summary>|value|.</summary>
    static abstract TSelf Abs(TSelf value);

    /// <summary>√value.</summary>
    static abstract TSelf Sqrt(TSelf value);

    /// <summary>|magnitude| with the sign of <paramref name="sign"/>.</summary>
    static abstract TSelf CopySign(TSelf magnitude, TSelf sign);

    /// <summary>The nearest integer, halves to the even one.</summary>
    static abstract TSelf Round(TSelf value);

    /// <summary>value · 2^exponent, rounded once; <paramref name="exponent"/> holds integers of at most 2000 (float: 250) in magnitude.</summary>
    static abstract TSelf Scale(TSelf value, TSelf exponent);

    /// <summary>Mask of left &gt; right.</summary>
    static abstract TSelf GreaterThan(TSelf left, TSelf right);

    /// <summary>Mask of left ≥ right.</summary>
    static abstract TSelf GreaterThanOrEqual(TSelf left, TSelf right);

    /// <summary>Mask of left &lt; right.</summary>
    static abstract TSelf LessThan(TSelf left, TSelf right);

    /// <summary>Mask of left ≤ right.</summary>
    static abstract TSelf LessThanOrEqual(TSelf left, TSelf right);

    /// <summary>Mask of left = right.</summary>
    static abstract TSelf Equal(TSelf left, TSelf right);

    /// <summary><paramref name="ifTrue"/> where the mask is set, else <paramref name="ifFalse"/>.</summary>
    static abstract TSelf Select(TSelf mask, TSelf ifTrue, TSelf ifFalse);

    /// <summary>Bitwise left ∧ right.</summary>
    static abstract TSelf And(TSelf left, TSelf right);

    /// <summary>Bitwise left ∨ right.</summary>
    static abstract TSelf Or(TSelf left, TSelf right);

    /// <summary>Bitwise left ∧ ¬right.</summary>
    static abstract TSelf AndNot(TSelf left, TSelf right);

    /// <summary>The lanes' bits moved up by <paramref name="count"/>.</summary>
    static abstract TSelf ShiftLeft(TSelf value, int count);

    /// <summary>The lanes' bits moved down by <paramref name="count"/>, zeros coming in.</summary>
    static abstract TSelf ShiftRight(TSelf value, int count);

    /// <summary>Σ of the lanes.</summary>
    static abstract T Sum(TSelf value);

    /// <summary>The lanes added up into four doubles, for sums over many vectors.</summary>
    static abstract Vector256<double> FoldToDouble(TSelf value);

    /// <summary>The largest lane; NaN if one is NaN.</summary>
    static abstract T MaxAcross(TSelf value);

    /// <summary>e^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Exp(TSelf x) => SimdMath.Exp<TSelf, T>(x);

    /// <summary>e^x − 1 without cancellation near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf ExpM1(TSelf x) => SimdMath.ExpM1<TSelf, T>(x);

    /// <summary>ln x; −∞ at 0, NaN below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Log(TSelf x) => SimdMath.Log<TSelf, T>(x);

    /// <summary>ln(1 + x) without cancellation near 0; −∞ at −1, NaN below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Log1P(TSelf x) => SimdMath.Log1P<TSelf, T>(x);

    /// <summary>x^y; a negative x takes integers y only and else gives NaN, x^0 = 1^y = 1, as <see cref="Math.Pow"/> has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Pow(TSelf x, TSelf y) => SimdMath.Pow<TSelf, T>(x, y);

    /// <summary>sin x; NaN at ±∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Sin(TSelf x) => SimdMath.Sin<TSelf, T>(x);

    /// <summary>cos x; NaN at ±∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Cos(TSelf x) => SimdMath.Cos<TSelf, T>(x);

    /// <summary>tan x; NaN at ±∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Tan(TSelf x) => SimdMath.Tan<TSelf, T>(x);

    /// <summary>sinh x without cancellation near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Sinh(TSelf x) => SimdMath.Sinh<TSelf, T>(x);

    /// <summary>cosh x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Cosh(TSelf x) => SimdMath.Cosh<TSelf, T>(x);

    /// <summary>tanh x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Tanh(TSelf x) => SimdMath.Tanh<TSelf, T>(x);

    /// <summary>1/(1 + e^−x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Sigmoid(TSelf x) => SimdMath.Sigmoid<TSelf, T>(x);

    /// <summary>ln(1 + e^x), which never overflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Softplus(TSelf x) => SimdMath.Softplus<TSelf, T>(x);

    /// <summary>erf x = 2/√π ∫₀ˣ e^−t² dt.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Erf(TSelf x) => SimdMath.Erf<TSelf, T>(x);

    /// <summary>Φ(x) = erfc(−x/√2)/2, the standard normal distribution function, with full relative accuracy in the negative tail.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf NormalCdf(TSelf x) => SimdMath.NormalCdf<TSelf, T>(x);

    /// <summary>φ(x) = e^(−x²/2)/√(2π), the standard normal density.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf NormalPdf(TSelf x) => SimdMath.NormalPdf<TSelf, T>(x);

    /// <summary>−1 below 0, 1 above; zeros and NaN stay what they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Sign(TSelf x) => SimdMath.Sign<TSelf, T>(x);
}
