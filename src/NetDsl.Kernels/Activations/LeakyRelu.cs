using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Activations;

/// <summary>Leaky rectified linear unit: Maas, Hannun and Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models" (2013).</summary>
public static class LeakyRelu
{
    /// <summary>y = x above 0, slope·x below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V x, double slope)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Select(V.GreaterThan(x, V.Zero), x, x * V.Create(slope));

    /// <summary>dy/dx from the output: 1 where y &gt; 0, else slope, also at the kink.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Derivative<V, T>(V y, double slope)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Select(V.GreaterThan(y, V.Zero), V.One, V.Create(slope));
}
