using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Activations;

/// <summary>The hyperbolic tangent.</summary>
public static class Tanh
{
    /// <summary>y = tanh x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Tanh(x);

    /// <summary>dy/dx from the output: 1 − y².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Derivative<V, T>(V y)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.FusedMultiplyAdd(-y, y, V.One);
}
