using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>Where one step of a tile's sums finds its factors, from the places of the tile on.</summary>
internal readonly record struct TapStep(nint A, nint B);

/// <summary>What a tile of sums is made of and where it goes.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal unsafe struct TapTile<T>
    where T : unmanaged
{
    /// <summary>The first row's factors.</summary>
    public T* A;

    /// <summary>From row to row of <see cref="A"/>.</summary>
    public nint ARow;

    /// <summary>The columns' factors.</summary>
    public T* B0, B1, B2, B3;

    /// <summary>The first row's sums.</summary>
    public T* Sums;

    /// <summary>From row to row of <see cref="Sums"/>.</summary>
    public nint SumsRow;

    /// <summary>The columns' places in a row of sums.</summary>
    public nint To0, To1, To2, To3;

    /// <summary>For each row, in B, where it adds its sums, in place of <see cref="SumsRow"/>.</summary>
    public TapStep* Shifts;
}

/// <summary>What one step of the kernel multiplies, and what becomes of the sums.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal unsafe interface ITapMode<T>
    where T : unmanaged
{
    static abstract V LoadA<V>(T* a)
        where V : struct, ISimd<V, T>;

    static abstract void Put<V, TVectors>(ref TapTile<T> tile, int row, in TileRow<T, V, TVectors> sums)
        where V : struct, ISimd<V, T>
        where TVectors : struct, IConstant;
}

/// <summary>A weight times neighbouring elements: the lanes are results.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal readonly unsafe struct TapResults<T> : ITapMode<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LoadA<V>(T* a)
        where V : struct, ISimd<V, T> => V.Create(*a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<V, TVectors>(ref TapTile<T> tile, int row, in TileRow<T, V, TVectors> sums)
        where V : struct, ISimd<V, T>
        where TVectors : struct, IConstant
    {
        // In order: a vector may reach over the end of its line, into the place of the next one.
        var place = tile.Sums + row * tile.SumsRow;
        sums.V0.Store(ref place[tile.To0]);
        if (TVectors.Value > 1)
            sums.V1.Store(ref place[tile.To1]);
        if (TVectors.Value > 2)
            sums.V2.Store(ref place[tile.To2]);
        if (TVectors.Value > 3)
            sums.V3.Store(ref place[tile.To3]);
    }
}

/// <summary>A weight times neighbouring elements of the result's gradient: the lanes are parts of the gradients of neighbouring elements.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal readonly unsafe struct TapParts<T> : ITapMode<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LoadA<V>(T* a)
        where V : struct, ISimd<V, T> => V.Create(*a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<V, TVectors>(ref TapTile<T> tile, int row, in TileRow<T, V, TVectors> sums)
        where V : struct, ISimd<V, T>
        where TVectors : struct, IConstant
    {
        // One after the other: the vectors of a row can overlap.
        var place = tile.Sums + tile.Shifts[row].B;
        Add(ref place[tile.To0], sums.V0);
        if (TVectors.Value > 1)
            Add(ref place[tile.To1], sums.V1);
        if (TVectors.Value > 2)
            Add(ref place[tile.To2], sums.V2);
        if (TVectors.Value > 3)
            Add(ref place[tile.To3], sums.V3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<V>(ref T place, V sum)
        where V : struct, ISimd<V, T> => (V.Load(in place) + sum).Store(ref place);
}

/// <summary>Neighbouring elements of two images: the lanes are terms of one sum.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal readonly unsafe struct TapTerms<T> : ITapMode<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LoadA<V>(T* a)
        where V : struct, ISimd<V, T> => V.Load(in *a);

    // The lanes are added up when all terms are there: six times in each of the kernel's sizes, that code would take the JIT longer than the kernel itself.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<V, TVectors>(ref TapTile<T> tile, int row, in TileRow<T, V, TVectors> sums)
        where V : struct, ISimd<V, T>
        where TVectors : struct, IConstant
    {
        var place = tile.Sums + row * tile.SumsRow;
        Add(ref *place, sums.V0);
        if (TVectors.Value > 1)
            Add(ref place[V.Count], sums.V1);
        if (TVectors.Value > 2)
            Add(ref place[2 * V.Count], sums.V2);
        if (TVectors.Value > 3)
            Add(ref place[3 * V.Count], sums.V3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<V>(ref T place, V sum)
        where V : struct, ISimd<V, T> => (V.Load(in place) + sum).Store(ref place);
}

/// <summary>
/// The loop of all convolutions: the micro-kernel of the products with its steps read from a table, which takes the place of the
/// packed copy in which every element would stand once for each tap.
/// </summary>
internal static unsafe class TapKernel
{
    /// <summary>
    /// Sums of up to 6 rows × 4 vectors: c[i, j] = Σₚ a[i·aRow + steps[p].A] · b_j[steps[p].B].
    /// </summary>
    // Optimised at once: unoptimised, this loop would be some fifty times slower in its first calls.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Run<T, V, TRows, TVectors, TMode>(TapStep* steps, int count, ref TapTile<T> tile)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TRows : struct, IConstant
        where TVectors : struct, IConstant
        where TMode : struct, ITapMode<T>
    {
        T* tileA = tile.A, b0 = tile.B0, b1 = tile.B1, b2 = tile.B2, b3 = tile.B3;
        var aRow = tile.ARow;
        TileRow<T, V, TVectors> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default;
        for (var end = steps + count; steps < end; steps++)
        {
            var b = steps->B;
            TileRow<T, V, TVectors> row = default;
            row.V0 = V.Load(in b0[b]);
            if (TVectors.Value > 1)
                row.V1 = V.Load(in b1[b]);
            if (TVectors.Value > 2)
                row.V2 = V.Load(in b2[b]);
            if (TVectors.Value > 3)
                row.V3 = V.Load(in b3[b]);
            var a = tileA + steps->A;
            c0.MultiplyAdd(TMode.LoadA<V>(a), row);
            if (TRows.Value > 1)
                c1.MultiplyAdd(TMode.LoadA<V>(a + aRow), row);
            if (TRows.Value > 2)
                c2.MultiplyAdd(TMode.LoadA<V>(a + 2 * aRow), row);
            if (TRows.Value > 3)
                c3.MultiplyAdd(TMode.LoadA<V>(a + 3 * aRow), row);
            if (TRows.Value > 4)
                c4.MultiplyAdd(TMode.LoadA<V>(a + 4 * aRow), row);
            if (TRows.Value > 5)
                c5.MultiplyAdd(TMode.LoadA<V>(a + 5 * aRow), row);
        }

        TMode.Put(ref tile, 0, c0);
        if (TRows.Value > 1)
            TMode.Put(ref tile, 1, c1);
        if (TRows.Value > 2)
            TMode.Put(ref tile, 2, c2);
        if (TRows.Value > 3)
            TMode.Put(ref tile, 3, c3);
        if (TRows.Value > 4)
            TMode.Put(ref tile, 4, c4);
        if (TRows.Value > 5)
            TMode.Put(ref tile, 5, c5);
    }

    /// <summary>The loop for tiles of 1 to 6 rows and 1 to 4 vectors.</summary>
    public static delegate*<TapStep*, int, ref TapTile<T>, void> Of<T, V, TMode>(int rows, int vectors)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TMode : struct, ITapMode<T> => vectors switch
        {
            1 => Of<T, V, One, TMode>(rows),
            2 => Of<T, V, Two, TMode>(rows),
            3 => Of<T, V, Three, TMode>(rows),
            _ => Of<T, V, Four, TMode>(rows),
        };

    private static delegate*<TapStep*, int, ref TapTile<T>, void> Of<T, V, TVectors, TMode>(int rows)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TVectors : struct, IConstant
        where TMode : struct, ITapMode<T> => rows switch
        {
            1 => &Run<T, V, One, TVectors, TMode>,
            2 => &Run<T, V, Two, TVectors, TMode>,
            3 => &Run<T, V, Three, TVectors, TMode>,
            4 => &Run<T, V, Four, TVectors, TMode>,
            5 => &Run<T, V, Five, TVectors, TMode>,
            _ => &Run<T, V, Six, TVectors, TMode>,
        };
}
