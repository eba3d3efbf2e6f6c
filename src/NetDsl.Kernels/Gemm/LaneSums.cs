using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>Adds up the lanes of four vectors at once, in a third of the steps that four sums take.</summary>
internal static unsafe class LaneSums
{
    /// <summary>destination[i·stride] = Σ of the lanes of the i-th vector, for the vectors that count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T, V, TVectors>(in TileRow<T, V, TVectors> row, T* destination, nint stride)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TVectors : struct, IConstant
    {
        if (Sse.IsSupported && typeof(T) == typeof(float) && V.Count >= Vector128<float>.Count)
        {
            var sums = OfFour(Fold<V>(row.V0), Fold<V>(row.V1), Fold<V>(row.V2), Fold<V>(row.V3)).As<float, T>();
            if (TVectors.Value == 4 && stride == 1)
            {
                sums.Store(destination);
                return;
            }
            destination[0] = sums[0];
            if (TVectors.Value > 1)
                destination[stride] = sums[1];
            if (TVectors.Value > 2)
                destination[2 * stride] = sums[2];
            if (TVectors.Value > 3)
                destination[3 * stride] = sums[3];
            return;
        }
        destination[0] = V.Sum(row.V0);
        if (TVectors.Value > 1)
            destination[stride] = V.Sum(row.V1);
        if (TVectors.Value > 2)
            destination[2 * stride] = V.Sum(row.V2);
        if (TVectors.Value > 3)
            destination[3 * stride] = V.Sum(row.V3);
    }

    // Halves are added until four lanes are left.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Fold<V>(V value)
        where V : struct
    {
        if (Unsafe.SizeOf<V>() == Unsafe.SizeOf<Vector512<float>>())
        {
            var whole = Unsafe.BitCast<V, Vector512<float>>(value);
            return Fold(whole.GetLower() + whole.GetUpper());
        }
        if (Unsafe.SizeOf<V>() == Unsafe.SizeOf<Vector256<float>>())
        {
            var half = Unsafe.BitCast<V, Vector256<float>>(value);
            return half.GetLower() + half.GetUpper();
        }
        return Unsafe.BitCast<V, Vector128<float>>(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> OfFour(Vector128<float> v0, Vector128<float> v1, Vector128<float> v2, Vector128<float> v3)
    {
        var pairs01 = Sse.UnpackLow(v0, v1) + Sse.UnpackHigh(v0, v1);
        var pairs23 = Sse.UnpackLow(v2, v3) + Sse.UnpackHigh(v2, v3);
        return Sse.MoveLowToHigh(pairs01, pairs23) + Sse.MoveHighToLow(pairs23, pairs01);
    }
}
