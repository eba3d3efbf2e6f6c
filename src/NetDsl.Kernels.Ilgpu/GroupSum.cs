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

    /// <summary>The largest of the threads' values, which all of them get; NaN if one is NaN. All threads of the group must call it.</summary>
    public static float Max(float value, ArrayView<float> shared, int threads)
    {
        var thread = Group.IdxX;
        shared[thread] = value;
        for (var half = threads / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (thread < half)
                shared[thread] = SingleMath.Max(shared[thread], shared[thread + half]);
        }

        Group.Barrier();
        var max = shared[0];
        Group.Barrier();
        return max;
    }
}
