using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Optimizers;

/// <summary>Gradient descent: g += weightDecay·w; w −= learningRate·g.</summary>
/// <param name="learningRate">Step size.</param>
/// <param name="weightDecay">L2 penalty, added to the gradient as weightDecay·w.</param>
public readonly struct SgdRule<T>(double learningRate, double weightDecay) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _step = T.CreateTruncating(-learningRate);
    private readonly T _decay = T.CreateTruncating(weightDecay);

    /// <inheritdoc/>
    public static int StateCount => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V w, V g, ref V s1, ref V s2)
        where V : struct, ISimd<V, T>
    {
        g = V.FusedMultiplyAdd(V.Create(_decay), w, g);
        w = V.FusedMultiplyAdd(V.Create(_step), g, w);
    }
}
