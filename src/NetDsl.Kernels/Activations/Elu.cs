using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Activations;

/// <summary>Exponential linear unit: Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by Exponential Linear Units" (2015).</summary>
public static class Elu
{
    /// <summary>y = x above 0, α·(e^x − 1) below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V x, double alpha)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Select(V.GreaterThan(x, V.Zero), x, V.Create(alpha) * V.ExpM1(V.AtMost(V.Zero, x)));

    /// <summary>dy/dx from the output: 1 where y &gt; 0, else y + α, also at the kink.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Derivative<V, T>(V y, double alpha)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Select(V.GreaterThan(y, V.Zero), V.One, y + V.Create(alpha));
}
