using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>
/// The one loop in which all but the smallest products are computed: a tile of up to 6 rows × 4 vectors of accumulators that stay in registers while
/// k runs. Rows and vectors are constants to the JIT, which leaves out what a smaller tile does not need.
/// </summary>
/// <remarks>Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", 2008; Van Zee and van de Geijn, "BLIS", 2015.</remarks>
internal static unsafe class MicroKernel
{
    /// <summary>
    /// Accumulates the tile c[i, j] = Σₚ a[i·aRow + p·aStep] · b[j·bColumn + p·bStep] over <paramref name="k"/> elements and hands it to
    /// <paramref name="sink"/>. i counts rows, j vectors; one step of p covers one element of k (outer products) or a vector (dot products).
    /// On the way, outer products fetch what stands at <paramref name="ahead"/> + p·bStep.
    /// </summary>
    // Optimised at once: unoptimised, this loop would be some fifty times slower in its first calls.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Run<T, V, TRows, TVectors, TMode, TSink>(
        int k, T* a, nint aRow, nint aStep, T* b, nint bColumn, nint bStep, T* ahead, ref TSink sink)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TRows : struct, IConstant
        where TVectors : struct, IConstant
        where TMode : struct, ITileMode<T>
        where TSink : struct, ITileSink<T>, allows ref struct
    {
        TileRow<T, V, TVectors> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default;
        var steps = k / TMode.StepLength<V>();
        for (var p = 0; p < steps; p++)
        {
            var row = TileRow<T, V, TVectors>.Load(b, bColumn);
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
            TMode.Prefetch(ahead);
            a += aStep;
            b += bStep;
            ahead += bStep;
        }

        var tail = k - steps * TMode.StepLength<V>();
        if (tail > 0)
        {
            // The last vector reaches back over elements that are counted already; the mask leaves them out.
            a -= V.Count - tail;
            b -= V.Count - tail;
            var mask = TailMask.Load<T, V>(tail);
            var row = TileRow<T, V, TVectors>.Load(b, bColumn).And(mask);
            c0.MultiplyAdd(V.And(V.Load(in *a), mask), row);
            if (TRows.Value > 1)
                c1.MultiplyAdd(V.And(V.Load(in a[aRow]), mask), row);
            if (TRows.Value > 2)
                c2.MultiplyAdd(V.And(V.Load(in a[2 * aRow]), mask), row);
            if (TRows.Value > 3)
                c3.MultiplyAdd(V.And(V.Load(in a[3 * aRow]), mask), row);
            if (TRows.Value > 4)
                c4.MultiplyAdd(V.And(V.Load(in a[4 * aRow]), mask), row);
            if (TRows.Value > 5)
                c5.MultiplyAdd(V.And(V.Load(in a[5 * aRow]), mask), row);
        }

        // A copy lives in registers.
        var to = sink;
        to.Put(0, c0);
        if (TRows.Value > 1)
            to.Put(1, c1);
        if (TRows.Value > 2)
            to.Put(2, c2);
        if (TRows.Value > 3)
            to.Put(3, c3);
        if (TRows.Value > 4)
            to.Put(4, c4);
        if (TRows.Value > 5)
            to.Put(5, c5);
    }

    /// <summary>Runs a tile whose size is known at run time only: 1 to 6 rows, 1 to 4 vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<T, V, TMode, TSink>(
        int rows, int vectors, int k, T* a, nint aRow, nint aStep, T* b, nint bColumn, nint bStep, T* ahead, ref TSink sink)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TMode : struct, ITileMode<T>
        where TSink : struct, ITileSink<T>, allows ref struct
    {
        // With 32 registers most tiles are of this size, and some are over in a few steps of k.
        if (rows == Blocking.TileRows && vectors == 4)
            Run<T, V, Six, Four, TMode, TSink>(k, a, aRow, aStep, b, bColumn, bStep, ahead, ref sink);
        else
            RunOfSize<T, V, TMode, TSink>(rows, vectors, k, a, aRow, aStep, b, bColumn, bStep, ahead, ref sink);
    }

    private static void RunOfSize<T, V, TMode, TSink>(
        int rows, int vectors, int k, T* a, nint aRow, nint aStep, T* b, nint bColumn, nint bStep, T* ahead, ref TSink sink)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TMode : struct, ITileMode<T>
        where TSink : struct, ITileSink<T>, allows ref struct
    {
        switch (vectors)
        {
            case 1:
                Run<T, V, One, TMode, TSink>(rows, k, a, aRow, aStep, b, bColumn, bStep, ahead, ref sink);
                break;
            case 2:
                Run<T, V, Two, TMode, TSink>(rows, k, a, aRow, aStep, b, bColumn, bStep, ahead, ref sink);
                break;
            case 3:
                Run<T, V, Three, TMode, TSink>(rows, k, a, aRow, aStep, b, bColumn, bStep, ahead, ref sink);
                break;
            default:
                Run<T, V, Four, TMode, TSink>(rows, k, a, aRow, aStep, b, bColumn, bStep, ahead, ref sink);
                break;
        }
    }

    private static void Run<T, V, TVectors, TMode, TSink>(
        int rows, int k, T* a, nint aRow, nint aStep, T* b, nint bColumn, nint bStep, T* ahead, ref TSink sink)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TVectors : struct, IConstant
        where TMode : struct, ITileMode<T>
        where TSink : struct, ITileSink<T>, allows ref struct
    {
        switch (rows)
        {
            case 1:
                Run<T, V, One, TVectors, TMode, TSink>(k, a, aRow, aStep, b, bColumn, bStep, ahead, ref sink);
                break;
            case 2:
                Run<T, V, Two, TVectors, TMode, TSink>(k, a, aRow, aStep, b, bColumn, bStep, ahead, ref sink);
                break;
            case 3:
                Run<T, V, Three, TVectors, TMode, TSink>(k, a, aRow, aStep, b, bColumn, bStep, ahead, ref sink);
                break;
            case 4:
                Run<T, V, Four, TVectors, TMode, TSink>(k, a, aRow, aStep, b, bColumn, bStep, ahead, ref sink);
                break;
            case 5:
                Run<T, V, Five, TVectors, TMode, TSink>(k, a, aRow, aStep, b, bColumn, bStep, ahead, ref sink);
                break;
            default:
                Run<T, V, Six, TVectors, TMode, TSink>(k, a, aRow, aStep, b, bColumn, bStep, ahead, ref sink);
                break;
        }
    }
}
