using ILGPU;

namespace NetDsl.Kernels.Ilgpu;

/// <summary><see cref="SingleMath"/> over <see cref="double"/>, for devices that have doubles.</summary>
public readonly partial struct DoubleMath : IElementary<double>
{
    private const double Log2E = 1.4426950408889634;

    // ln 2 in two parts, the first of 42 bits, so that multiples of it are exact.
    private const double Ln2High = 0.69314718055989033;
    private const double Ln2Low = 5.4979230187083712e-14;

    // Adding 1.5·2^52 rounds to an integer.
    private const double Rounder = 6755399441055744;

    /// <summary>0.</summary>
    public static double Zero => 0;

    /// <summary>1.</summary>
    public static double One => 1;

    /// <summary>A number as it is.</summary>
    public static double Create(double value) => value;

    /// <summary>An element of a device's memory.</summary>
    public static double Load(ArrayView<double> source, int index) => source[index];

    /// <summary>a·b + c.</summary>
    public static double FusedMultiplyAdd(double a, double b, double c) => a * b + c;

    /// <summary>The smaller one; NaN if either is NaN.</summary>
    public static double Min(double left, double right) => left < right || double.IsNaN(left) ? left : right;

    /// <summary>The larger one; NaN if either is NaN.</summary>
    public static double Max(double left, double right) => left > right || double.IsNaN(left) ? left : right;

    /// <summary>The smaller one; NaN if <paramref name="value"/> is NaN.</summary>
    public static double AtMost(double bound, double value) => bound < value ? bound : value;

    /// <summary>The larger one; NaN if <paramref name="value"/> is NaN.</summary>
    public static double AtLeast(double bound, double value) => bound > value ? bound : value;

    /// <summary>|x|.</summary>
    public static double Abs(double x) => Math.Abs(x);

    /// <summary>√x.</summary>
    public static double Sqrt(double x) => Math.Sqrt(x);

    /// <summary>|magnitude| with the sign of <paramref name="sign"/>.</summary>
    public static double CopySign(double magnitude, double sign) =>
        Interop.IntAsFloat((Interop.FloatAsInt(magnitude) & 0x7FFFFFFFFFFFFFFFu) | (Interop.FloatAsInt(sign) & 0x8000000000000000u));

    /// <summary>−1 below 0, 1 above; zeros and NaN stay what they are.</summary>
    public static double Sign(double x) => x > 0 ? 1 : x < 0 ? -1 : x;

    /// <summary>left &lt; right.</summary>
    public static bool LessThan(double left, double right) => left < right;

    /// <summary>left ≤ right.</summary>
    public static bool LessThanOrEqual(double left, double right) => left <= right;

    /// <summary>left = right.</summary>
    public static bool Equal(double left, double right) => left == right;

    /// <summary>left ∧ right.</summary>
    public static bool And(bool left, bool right) => left & right;

    /// <summary>left ∨ right.</summary>
    public static bool Or(bool left, bool right) => left | right;

    /// <summary>left ∧ ¬right.</summary>
    public static bool AndNot(bool left, bool right) => left & !right;

    /// <summary><paramref name="ifTrue"/> where the condition holds, else <paramref name="ifFalse"/>.</summary>
    public static double Select(bool condition, double ifTrue, double ifFalse) => condition ? ifTrue : ifFalse;

    // The integer nearest to x, for |x| up to 2^50.
    private static double Nearest(double x) => x + Rounder - Rounder;

    // 2^n for a normal number.
    private static double PowerOfTwo(double n) => Interop.IntAsFloat((ulong)((long)n + 1023) << 52);

    // value·2^n in two factors, so that neither overflows nor is rounded.
    private static double Scale(double value, double n)
    {
        var half = Nearest(0.5 * n);
        return value * PowerOfTwo(half) * PowerOfTwo(n - half);
    }
}
