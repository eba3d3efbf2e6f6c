using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Activations;

/// <summary>Scaled hyperbolic tangent, a = 1.7159 and b = 2/3 by habit: LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document Recognition" (1998).</summary>
public static class ScaledTanh
{
    /// <summary>y = a·tanh(b·x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V x, double a, double b)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Create(a) * V.Tanh(V.Create(b) * x);

    /// <summary>dy/dx from the output: (b/a)·(a − y)·(a + y), exactly 0 where y is ±a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Derivative<V, T>(V y, double a, double b)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Create(b / a) * (V.Create(a) - y) * (V.Create(a) + y);
}
