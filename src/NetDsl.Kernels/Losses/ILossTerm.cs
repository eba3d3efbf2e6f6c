using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>A loss that compares element by element.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface ILossTerm<T>
    where T : unmanaged
{
    /// <summary>The terms of <c>V.Count</c> neighbouring columns of one row, and their derivatives, which share what they can.</summary>
    /// <param name="prediction">The predictions [row, column .. column + V.Count).</param>
    /// <param name="target">The targets there.</param>
    /// <param name="row">The row, usually the sample.</param>
    /// <param name="column">The first column.</param>
    /// <param name="gradient">The terms' derivatives with respect to the predictions.</param>
    V Evaluate<V>(V prediction, V target, int row, int column, out V gradient)
        where V : struct, ISimd<V, T>;
}
