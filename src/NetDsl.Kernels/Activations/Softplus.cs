using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Activations;

/// <summary>Softplus: Dugas, Bengio, Bélisle, Nadeau and Garcia, "Incorporating Second-Order Functional Knowledge for Better Option Pricing" (2000).</summary>
public static class Softplus
{
    /// <summary>y = ln(1 + e^(β·x))/β, which never overflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V x, double beta)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Softplus(V.Create(beta) * x) * V.Create(1 / beta);

    /// <summary>dy/dx from the output: 1 − e^(−β·y).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Derivative<V, T>(V y, double beta)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => -V.ExpM1(V.Create(-beta) * y);
}
