using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>Absolute error between prediction p and target t.</summary>
public static class AbsoluteError
{
    /// <summary>|p − t|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V p, V t)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Abs(p - t);

    /// <summary>d/dp: the sign of p − t, 0 where they are equal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Gradient<V, T>(V p, V t)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var d = p - t;
        return V.Select(V.Equal(d, V.Zero), V.Zero, V.CopySign(V.One, d));
    }
}
