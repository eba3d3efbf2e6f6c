using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>The loop of the sparse gradients.</summary>
internal static unsafe class SparseLoop
{
    /// <summary>sums[sumsAt[j]] += Σᵢ elements.Values[i] · b[elements.Places[i] + bAt[j]] for 1 to 8 vectors j, which don't overlap among the sums.</summary>
    // Optimised at once: unoptimised, this loop would be some fifty times slower in its first calls.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Run<T, V, TVectors>(in SparseElements<T> elements, T* b, nint* bAt, T* sums, nint* sumsAt)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TVectors : struct, IConstant
    {
        // Vectors that there aren't read the first one's place, and nothing of theirs is left once the code is compiled.
        T* b0 = b + bAt[0], b1 = At<T, TVectors>(b, bAt, 1), b2 = At<T, TVectors>(b, bAt, 2), b3 = At<T, TVectors>(b, bAt, 3);
        T* b4 = At<T, TVectors>(b, bAt, 4), b5 = At<T, TVectors>(b, bAt, 5), b6 = At<T, TVectors>(b, bAt, 6), b7 = At<T, TVectors>(b, bAt, 7);
        V c0 = V.Load(in sums[sumsAt[0]]), c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        if (TVectors.Value > 1)
            c1 = V.Load(in sums[sumsAt[1]]);
        if (TVectors.Value > 2)
            c2 = V.Load(in sums[sumsAt[2]]);
        if (TVectors.Value > 3)
            c3 = V.Load(in sums[sumsAt[3]]);
        if (TVectors.Value > 4)
            c4 = V.Load(in sums[sumsAt[4]]);
        if (TVectors.Value > 5)
            c5 = V.Load(in sums[sumsAt[5]]);
        if (TVectors.Value > 6)
            c6 = V.Load(in sums[sumsAt[6]]);
        if (TVectors.Value > 7)
            c7 = V.Load(in sums[sumsAt[7]]);

        var values = elements.Values;
        var end = values + elements.Count;
        for (var places = elements.Places; values < end; values++, places++)
        {
            var value = V.Create(*values);
            nint at = *places;
            c0 = TileMath.MultiplyAdd<T, V>(value, V.Load(in b0[at]), c0);
            if (TVectors.Value > 1)
                c1 = TileMath.MultiplyAdd<T, V>(value, V.Load(in b1[at]), c1);
            if (TVectors.Value > 2)
                c2 = TileMath.MultiplyAdd<T, V>(value, V.Load(in b2[at]), c2);
            if (TVectors.Value > 3)
                c3 = TileMath.MultiplyAdd<T, V>(value, V.Load(in b3[at]), c3);
            if (TVectors.Value > 4)
                c4 = TileMath.MultiplyAdd<T, V>(value, V.Load(in b4[at]), c4);
            if (TVectors.Value > 5)
                c5 = TileMath.MultiplyAdd<T, V>(value, V.Load(in b5[at]), c5);
            if (TVectors.Value > 6)
                c6 = TileMath.MultiplyAdd<T, V>(value, V.Load(in b6[at]), c6);
            if (TVectors.Value > 7)
                c7 = TileMath.MultiplyAdd<T, V>(value, V.Load(in b7[at]), c7);
        }

        c0.Store(ref sums[sumsAt[0]]);
        if (TVectors.Value > 1)
            c1.Store(ref sums[sumsAt[1]]);
        if (TVectors.Value > 2)
            c2.Store(ref sums[sumsAt[2]]);
        if (TVectors.Value > 3)
            c3.Store(ref sums[sumsAt[3]]);
        if (TVectors.Value > 4)
            c4.Store(ref sums[sumsAt[4]]);
        if (TVectors.Value > 5)
            c5.Store(ref sums[sumsAt[5]]);
        if (TVectors.Value > 6)
            c6.Store(ref sums[sumsAt[6]]);
        if (TVectors.Value > 7)
            c7.Store(ref sums[sumsAt[7]]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T* At<T, TVectors>(T* b, nint* at, int vector)
        where T : unmanaged
        where TVectors : struct, IConstant => TVectors.Value > vector ? b + at[vector] : b + at[0];

    /// <summary>The loop for 1 to 8 vectors.</summary>
    public static delegate*<in SparseElements<T>, T*, nint*, T*, nint*, void> Of<T, V>(int vectors)
        where T : unmanaged
        where V : struct, ISimd<V, T> => vectors switch
        {
            1 => &Run<T, V, One>,
            2 => &Run<T, V, Two>,
            3 => &Run<T, V, Three>,
            4 => &Run<T, V, Four>,
            5 => &Run<T, V, Five>,
            6 => &Run<T, V, Six>,
            7 => &Run<T, V, Seven>,
            _ => &Run<T, V, Eight>,
        };
}
