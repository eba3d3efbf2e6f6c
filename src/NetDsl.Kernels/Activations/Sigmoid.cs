using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Activations;

/// <summary>The logistic function.</summary>
public static class Sigmoid
{
    /// <summary>y = 1/(1 + e^−x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Sigmoid(x);

    /// <summary>dy/dx from the output: y·(1 − y).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Derivative<V, T>(V y)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.FusedMultiplyAdd(-y, y, y);
}
