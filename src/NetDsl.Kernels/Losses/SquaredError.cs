using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>Squared error between prediction p and target t.</summary>
public static class SquaredError
{
    /// <summary>(p − t)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V p, V t)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var d = p - t;
        return d * d;
    }

    /// <summary>d/dp: 2·(p − t).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Gradient<V, T>(V p, V t)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var d = p - t;
        return d + d;
    }
}
