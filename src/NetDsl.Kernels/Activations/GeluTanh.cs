using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Activations;

/// <summary>Gaussian error linear unit in its tanh form: Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016).</summary>
public static class GeluTanh
{
    private const double TwiceRoot = 1.5957691216057307117;
    private const double Cubic = 0.044715;

    /// <summary>y = x/2·(1 + tanh u) = x·σ(2u) with u = √(2/π)·(x + 0.044715·x³); 0 at −∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        // Below this σ is 0, and −∞·0 would be NaN.
        x = V.AtLeast(V.Create(-50.0), x);
        var inner = V.FusedMultiplyAdd(x * x, V.Create(TwiceRoot * Cubic), V.Create(TwiceRoot));
        return x * V.Sigmoid(x * inner);
    }

    /// <summary>dy/dx from the input: σ + x·σ·(1 − σ)·2u′ with σ = σ(2u).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Derivative<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        x = V.AtLeast(V.Create(-50.0), V.AtMost(V.Create(50.0), x));
        var square = x * x;
        var sigmoid = V.Sigmoid(x * V.FusedMultiplyAdd(square, V.Create(TwiceRoot * Cubic), V.Create(TwiceRoot)));
        var slope = V.FusedMultiplyAdd(square, V.Create(3 * TwiceRoot * Cubic), V.Create(TwiceRoot));
        return V.FusedMultiplyAdd(x * slope * sigmoid, V.One - sigmoid, sigmoid);
    }
}
