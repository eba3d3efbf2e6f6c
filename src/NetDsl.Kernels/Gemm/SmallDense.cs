using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>
/// The products of a layer with few weights: no tiles, tasks or packing, only loops whose lengths the JIT knows.
/// Each vector width that the columns need is one call.
/// </summary>
internal static class SmallDense
{
    /// <summary>Most weights of a small layer; their transpose stands on the stack.</summary>
    private const int MostWeights = 256;

    /// <summary>Multiply-adds of a batch up to which these loops beat the tiles.</summary>
    private const int MostWork = 4096;

    /// <summary>Whether a layer and its batch are small. For a shape that never is, the JIT sees a constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Covers<TShape>(int rows)
        where TShape : struct, IDenseShape =>
        TShape.Inputs * TShape.Outputs <= MostWeights && rows <= MostWork / (TShape.Inputs * TShape.Outputs);

    /// <summary>y = e(x·Wᵀ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TShape, TEpilogue>(ReadOnlySpan<T> x, ReadOnlySpan<T> weight, Span<T> y, int rows, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IDenseShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        ref var source = ref MemoryMarshal.GetReference(x);
        ref var weights = ref MemoryMarshal.GetReference(weight);
        ref var result = ref MemoryMarshal.GetReference(y);
        if (Part<T, Simd512<T>>.IsIn(TShape.Outputs))
            Forward<T, Simd512<T>, TShape, TEpilogue>(ref source, ref weights, ref result, rows, epilogue);
        if (Part<T, Simd256<T>>.IsIn(TShape.Outputs))
            Forward<T, Simd256<T>, TShape, TEpilogue>(ref source, ref weights, ref result, rows, epilogue);
        if (Part<T, Simd128<T>>.IsIn(TShape.Outputs))
            Forward<T, Simd128<T>, TShape, TEpilogue>(ref source, ref weights, ref result, rows, epilogue);
        if (Part<T, Simd1<T>>.IsIn(TShape.Outputs))
            Dots<T, TShape, TEpilogue>(ref source, ref weights, ref result, rows, epilogue);
    }

    /// <summary>dx = e(dz·W).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void BackwardInput<T, TShape, TEpilogue>(ReadOnlySpan<T> dz, ReadOnlySpan<T> weight, Span<T> dx, int rows, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IDenseShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct =>
        Multiply<T, TShape, TEpilogue>(
            ref MemoryMarshal.GetReference(dz), TShape.Outputs, 1, ref MemoryMarshal.GetReference(weight), ref MemoryMarshal.GetReference(dx),
            rows, TShape.Outputs, epilogue);

    /// <summary>dW = e(dzᵀ·x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void BackwardWeight<T, TShape, TEpilogue>(ReadOnlySpan<T> dz, ReadOnlySpan<T> x, Span<T> dWeight, int rows, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IDenseShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct =>
        Multiply<T, TShape, TEpilogue>(
            ref MemoryMarshal.GetReference(dz), 1, TShape.Outputs, ref MemoryMarshal.GetReference(x), ref MemoryMarshal.GetReference(dWeight),
            TShape.Outputs, rows, epilogue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply<T, TShape, TEpilogue>(ref T a, int aRow, int aStep, ref T b, ref T c, int rows, int depth, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IDenseShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        if (Part<T, Simd512<T>>.IsIn(TShape.Inputs))
            Multiply<T, Simd512<T>, TShape, TEpilogue>(ref a, aRow, aStep, ref b, ref c, rows, depth, epilogue);
        if (Part<T, Simd256<T>>.IsIn(TShape.Inputs))
            Multiply<T, Simd256<T>, TShape, TEpilogue>(ref a, aRow, aStep, ref b, ref c, rows, depth, epilogue);
        if (Part<T, Simd128<T>>.IsIn(TShape.Inputs))
            Multiply<T, Simd128<T>, TShape, TEpilogue>(ref a, aRow, aStep, ref b, ref c, rows, depth, epilogue);
        if (Part<T, Simd1<T>>.IsIn(TShape.Inputs))
            Multiply<T, Simd1<T>, TShape, TEpilogue>(ref a, aRow, aStep, ref b, ref c, rows, depth, epilogue);
    }

    // c[row, i] = e(Σₚ a[row·aRow + p·aStep] · b[p, i]) over the columns i that belong to V.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<T, V, TShape, TEpilogue>(ref T a, int aRow, int aStep, ref T b, ref T c, int rows, int depth, TEpilogue epilogue)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TShape : struct, IDenseShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        for (var column = Part<T, V>.Start(TShape.Inputs); column < Part<T, V>.End(TShape.Inputs); column += V.Count)
        {
            for (var row = 0; row < rows; row++)
            {
                ref var factor = ref Unsafe.Add(ref a, row * aRow);
                ref var vector = ref Unsafe.Add(ref b, column);
                var sum = V.Zero;
                for (var p = 0; p < depth; p++)
                {
                    sum = TileMath.MultiplyAdd<T, V>(V.Create(factor), V.Load(ref vector), sum);
                    factor = ref Unsafe.Add(ref factor, aStep);
                    vector = ref Unsafe.Add(ref vector, TShape.Inputs);
                }
                epilogue.Apply(sum, row, column).Store(ref Unsafe.Add(ref c, row * TShape.Inputs + column));
            }
        }
    }

    // The columns of Wᵀ that belong to V are gathered once, then used by every row.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Forward<T, V, TShape, TEpilogue>(ref T x, ref T weight, ref T y, int rows, TEpilogue epilogue)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TShape : struct, IDenseShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        var turned = stackalloc T[TShape.Inputs * V.Count];
        for (var column = Part<T, V>.Start(TShape.Outputs); column < Part<T, V>.End(TShape.Outputs); column += V.Count)
        {
            for (var p = 0; p < TShape.Inputs; p++)
                Gather<T, TShape, V>(ref Unsafe.Add(ref weight, column * TShape.Inputs + p)).Store(ref turned[p * V.Count]);
            for (var row = 0; row < rows; row++)
            {
                ref var factor = ref Unsafe.Add(ref x, row * TShape.Inputs);
                var sum = V.Create(factor) * V.Load(ref *turned);
                for (var p = 1; p < TShape.Inputs; p++)
                    sum = TileMath.MultiplyAdd<T, V>(V.Create(Unsafe.Add(ref factor, p)), V.Load(ref turned[p * V.Count]), sum);
                epilogue.Apply(sum, row, column).Store(ref Unsafe.Add(ref y, row * TShape.Outputs + column));
            }
        }
    }

    // The outputs that fill no vector: a dot product for each.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Dots<T, TShape, TEpilogue>(ref T x, ref T weight, ref T y, int rows, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IDenseShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        for (var column = Part<T, Simd1<T>>.Start(TShape.Outputs); column < TShape.Outputs; column++)
        {
            ref var factors = ref Unsafe.Add(ref weight, column * TShape.Inputs);
            for (var row = 0; row < rows; row++)
            {
                ref var source = ref Unsafe.Add(ref x, row * TShape.Inputs);
                var sum = Simd1<T>.Zero;
                if (Part<T, Simd512<T>>.IsIn(TShape.Inputs))
                    sum += Dot<T, Simd512<T>, TShape>(ref source, ref factors);
                if (Part<T, Simd256<T>>.IsIn(TShape.Inputs))
                    sum += Dot<T, Simd256<T>, TShape>(ref source, ref factors);
                if (Part<T, Simd128<T>>.IsIn(TShape.Inputs))
                    sum += Dot<T, Simd128<T>, TShape>(ref source, ref factors);
                if (Part<T, Simd1<T>>.IsIn(TShape.Inputs))
                    sum += Dot<T, Simd1<T>, TShape>(ref source, ref factors);
                epilogue.Apply(sum, row, column).Store(ref Unsafe.Add(ref y, row * TShape.Outputs + column));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Simd1<T> Dot<T, V, TShape>(ref T x, ref T weight)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TShape : struct, IDenseShape
    {
        var i = Part<T, V>.Start(TShape.Inputs);
        var sum = V.Load(ref Unsafe.Add(ref x, i)) * V.Load(ref Unsafe.Add(ref weight, i));
        for (i += V.Count; i < Part<T, V>.End(TShape.Inputs); i += V.Count)
            sum = TileMath.MultiplyAdd<T, V>(V.Load(ref Unsafe.Add(ref x, i)), V.Load(ref Unsafe.Add(ref weight, i)), sum);
        return Simd1<T>.Create(V.Sum(sum));
    }

    // Built in registers: a vector load of elements just stored one by one would wait until they reach the cache.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Gather<T, TShape, V>(ref T source)
        where T : unmanaged
        where TShape : struct, IDenseShape
        where V : struct, ISimd<V, T>
    {
        if (V.Count == 1)
            return V.Load(ref source);
        if (Unsafe.SizeOf<V>() == Unsafe.SizeOf<Vector512<T>>())
            return Unsafe.BitCast<Vector512<T>, V>(Vector512.Create(Gather256<T, TShape>(ref source), Gather256<T, TShape>(ref Next<T, TShape>(ref source, Vector256<T>.Count))));
        if (Unsafe.SizeOf<V>() == Unsafe.SizeOf<Vector256<T>>())
            return Unsafe.BitCast<Vector256<T>, V>(Gather256<T, TShape>(ref source));
        return Unsafe.BitCast<Vector128<T>, V>(Gather128<T, TShape>(ref source));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Gather256<T, TShape>(ref T source)
        where T : unmanaged
        where TShape : struct, IDenseShape =>
        Vector256.Create(Gather128<T, TShape>(ref source), Gather128<T, TShape>(ref Next<T, TShape>(ref source, Vector128<T>.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Gather128<T, TShape>(ref T source)
        where T : unmanaged
        where TShape : struct, IDenseShape
    {
        ref var second = ref Next<T, TShape>(ref source, 1);
        if (typeof(T) == typeof(double))
            return Vector128.Create(Unsafe.As<T, double>(ref source), Unsafe.As<T, double>(ref second)).As<double, T>();
        return Vector128.Create(
            Unsafe.As<T, float>(ref source), Unsafe.As<T, float>(ref second),
            Unsafe.As<T, float>(ref Next<T, TShape>(ref source, 2)), Unsafe.As<T, float>(ref Next<T, TShape>(ref source, 3))).As<float, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref T Next<T, TShape>(ref T source, int rows)
        where T : unmanaged
        where TShape : struct, IDenseShape => ref Unsafe.Add(ref source, rows * TShape.Inputs);

    /// <summary>Which elements of a row vectors of one width take: what wider ones leave, as far as whole vectors go. Constants, for a constant length.</summary>
    private static class Part<T, V>
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Start(int length)
        {
            if (V.Count == 1)
                return length - length % Vector128<T>.Count;
            var isWidest = V.Count == Vector512<T>.Count
                || (V.Count == Vector256<T>.Count ? !Vector512.IsHardwareAccelerated : !Vector256.IsHardwareAccelerated);
            return isWidest ? 0 : length - length % (2 * V.Count);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int End(int length) => length - length % V.Count;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool IsIn(int length)
        {
            var isThere = V.Count == Vector512<T>.Count ? Vector512.IsHardwareAccelerated
                : V.Count != Vector256<T>.Count || Vector256.IsHardwareAccelerated;
            return isThere && Start(length) < End(length);
        }
    }
}
