using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NetDsl.Kernels.Simd;

/// <summary>128 bits: 4 floats or 2 doubles.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public readonly struct Simd128<T> : ISimd<Simd128<T>, T>
    where T : unmanaged
{
    private readonly Vector128<T> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Simd128(Vector128<T> value) => _value = value;

    /// <summary>Wraps a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Simd128<T>(Vector128<T> value) => new(value);

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<T>.Count;
    }

    /// <inheritdoc/>
    public static Simd128<T> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<T>.Zero;
    }

    /// <inheritdoc/>
    public static Simd128<T> One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<T>.One;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Create(T value) => Vector128.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Create(double value) =>
        typeof(T) == typeof(float)
            ? Vector128.Create((float)value).As<float, T>()
            : Vector128.Create(value).As<double, T>();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> CreateBits(long bits) =>
        typeof(T) == typeof(float)
            ? Vector128.Create((int)bits).As<int, T>()
            : Vector128.Create(bits).As<long, T>();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Load(ref readonly T source) => Vector128.LoadUnsafe(in source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Load(ReadOnlySpan<T> source, int index) => Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(source), (nuint)index);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref T destination) => _value.StoreUnsafe(ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Span<T> destination, int index) => _value.StoreUnsafe(ref MemoryMarshal.GetReference(destination), (nuint)index);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator +(Simd128<T> left, Simd128<T> right) => left._value + right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator -(Simd128<T> left, Simd128<T> right) => left._value - right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator *(Simd128<T> left, Simd128<T> right) => left._value * right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator /(Simd128<T> left, Simd128<T> right) => left._value / right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator -(Simd128<T> value) => -value._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> FusedMultiplyAdd(Simd128<T> a, Simd128<T> b, Simd128<T> c) =>
        typeof(T) == typeof(float)
            ? Vector128.FusedMultiplyAdd(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle()).As<float, T>()
            : Vector128.FusedMultiplyAdd(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble()).As<double, T>();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Min(Simd128<T> left, Simd128<T> right) => Vector128.Min(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Max(Simd128<T> left, Simd128<T> right) => Vector128.Max(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> AtMost(Simd128<T> bound, Simd128<T> value) => Vector128.MinNative(bound._value, value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> AtLeast(Simd128<T> bound, Simd128<T> value) => Vector128.MaxNative(bound._value, value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Abs(Simd128<T> value) => Vector128.Abs(value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Sqrt(Simd128<T> value) => Vector128.Sqrt(value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> CopySign(Simd128<T> magnitude, Simd128<T> sign) => Vector128.CopySign(magnitude._value, sign._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Round(Simd128<T> value) =>
        typeof(T) == typeof(float)
            ? Vector128.Round(value._value.AsSingle()).As<float, T>()
            : Vector128.Round(value._value.AsDouble()).As<double, T>();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Scale(Simd128<T> value, Simd128<T> exponent)
    {
        if (!Avx512F.VL.IsSupported)
            return SimdMath.Scale<Simd128<T>, T>(value, exponent);
        return typeof(T) == typeof(float)
            ? Avx512F.VL.Scale(value._value.AsSingle(), exponent._value.AsSingle()).As<float, T>()
            : Avx512F.VL.Scale(value._value.AsDouble(), exponent._value.AsDouble()).As<double, T>();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> GreaterThan(Simd128<T> left, Simd128<T> right) => Vector128.GreaterThan(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> GreaterThanOrEqual(Simd128<T> left, Simd128<T> right) => Vector128.GreaterThanOrEqual(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> LessThan(Simd128<T> left, Simd128<T> right) => Vector128.LessThan(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> LessThanOrEqual(Simd128<T> left, Simd128<T> right) => Vector128.LessThanOrEqual(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Equal(Simd128<T> left, Simd128<T> right) => Vector128.Equals(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Simd128<T> mask) => Vector128.ExtractMostSignificantBits(mask._value) != 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Select(Simd128<T> mask, Simd128<T> ifTrue, Simd128<T> ifFalse) => Vector128.ConditionalSelect(mask._value, ifTrue._value, ifFalse._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> And(Simd128<T> left, Simd128<T> right) => left._value & right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Or(Simd128<T> left, Simd128<T> right) => left._value | right._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> AndNot(Simd128<T> left, Simd128<T> right) => Vector128.AndNot(left._value, right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> ShiftLeft(Simd128<T> value, int count) =>
        typeof(T) == typeof(float)
            ? Vector128.ShiftLeft(value._value.AsInt32(), count).As<int, T>()
            : Vector128.ShiftLeft(value._value.AsInt64(), count).As<long, T>();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> ShiftRight(Simd128<T> value, int count) =>
        typeof(T) == typeof(float)
            ? Vector128.ShiftRightLogical(value._value.AsInt32(), count).As<int, T>()
            : Vector128.ShiftRightLogical(value._value.AsInt64(), count).As<long, T>();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Simd128<T> value) => Vector128.Sum(value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> FoldToDouble(Simd128<T> value)
    {
        if (typeof(T) == typeof(double))
            return value._value.AsDouble().ToVector256();
        var (lower, upper) = Vector128.Widen(value._value.AsSingle());
        return Vector256.Create(lower, upper);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MaxAcross(Simd128<T> value)
    {
        if (typeof(T) == typeof(double))
        {
            var pair = value._value.AsDouble();
            return Vector128.Max(pair, Vector128.Shuffle(pair, Vector128.Create(1L, 0))).As<double, T>().ToScalar();
        }
        var four = value._value.AsSingle();
        four = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(1, 0, 3, 2))).As<float, T>().ToScalar();
    }
}
