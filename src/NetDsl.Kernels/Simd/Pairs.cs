using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace NetDsl.Kernels.Simd;

/// <summary>Elements that stand in turn, taken apart and put together again.</summary>
internal static unsafe class Pairs
{
    /// <summary>Whether the processor has the instructions for vectors of this width.</summary>
    public static bool AreFast<V, T>()
        where V : struct, ISimd<V, T>
        where T : unmanaged =>
        (Unsafe.SizeOf<V>() == 64 && Avx512F.IsSupported) || (Unsafe.SizeOf<V>() == 32 && Avx2.IsSupported)
        || (Unsafe.SizeOf<V>() == 16 && V.Count > 1 && (Sse2.IsSupported || AdvSimd.Arm64.IsSupported));

    /// <summary>source[0], source[2], …: as many as a vector holds; nothing behind the last one is read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Evens<V, T>(T* source)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        // The second half is read one element early, so that it ends with the last even one.
        var (low, high) = (V.Load(in *source), V.Load(in source[V.Count - 1]));
        if (Unsafe.SizeOf<V>() == 64)
        {
            return Unsafe.SizeOf<T>() == sizeof(float)
                ? From512<V, float>(Avx512F.PermuteVar16x32x2(As512<V, float>(low), Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31), As512<V, float>(high)))
                : From512<V, double>(Avx512F.PermuteVar8x64x2(As512<V, double>(low), Vector512.Create(0L, 2, 4, 6, 9, 11, 13, 15), As512<V, double>(high)));
        }
        if (Unsafe.SizeOf<V>() == 32)
        {
            return Unsafe.SizeOf<T>() == sizeof(float)
                ? From256<V, double>(Avx2.Permute4x64(Avx.Shuffle(As256<V, float>(low), As256<V, float>(high), 0b11_01_10_00).AsDouble(), 0b11_01_10_00))
                : From256<V, double>(Avx2.Permute4x64(Avx.Shuffle(As256<V, double>(low), As256<V, double>(high), 0b1010), 0b11_01_10_00));
        }
        if (Unsafe.SizeOf<T>() == sizeof(float))
        {
            var (a, b) = (Unsafe.BitCast<V, Vector128<float>>(low), Unsafe.BitCast<V, Vector128<float>>(high));
            return Unsafe.BitCast<Vector128<float>, V>(
                Sse.IsSupported ? Sse.Shuffle(a, b, 0b11_01_10_00) : AdvSimd.Arm64.UnzipEven(a, AdvSimd.ExtractVector128(b, b, 1)));
        }
        var (c, d) = (Unsafe.BitCast<V, Vector128<double>>(low), Unsafe.BitCast<V, Vector128<double>>(high));
        return Unsafe.BitCast<Vector128<double>, V>(Vector128.Create(c.GetLower(), d.GetUpper()));
    }

    /// <summary>destination[0] = evens[0], destination[1] = odds[0], destination[2] = evens[1], …: two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V, T>(V evens, V odds, T* destination)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        V low, high;
        if (Unsafe.SizeOf<V>() == 64 && Unsafe.SizeOf<T>() == sizeof(float))
        {
            var (a, b) = (As512<V, float>(evens), As512<V, float>(odds));
            low = From512<V, float>(Avx512F.PermuteVar16x32x2(a, Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), b));
            high = From512<V, float>(Avx512F.PermuteVar16x32x2(a, Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), b));
        }
        else if (Unsafe.SizeOf<V>() == 64)
        {
            var (a, b) = (As512<V, double>(evens), As512<V, double>(odds));
            low = From512<V, double>(Avx512F.PermuteVar8x64x2(a, Vector512.Create(0L, 8, 1, 9, 2, 10, 3, 11), b));
            high = From512<V, double>(Avx512F.PermuteVar8x64x2(a, Vector512.Create(4L, 12, 5, 13, 6, 14, 7, 15), b));
        }
        else if (Unsafe.SizeOf<V>() == 32)
        {
            var isFloat = Unsafe.SizeOf<T>() == sizeof(float);
            var a = isFloat
                ? Avx.UnpackLow(As256<V, float>(evens), As256<V, float>(odds)).AsDouble()
                : Avx.UnpackLow(As256<V, double>(evens), As256<V, double>(odds));
            var b = isFloat
                ? Avx.UnpackHigh(As256<V, float>(evens), As256<V, float>(odds)).AsDouble()
                : Avx.UnpackHigh(As256<V, double>(evens), As256<V, double>(odds));
            low = From256<V, double>(Avx.Permute2x128(a, b, 0x20));
            high = From256<V, double>(Avx.Permute2x128(a, b, 0x31));
        }
        else if (Unsafe.SizeOf<T>() == sizeof(float))
        {
            var (a, b) = (Unsafe.BitCast<V, Vector128<float>>(evens), Unsafe.BitCast<V, Vector128<float>>(odds));
            low = Unsafe.BitCast<Vector128<float>, V>(Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b));
            high = Unsafe.BitCast<Vector128<float>, V>(Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b));
        }
        else
        {
            var (a, b) = (Unsafe.BitCast<V, Vector128<double>>(evens), Unsafe.BitCast<V, Vector128<double>>(odds));
            low = Unsafe.BitCast<Vector128<double>, V>(Vector128.Create(a.GetLower(), b.GetLower()));
            high = Unsafe.BitCast<Vector128<double>, V>(Vector128.Create(a.GetUpper(), b.GetUpper()));
        }
        low.Store(ref *destination);
        high.Store(ref destination[V.Count]);
    }

    /// <summary>source[0], source[0], source[1], source[1], …: a vector from half as many elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Twice<V, T>(T* source)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (Unsafe.SizeOf<V>() == 64)
        {
            var half = Vector256.Load(source).ToVector512Unsafe();
            return Unsafe.SizeOf<T>() == sizeof(float)
                ? From512<V, float>(Vector512.Shuffle(half.AsSingle(), Vector512.Create(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7)))
                : From512<V, double>(Vector512.Shuffle(half.AsDouble(), Vector512.Create(0L, 0, 1, 1, 2, 2, 3, 3)));
        }
        if (Unsafe.SizeOf<V>() == 32)
        {
            var half = Vector128.Load(source).ToVector256Unsafe();
            return Unsafe.SizeOf<T>() == sizeof(float)
                ? From256<V, float>(Vector256.Shuffle(half.AsSingle(), Vector256.Create(0, 0, 1, 1, 2, 2, 3, 3)))
                : From256<V, double>(Vector256.Shuffle(half.AsDouble(), Vector256.Create(0L, 0, 1, 1)));
        }
        return Unsafe.SizeOf<T>() == sizeof(float)
            ? Unsafe.BitCast<Vector128<float>, V>(Vector128.Shuffle(Vector128.CreateScalarUnsafe(*(double*)source).AsSingle(), Vector128.Create(0, 0, 1, 1)))
            : V.Create(*source);
    }

    /// <summary>The elements 1, 0, 3, 2, ….</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Swapped<V, T>(V value)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var isFloat = Unsafe.SizeOf<T>() == sizeof(float);
        if (Unsafe.SizeOf<V>() == 64)
        {
            return isFloat
                ? From512<V, float>(Vector512.Shuffle(As512<V, float>(value), Vector512.Create(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)))
                : From512<V, double>(Vector512.Shuffle(As512<V, double>(value), Vector512.Create(1L, 0, 3, 2, 5, 4, 7, 6)));
        }
        if (Unsafe.SizeOf<V>() == 32)
        {
            return isFloat
                ? From256<V, float>(Vector256.Shuffle(As256<V, float>(value), Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6)))
                : From256<V, double>(Vector256.Shuffle(As256<V, double>(value), Vector256.Create(1L, 0, 3, 2)));
        }
        return isFloat
            ? Unsafe.BitCast<Vector128<float>, V>(Vector128.Shuffle(Unsafe.BitCast<V, Vector128<float>>(value), Vector128.Create(1, 0, 3, 2)))
            : Unsafe.BitCast<Vector128<double>, V>(Vector128.Shuffle(Unsafe.BitCast<V, Vector128<double>>(value), Vector128.Create(1L, 0)));
    }

    /// <summary>A mask of the elements 1, 3, 5, ….</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Odd<V, T>()
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var pair = Unsafe.SizeOf<T>() == sizeof(float) ? Vector128.Create(0, -1, 0, -1).AsInt64() : Vector128.Create(0L, -1);
        return Unsafe.SizeOf<V>() == 64 ? From512<V, long>(Vector512.Create(Vector256.Create(pair)))
            : Unsafe.SizeOf<V>() == 32 ? From256<V, long>(Vector256.Create(pair))
            : Unsafe.BitCast<Vector128<long>, V>(pair);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<TElement> As512<V, TElement>(V value)
        where V : struct => Unsafe.BitCast<V, Vector512<TElement>>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V From512<V, TElement>(Vector512<TElement> value)
        where V : struct => Unsafe.BitCast<Vector512<TElement>, V>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<TElement> As256<V, TElement>(V value)
        where V : struct => Unsafe.BitCast<V, Vector256<TElement>>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V From256<V, TElement>(Vector256<TElement> value)
        where V : struct => Unsafe.BitCast<Vector256<TElement>, V>(value);
}
