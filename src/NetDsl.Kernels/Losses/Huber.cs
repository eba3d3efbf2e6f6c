using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>Huber, "Robust Estimation of a Location Parameter" (1964): squared near 0, straight beyond δ; d = p − t.</summary>
public static class Huber
{
    /// <summary>½·d² where |d| ≤ δ, else δ·(|d| − ½δ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V p, V t, double delta)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var d = V.Abs(p - t);
        return V.Select(V.LessThanOrEqual(d, V.Create(delta)), V.Create(0.5) * d * d, V.Create(delta) * (d - V.Create(0.5 * delta)));
    }

    /// <summary>d/dp: d bounded to [−δ, δ].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Gradient<V, T>(V p, V t, double delta)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.AtLeast(V.Create(-delta), V.AtMost(V.Create(delta), p - t));
}
