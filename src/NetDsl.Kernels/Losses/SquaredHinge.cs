using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>Squared hinge loss between a score p and a target t of −1 or 1.</summary>
public static class SquaredHinge
{
    /// <summary>max(0, margin − t·p)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V p, V t, double margin)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var gap = V.AtLeast(V.Zero, V.Create(margin) - t * p);
        return gap * gap;
    }

    /// <summary>d/dp: −2·t·max(0, margin − t·p).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Gradient<V, T>(V p, V t, double margin)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Create(-2.0) * t * V.AtLeast(V.Zero, V.Create(margin) - t * p);
}
