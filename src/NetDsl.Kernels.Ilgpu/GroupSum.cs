using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>Sums and maxima over the threads of a group, in an order that its size alone fixes. No atomics: their order isn't fixed, and PoCL has none for floats.</summary>
internal static class GroupSum
{
    /// <summary>Σ of the threads' values, which all of them get. All threads of the group must call it.</summary>
    public static T Sum<T>(T value, ArrayView<T> shared, int threads)
        where T : unmanaged, INumber<T>
    {
        var thread = Group.IdxX;
        shared[thread] = value;
        for (var half = threads / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (thread < half)
                shared[thread] = shared[thread] + shared[thread + half];
        }

        Group.Barrier();
        var sum = shared[0];
        // The next call writes over it.
        Group.Barrier();
        return sum;
    }

    /// <summary>
    /// Two sums at once over every <paramref name="width"/>-th thread of a group, so that neighbouring threads have sums of their own; each thread gets its own two.
    /// All threads of the group must call it.
    /// </summary>
    /// <param name="first">The thread's part of the first sum.</param>
    /// <param name="second">Its part of the second.</param>
    /// <param name="shared">Two elements for each thread.</param>
    /// <param name="width">A power of two, at most the group's threads.</param>
    public static (T First, T Second) Pair<T>(T first, T second, ArrayView<T> shared, int width)
        where T : unmanaged, INumber<T>
    {
        var (thread, threads) = (Group.IdxX, Group.DimX);
        shared[thread] = first;
        shared[threads + thread] = second;
        for (var half = threads / 2; half >= width; half /= 2)
        {
            Group.Barrier();
            if (thread < half)
            {
                shared[thread] = shared[thread] + shared[thread + half];
                shared[threads + thread] = shared[threads + thread] + shared[threads + thread + half];
            }
        }

        Group.Barrier();
        var own = thread % width;
        var sums = (shared[own], shared[threads + own]);
        // The next call writes over them.
        Group.Barrier();
        return sums;
    }

    /// <summary>The largest of the threads' values, which all of them get; NaN if one is NaN. All threads of the group must call it.</summary>
    public static T Max<T, TMath>(T value, ArrayView<T> shared, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TMath : struct, IElementary<T>
    {
        var thread = Group.IdxX;
        shared[thread] = value;
        for (var half = threads / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (thread < half)
                shared[thread] = TMath.Max(shared[thread], shared[thread + half]);
        }

        Group.Barrier();
        var max = shared[0];
        Group.Barrier();
        return max;
    }
}
