using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Optimizers;

/// <summary>How an optimiser changes one parameter; a struct of scalars that are fixed during one step.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface IUpdateRule<T>
    where T : unmanaged
{
    /// <summary>How many state values a parameter has: 0, 1 or 2.</summary>
    static abstract int StateCount { get; }

    /// <summary>Changes the parameters <paramref name="w"/> and their states by the gradients <paramref name="g"/>.</summary>
    void Apply<V>(ref V w, V g, ref V s1, ref V s2)
        where V : struct, ISimd<V, T>;
}
