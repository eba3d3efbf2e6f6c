using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>Half the squared error between prediction p and target t.</summary>
public static class HalfSquaredError
{
    /// <summary>½·(p − t)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V p, V t)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var d = p - t;
        return V.Create(0.5) * d * d;
    }

    /// <summary>d/dp: p − t.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Gradient<V, T>(V p, V t)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => p - t;
}
