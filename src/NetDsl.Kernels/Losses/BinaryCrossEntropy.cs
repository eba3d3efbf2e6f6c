using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>Cross-entropy between a probability p and a target t in [0, 1].</summary>
public static class BinaryCrossEntropy
{
    /// <summary>−t·ln p − (1 − t)·ln(1 − p), each logarithm bounded below by −100, so that p = t costs 0 and the wrong certainty 100.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V p, V t)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var floor = V.Create(-100.0);
        var ifOne = V.AtLeast(floor, V.Log(p));
        var ifZero = V.AtLeast(floor, V.Log1P(-p));
        return -V.FusedMultiplyAdd(t, ifOne, (V.One - t) * ifZero);
    }

    /// <summary>d/dp: (p − t)/(p·(1 − p)), the divisor bounded below by 1e−12.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Gradient<V, T>(V p, V t)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => (p - t) / V.AtLeast(V.Create(1e-12), p * (V.One - p));
}
