using ILGPU;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>
/// The scalar form of <see cref="NetDsl.Kernels.Simd.ISimd{TSelf,T}"/> for operators that run on a device: the same names over <see cref="float"/>, comparisons being
/// <see cref="bool"/>. Generated operators call it V.
/// </summary>
/// <remarks>
/// The elementary functions are written out in additions and multiplications, after the polynomials of the CPU's, so that every device has the same accuracy: those of the
/// hardware (ex2.approx, tanh.approx) lose up to half the digits. Products and sums may be contracted to fused multiply-adds, and are right either way.
/// </remarks>
public readonly partial struct SingleMath : IElementary<float>
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts, the first of 16 bits, so that multiples of it are exact.
    private const float Ln2High = 0.693145751953125f;
    private const float Ln2Low = 1.42860682e-06f;

    // Adding 1.5·2^23 rounds to an integer.
    private const float Rounder = 12582912f;

    /// <summary>0.</summary>
    public static float Zero => 0;

    /// <summary>1.</summary>
    public static float One => 1;

    /// <summary>A number as it is.</summary>
    public static float Create(float value) => value;

    /// <summary>An element of a device's memory.</summary>
    public static float Load(ArrayView<float> source, int index) => source[index];

    /// <summary>a·b + c.</summary>
    public static float FusedMultiplyAdd(float a, float b, float c) => a * b + c;

    /// <summary>The smaller one; NaN if either is NaN.</summary>
    public static float Min(float left, float right) => left < right || float.IsNaN(left) ? left : right;

    /// <summary>The larger one; NaN if either is NaN.</summary>
    public static float Max(float left, float right) => left > right || float.IsNaN(left) ? left : right;

    /// <summary>The smaller one; NaN if <paramref name="value"/> is NaN.</summary>
    public static float AtMost(float bound, float value) => bound < value ? bound : value;

    /// <summary>The larger one; NaN if <paramref name="value"/> is NaN.</summary>
    public static float AtLeast(float bound, float value) => bound > value ? bound : value;

    /// <summary>|x|.</summary>
    public static float Abs(float x) => MathF.Abs(x);

    /// <summary>√x.</summary>
    public static float Sqrt(float x) => MathF.Sqrt(x);

    /// <summary>|magnitude| with the sign of <paramref name="sign"/>.</summary>
    public static float CopySign(float magnitude, float sign) =>
        Interop.IntAsFloat((Interop.FloatAsInt(magnitude) & 0x7FFFFFFFu) | (Interop.FloatAsInt(sign) & 0x80000000u));

    /// <summary>−1 below 0, 1 above; zeros and NaN stay what they are.</summary>
    public static float Sign(float x) => x > 0 ? 1 : x < 0 ? -1 : x;

    /// <summary>left &lt; right.</summary>
    public static bool LessThan(float left, float right) => left < right;

    /// <summary>left ≤ right.</summary>
    public static bool LessThanOrEqual(float left, float right) => left <= right;

    /// <summary>left = right.</summary>
    public static bool Equal(float left, float right) => left == right;

    /// <summary>left ∧ right.</summary>
    public static bool And(bool left, bool right) => left & right;

    /// <summary>left ∨ right.</summary>
    public static bool Or(bool left, bool right) => left | right;

    /// <summary>left ∧ ¬right.</summary>
    public static bool AndNot(bool left, bool right) => left & !right;

    /// <summary><paramref name="ifTrue"/> where the condition holds, else <paramref name="ifFalse"/>.</summary>
    public static float Select(bool condition, float ifTrue, float ifFalse) => condition ? ifTrue : ifFalse;

    // The integer nearest to x, for |x| up to 2^21.
    private static float Nearest(float x) => x + Rounder - Rounder;

    // 2^n for a normal number.
    private static float PowerOfTwo(float n) => Interop.IntAsFloat((uint)((int)n + 127) << 23);

    // value·2^n in two factors, so that neither overflows nor is rounded.
    private static float Scale(float value, float n)
    {
        var half = Nearest(0.5f * n);
        return value * PowerOfTwo(half) * PowerOfTwo(n - half);
    }
}
