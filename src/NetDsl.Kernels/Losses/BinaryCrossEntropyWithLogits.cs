using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>Cross-entropy between σ(p) and a target t in [0, 1], from the logit p; finite for every finite p.</summary>
public static class BinaryCrossEntropyWithLogits
{
    /// <summary>max(p, 0) − p·t + ln(1 + e^−|p|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V p, V t)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.AtLeast(V.Zero, p) - p * t + V.Softplus(-V.Abs(p));

    /// <summary>d/dp: σ(p) − t.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Gradient<V, T>(V p, V t)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Sigmoid(p) - t;

    /// <summary>(1 − t)·p + c·ln(1 + e^−p) with c = 1 + (positiveWeight − 1)·t: the term of target 1 is multiplied by its weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V p, V t, V positiveWeight)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var c = V.FusedMultiplyAdd(positiveWeight - V.One, t, V.One);
        return (V.One - t) * p + c * V.Softplus(-p);
    }

    /// <summary>d/dp: c·σ(p) − positiveWeight·t.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Gradient<V, T>(V p, V t, V positiveWeight)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var c = V.FusedMultiplyAdd(positiveWeight - V.One, t, V.One);
        return c * V.Sigmoid(p) - positiveWeight * t;
    }
}
