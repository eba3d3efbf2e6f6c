using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Activations;

/// <summary>Gaussian error linear unit in its exact form: Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016).</summary>
public static class Gelu
{
    private const double RootHalf = 0.70710678118654752440;
    private const double RootTwo = 1.4142135623730950488;
    private const double InverseRootTwoPi = 0.39894228040143267794;

    /// <summary>y = x·Φ(x) = x·(1 + erf(x/√2))/2, with full relative accuracy in the negative tail; 0 at −∞, ∞ at ∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var size = Clamp<V, T>(x);
        var tail = Tail<V, T>(size);
        return V.Select(V.GreaterThan(x, V.Zero), x * (V.One - tail), -size * tail);
    }

    /// <summary>dy/dx from the input: Φ(x) + x·φ(x) with φ the standard normal density.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Derivative<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var size = Clamp<V, T>(x);
        var tail = Tail<V, T>(size);
        var above = V.GreaterThan(x, V.Zero);
        var density = V.Create(InverseRootTwoPi) * V.Exp(V.Create(-0.5) * size * size);
        var product = size * density;
        return V.Select(above, V.One - tail + product, tail - product);
    }

    /// <summary>|x|, bounded where Φ(−|x|) is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Clamp<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.AtMost(SimdMath.ErfcBound<V, T>() * V.Create(RootTwo), V.Abs(x));

    /// <summary>Φ(−size) = erfc(size/√2)/2, the exponent size²/2 in two parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Tail<V, T>(V size)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var square = size * size;
        var rest = V.FusedMultiplyAdd(size, size, -square);
        var half = V.Create(0.5);
        return half * SimdMath.Erfc<V, T>(V.Create(RootHalf) * size, half * square, half * rest);
    }
}
