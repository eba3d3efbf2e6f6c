using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NetDsl.Kernels.Simd;

/// <summary>One element. It stands in the lowest lane of a vector register, so that masks need no branches and the bits are those of the wide forms.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public readonly struct Simd1<T> : ISimd<Simd1<T>, T>
    where T : unmanaged
{
    private readonly Vector128<T> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Simd1(Vector128<T> value) => _value = value;

    /// <summary>Wraps a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Simd1<T>(Vector128<T> value) => new(value);

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    /// <inheritdoc/>
    public static Simd1<T> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<T>.Zero;
    }

    /// <inheritdoc/>
    public static Simd1<T> One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<T>.One;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Create(T value) => Vector128.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Create(double value) =>
        typeof(T) == typeof(float)
            ? Vector128.Create((float)value).As<float, T>()
            : Vector128.Create(value).As<double, T>();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> CreateBits(long bits) =>
        typeof(T) == typeof(float)
            ? Vector128.Create((int)bits).As<int, T>()
            : Vector128.Create(bits).As<long, T>();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Load(ref readonly T source) => Vector128.CreateScalar(source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Load(ReadOnlySpan<T> source, int index) => Vector128.CreateScalar(Unsafe.Add(ref MemoryMarshal.GetReference(source), index));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref T destination) => destination = _value.ToScalar();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Span<T> destination, int index) => Unsafe.Add(ref MemoryMarshal.GetReference(destination), index) = _value.ToScalar();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> operator +(Simd1<T> left, Simd1<T> right) => left._value + right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> operator -(Simd1<T> left, Simd1<T> right) => left._value - right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> operator *(Simd1<T> left, Simd1<T> right) => left._value * right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> operator /(Simd1<T> left, Simd1<T> right) => left._value / right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> operator -(Simd1<T> value) => -value._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> FusedMultiplyAdd(Simd1<T> a, Simd1<T> b, Simd1<T> c) =>
        typeof(T) == typeof(float)
            ? Vector128.FusedMultiplyAdd(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle()).As<float, T>()
            : Vector128.FusedMultiplyAdd(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble()).As<double, T>();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Min(Simd1<T> left, Simd1<T> right) => Vector128.Min(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Max(Simd1<T> left, Simd1<T> right) => Vector128.Max(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> AtMost(Simd1<T> bound, Simd1<T> value) => Vector128.MinNative(bound._value, value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> AtLeast(Simd1<T> bound, Simd1<T> value) => Vector128.MaxNative(bound._value, value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Abs(Simd1<T> value) => Vector128.Abs(value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Sqrt(Simd1<T> value) => Vector128.Sqrt(value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> CopySign(Simd1<T> magnitude, Simd1<T> sign) => Vector128.CopySign(magnitude._value, sign._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Round(Simd1<T> value) =>
        typeof(T) == typeof(float)
            ? Vector128.Round(value._value.AsSingle()).As<float, T>()
            : Vector128.Round(value._value.AsDouble()).As<double, T>();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Scale(Simd1<T> value, Simd1<T> exponent)
    {
        if (!Avx512F.VL.IsSupported)
            return SimdMath.Scale<Simd1<T>, T>(value, exponent);
        return typeof(T) == typeof(float)
            ? Avx512F.VL.Scale(value._value.AsSingle(), exponent._value.AsSingle()).As<float, T>()
            : Avx512F.VL.Scale(value._value.AsDouble(), exponent._value.AsDouble()).As<double, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> GreaterThan(Simd1<T> left, Simd1<T> right) => Vector128.GreaterThan(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> GreaterThanOrEqual(Simd1<T> left, Simd1<T> right) => Vector128.GreaterThanOrEqual(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> LessThan(Simd1<T> left, Simd1<T> right) => Vector128.LessThan(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> LessThanOrEqual(Simd1<T> left, Simd1<T> right) => Vector128.LessThanOrEqual(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Equal(Simd1<T> left, Simd1<T> right) => Vector128.Equals(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Simd1<T> mask) => (Vector128.ExtractMostSignificantBits(mask._value) & 1) != 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Select(Simd1<T> mask, Simd1<T> ifTrue, Simd1<T> ifFalse) => Vector128.ConditionalSelect(mask._value, ifTrue._value, ifFalse._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> And(Simd1<T> left, Simd1<T> right) => left._value & right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Or(Simd1<T> left, Simd1<T> right) => left._value | right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> AndNot(Simd1<T> left, Simd1<T> right) => Vector128.AndNot(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> ShiftLeft(Simd1<T> value, int count) =>
        typeof(T) == typeof(float)
            ? Vector128.ShiftLeft(value._value.AsInt32(), count).As<int, T>()
            : Vector128.ShiftLeft(value._value.AsInt64(), count).As<long, T>();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> ShiftRight(Simd1<T> value, int count) =>
        typeof(T) == typeof(float)
            ? Vector128.ShiftRightLogical(value._value.AsInt32(), count).As<int, T>()
            : Vector128.ShiftRightLogical(value._value.AsInt64(), count).As<long, T>();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Simd1<T> value) => value._value.ToScalar();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> FoldToDouble(Simd1<T> value) =>
        typeof(T) == typeof(float)
            ? Vector256.CreateScalar((double)value._value.AsSingle().ToScalar())
            : Vector256.CreateScalar(value._value.AsDouble().ToScalar());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MaxAcross(Simd1<T> value) => value._value.ToScalar();
}
