using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Optimizers;

/// <summary>Momentum over a sum of steps, which differs from <see cref="MomentumRule{T}"/> when the rate changes: v = μ·v − learningRate·g; w += v, or with
/// Nesterov's look-ahead w += (1 + μ)·v − μ·v₋₁: Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 8.3.</summary>
/// <param name="learningRate">Step size.</param>
/// <param name="momentum">μ, the share of the velocity that is kept.</param>
/// <param name="nesterov">Whether the step looks ahead.</param>
public readonly struct MomentumTextbookRule<T>(double learningRate, double momentum, bool nesterov) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _step = T.CreateTruncating(-learningRate);
    private readonly T _momentum = T.CreateTruncating(momentum);
    private readonly T _newShare = T.CreateTruncating(nesterov ? 1 + momentum : 1);
    private readonly T _oldShare = T.CreateTruncating(nesterov ? -momentum : 0);

    /// <inheritdoc/>
    public static int StateCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V w, V g, ref V s1, ref V s2)
        where V : struct, ISimd<V, T>
    {
        var old = s1;
        s1 = V.FusedMultiplyAdd(V.Create(_momentum), old, V.Create(_step) * g);
        w = V.FusedMultiplyAdd(V.Create(_newShare), s1, V.FusedMultiplyAdd(V.Create(_oldShare), old, w));
    }
}
