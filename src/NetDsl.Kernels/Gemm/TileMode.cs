using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>What one step of the micro-kernel multiplies.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal unsafe interface ITileMode<T>
    where T : unmanaged
{
    /// <summary>Elements of k that one step covers.</summary>
    static abstract int StepLength<V>()
        where V : struct, ISimd<V, T>;

    /// <summary>Asks for the cache line of b that a later tile will read.</summary>
    static abstract void Prefetch(T* ahead);

    /// <summary>The factor that one row of the tile takes from a.</summary>
    static abstract V LoadA<V>(T* a)
        where V : struct, ISimd<V, T>;
}

/// <summary>An element of a, broadcast, times a row of b: one step of k, for as many columns as there are lanes.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal readonly unsafe struct OuterProduct<T> : ITileMode<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StepLength<V>()
        where V : struct, ISimd<V, T> => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(T* ahead)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(ahead);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LoadA<V>(T* a)
        where V : struct, ISimd<V, T> => V.Create(*a);
}

/// <summary>A vector along k of a row of a times the same stretch of a row of b; the lanes are added up at the end.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal readonly unsafe struct DotProduct<T> : ITileMode<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StepLength<V>()
        where V : struct, ISimd<V, T> => V.Count;

    public static void Prefetch(T* ahead)
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LoadA<V>(T* a)
        where V : struct, ISimd<V, T> => V.Load(in *a);
}

/// <summary>Masks for the last, incomplete vector along k.</summary>
internal static class TailMask
{
    private static ReadOnlySpan<ulong> Bits =>
    [
        0, 0, 0, 0, 0, 0, 0, 0,
        ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue,
        0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>All ones in the last <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<T, V>(int count)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        ref readonly var ones = ref Unsafe.As<ulong, T>(ref Unsafe.Add(ref MemoryMarshal.GetReference(Bits), 8));
        return V.Load(in Unsafe.Subtract(ref Unsafe.AsRef(in ones), V.Count - count));
    }

    /// <summary>All ones in the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V First<T, V>(int count)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        ref readonly var zeros = ref Unsafe.As<ulong, T>(ref Unsafe.Add(ref MemoryMarshal.GetReference(Bits), 16));
        return V.Load(in Unsafe.Subtract(ref Unsafe.AsRef(in zeros), count));
    }
}
