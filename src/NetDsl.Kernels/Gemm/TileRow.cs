using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>One row of a tile: 1 to 4 vectors. Four fields are what the JIT keeps in registers as a struct.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="V">The vector.</typeparam>
/// <typeparam name="TVectors">How many of the fields count.</typeparam>
internal struct TileRow<T, V, TVectors>
    where T : unmanaged
    where V : struct, ISimd<V, T>
    where TVectors : struct, IConstant
{
    public V V0;
    public V V1;
    public V V2;
    public V V3;

    /// <summary>The vectors at <paramref name="source"/> and at every <paramref name="stride"/> elements after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe TileRow<T, V, TVectors> Load(T* source, nint stride)
    {
        TileRow<T, V, TVectors> row = default;
        row.V0 = V.Load(in *source);
        if (TVectors.Value > 1)
            row.V1 = V.Load(in source[stride]);
        if (TVectors.Value > 2)
            row.V2 = V.Load(in source[2 * stride]);
        if (TVectors.Value > 3)
            row.V3 = V.Load(in source[3 * stride]);
        return row;
    }

    /// <summary>this += factor · row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAdd(V factor, in TileRow<T, V, TVectors> row)
    {
        V0 = TileMath.MultiplyAdd<T, V>(factor, row.V0, V0);
        if (TVectors.Value > 1)
            V1 = TileMath.MultiplyAdd<T, V>(factor, row.V1, V1);
        if (TVectors.Value > 2)
            V2 = TileMath.MultiplyAdd<T, V>(factor, row.V2, V2);
        if (TVectors.Value > 3)
            V3 = TileMath.MultiplyAdd<T, V>(factor, row.V3, V3);
    }

    /// <summary>The row with the lanes outside <paramref name="mask"/> set to 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TileRow<T, V, TVectors> And(V mask)
    {
        TileRow<T, V, TVectors> row = default;
        row.V0 = V.And(V0, mask);
        if (TVectors.Value > 1)
            row.V1 = V.And(V1, mask);
        if (TVectors.Value > 2)
            row.V2 = V.And(V2, mask);
        if (TVectors.Value > 3)
            row.V3 = V.And(V3, mask);
        return row;
    }
}
