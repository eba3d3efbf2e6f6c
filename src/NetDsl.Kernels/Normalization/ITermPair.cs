using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Normalization;

/// <summary>The terms of two sums that read the same elements.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal interface ITermPair<T>
    where T : unmanaged
{
    /// <summary>Adds the terms of the elements [row, column .. column + V.Count).</summary>
    void Add<V>(int row, int column, ref V first, ref V second)
        where V : struct, ISimd<V, T>;
}
