using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Activations;

/// <summary>Gaussian error linear unit in its exact form: Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016).</summary>
public static class Gelu
{
    // Φ(−bound) and φ(±bound) are 0, and ∞·0 would be NaN.
    private const double Bound = 40;

    /// <summary>y = x·Φ(x), with full relative accuracy in the negative tail; 0 at −∞, ∞ at ∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.AtLeast(V.Create(-Bound), x) * V.NormalCdf(x);

    /// <summary>dy/dx from the input: Φ(x) + x·φ(x) with φ the standard normal density.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Derivative<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.FusedMultiplyAdd(V.AtLeast(V.Create(-Bound), V.AtMost(V.Create(Bound), x)), V.NormalPdf(x), V.NormalCdf(x));
}
