using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>Where the rows of a finished tile go.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal interface ITileSink<T>
    where T : unmanaged
{
    /// <summary>Takes the accumulators of one row.</summary>
    void Put<V, TVectors>(int row, in TileRow<T, V, TVectors> sums)
        where V : struct, ISimd<V, T>
        where TVectors : struct, IConstant;
}

/// <summary>Keeps sums that the epilogue cannot take yet: because k goes on, or because they stand across the result.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="sums">Place of the tile's first element.</param>
/// <param name="stride">From row to row.</param>
/// <param name="add">Whether the place holds the sums of earlier blocks of k.</param>
internal readonly unsafe struct SumSink<T>(T* sums, nint stride, bool add) : ITileSink<T>
    where T : unmanaged
{
    private readonly T* _sums = sums;
    private readonly nint _stride = stride;
    private readonly bool _add = add;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put<V, TVectors>(int row, in TileRow<T, V, TVectors> sums)
        where V : struct, ISimd<V, T>
        where TVectors : struct, IConstant
    {
        var place = _sums + row * _stride;
        Put(place, sums.V0);
        if (TVectors.Value > 1)
            Put(place + V.Count, sums.V1);
        if (TVectors.Value > 2)
            Put(place + 2 * V.Count, sums.V2);
        if (TVectors.Value > 3)
            Put(place + 3 * V.Count, sums.V3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put<V>(T* place, V sum)
        where V : struct, ISimd<V, T> =>
        (_add ? V.Load(in *place) + sum : sum).Store(ref *place);
}

/// <summary>Adds up the lanes of dot products.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="sums">Place of the tile's first element.</param>
/// <param name="rowStride">From row to row of the tile.</param>
/// <param name="columnStride">From column to column of the tile.</param>
internal readonly unsafe struct LaneSumSink<T>(T* sums, nint rowStride, nint columnStride) : ITileSink<T>
    where T : unmanaged
{
    private readonly T* _sums = sums;
    private readonly nint _rowStride = rowStride;
    private readonly nint _columnStride = columnStride;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put<V, TVectors>(int row, in TileRow<T, V, TVectors> sums)
        where V : struct, ISimd<V, T>
        where TVectors : struct, IConstant =>
        LaneSums.Store(sums, _sums + row * _rowStride, _columnStride);
}
