using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>Hinge loss between a score p and a target t of −1 or 1.</summary>
public static class Hinge
{
    /// <summary>max(0, margin − t·p).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V p, V t, double margin)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.AtLeast(V.Zero, V.Create(margin) - t * p);

    /// <summary>d/dp: −t where margin − t·p &gt; 0, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Gradient<V, T>(V p, V t, double margin)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.And(V.GreaterThan(V.Create(margin) - t * p, V.Zero), -t);
}
