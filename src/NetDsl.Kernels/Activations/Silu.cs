using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Activations;

/// <summary>Sigmoid linear unit, also named Swish: Elfwing, Uchibe and Doya, "Sigmoid-Weighted Linear Units for Neural Network Function Approximation in Reinforcement Learning" (2017).</summary>
public static class Silu
{
    /// <summary>y = x·σ(x); 0 at −∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        // Below this σ is 0, and −∞·0 would be NaN.
        x = V.AtLeast(V.Create(-1000.0), x);
        return x * V.Sigmoid(x);
    }

    /// <summary>dy/dx from the input: σ·(1 + x·(1 − σ)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Derivative<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        x = V.AtLeast(V.Create(-1000.0), V.AtMost(V.Create(1000.0), x));
        var sigmoid = V.Sigmoid(x);
        return V.FusedMultiplyAdd(sigmoid * x, V.One - sigmoid, sigmoid);
    }
}
