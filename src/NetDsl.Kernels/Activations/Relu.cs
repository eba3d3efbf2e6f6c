using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Activations;

/// <summary>Rectified linear unit: Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines" (2010).</summary>
public static class Relu
{
    /// <summary>y = max(0, x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.AtLeast(V.Zero, x);

    /// <summary>dy/dx from the output: 1 where y &gt; 0, else 0, also at the kink.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Derivative<V, T>(V y)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.And(V.GreaterThan(y, V.Zero), V.One);
}
