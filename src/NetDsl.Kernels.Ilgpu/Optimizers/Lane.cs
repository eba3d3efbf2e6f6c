using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Ilgpu.Optimizers;

/// <summary>One element as a vector, so that operators of the CPU library which hold numbers alone, such as update rules, run on a device as they are.</summary>
/// <remarks>What works on bits runs on the host alone: ILGPU refuses a kernel that uses it.</remarks>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal readonly struct Lane<T>(T value) : ISimd<Lane<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public readonly T Value = value;

    public static int Count => 1;

    public static Lane<T> Zero => new(T.Zero);

    public static Lane<T> One => new(T.One);

    public static Lane<T> Create(T value) => new(value);

    public static Lane<T> Create(double value) => new(T.CreateTruncating(value));

    public static Lane<T> CreateBits(long bits) => new(typeof(T) == typeof(float) ? Unsafe.BitCast<int, T>((int)bits) : Unsafe.BitCast<long, T>(bits));

    public static Lane<T> Load(ref readonly T source) => new(source);

    public static Lane<T> Load(ReadOnlySpan<T> source, int index) => new(Unsafe.Add(ref MemoryMarshal.GetReference(source), index));

    public void Store(ref T destination) => destination = Value;

    public void Store(Span<T> destination, int index) => Unsafe.Add(ref MemoryMarshal.GetReference(destination), index) = Value;

    public static Lane<T> operator +(Lane<T> left, Lane<T> right) => new(left.Value + right.Value);

    public static Lane<T> operator -(Lane<T> left, Lane<T> right) => new(left.Value - right.Value);

    public static Lane<T> operator *(Lane<T> left, Lane<T> right) => new(left.Value * right.Value);

    public static Lane<T> operator /(Lane<T> left, Lane<T> right) => new(left.Value / right.Value);

    public static Lane<T> operator -(Lane<T> value) => new(-value.Value);

    // ILGPU knows no fused form; the device's compiler makes one of this.
    public static Lane<T> FusedMultiplyAdd(Lane<T> a, Lane<T> b, Lane<T> c) => new(a.Value * b.Value + c.Value);

    public static Lane<T> Min(Lane<T> left, Lane<T> right) => new(T.Min(left.Value, right.Value));

    public static Lane<T> Max(Lane<T> left, Lane<T> right) => new(T.Max(left.Value, right.Value));

    public static Lane<T> AtMost(Lane<T> bound, Lane<T> value) => bound.Value < value.Value ? bound : value;

    public static Lane<T> AtLeast(Lane<T> bound, Lane<T> value) => bound.Value > value.Value ? bound : value;

    public static Lane<T> Abs(Lane<T> value) => new(T.Abs(value.Value));

    public static Lane<T> Sqrt(Lane<T> value) => new(T.Sqrt(value.Value));

    public static Lane<T> CopySign(Lane<T> magnitude, Lane<T> sign) => new(T.CopySign(magnitude.Value, sign.Value));

    public static Lane<T> Round(Lane<T> value) => new(T.Round(value.Value));

    public static Lane<T> Scale(Lane<T> value, Lane<T> exponent) => new(T.ScaleB(value.Value, int.CreateTruncating(exponent.Value)));

    public static Lane<T> GreaterThan(Lane<T> left, Lane<T> right) => Mask(left.Value > right.Value);

    public static Lane<T> GreaterThanOrEqual(Lane<T> left, Lane<T> right) => Mask(left.Value >= right.Value);

    public static Lane<T> LessThan(Lane<T> left, Lane<T> right) => Mask(left.Value < right.Value);

    public static Lane<T> LessThanOrEqual(Lane<T> left, Lane<T> right) => Mask(left.Value <= right.Value);

    public static Lane<T> Equal(Lane<T> left, Lane<T> right) => Mask(left.Value == right.Value);

    public static bool Any(Lane<T> mask) => Bits(mask) != 0;

    public static Lane<T> Select(Lane<T> mask, Lane<T> ifTrue, Lane<T> ifFalse) => Any(mask) ? ifTrue : ifFalse;

    public static Lane<T> And(Lane<T> left, Lane<T> right) => CreateBits(Bits(left) & Bits(right));

    public static Lane<T> Or(Lane<T> left, Lane<T> right) => CreateBits(Bits(left) | Bits(right));

    public static Lane<T> AndNot(Lane<T> left, Lane<T> right) => CreateBits(Bits(left) & ~Bits(right));

    public static Lane<T> ShiftLeft(Lane<T> value, int count) => CreateBits(Bits(value) << count);

    public static Lane<T> ShiftRight(Lane<T> value, int count) => CreateBits((typeof(T) == typeof(float) ? (uint)Bits(value) : Bits(value)) >>> count);

    public static T Sum(Lane<T> value) => value.Value;

    public static Vector256<double> FoldToDouble(Lane<T> value) => Vector256.CreateScalar(double.CreateTruncating(value.Value));

    public static T MaxAcross(Lane<T> value) => value.Value;

    private static Lane<T> Mask(bool isTrue) => CreateBits(isTrue ? -1 : 0);

    private static long Bits(Lane<T> lane) => typeof(T) == typeof(float) ? Unsafe.BitCast<T, int>(lane.Value) : Unsafe.BitCast<T, long>(lane.Value);
}
