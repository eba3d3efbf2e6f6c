using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Activations;

/// <summary>Scaled exponential linear unit: Klambauer, Unterthiner, Mayr and Hochreiter, "Self-Normalizing Neural Networks" (2017).</summary>
public static class Selu
{
    private const double Lambda = 1.0507009873554804934;
    private const double Alpha = 1.6732632423543772848;

    /// <summary>y = λ·x above 0, λα·(e^x − 1) below, with λ = 1.0507 and α = 1.6733.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Create(Lambda) * Elu.Value<V, T>(x, Alpha);

    /// <summary>dy/dx from the output: λ where y &gt; 0, else y + λα.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Derivative<V, T>(V y)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Select(V.GreaterThan(y, V.Zero), V.Create(Lambda), y + V.Create(Lambda * Alpha));
}
