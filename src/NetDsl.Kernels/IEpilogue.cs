using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>
/// What happens to each element of a result before it is stored: y[row, column] = f(value, row, column).
/// The same operator serves as the epilogue of a matrix product (applied to each tile while it is in the cache) and as a pass of its own.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>
/// Implementations are ref structs that hold the spans they read. A kernel calls <see cref="Apply{V}"/> exactly once an element,
/// in any order and from several threads, with a vector of <c>V.Count</c> neighbouring columns that never crosses the row's end.
/// </remarks>
public interface IEpilogue<T>
    where T : unmanaged
{
    /// <summary>Maps <c>V.Count</c> neighbouring elements of one row.</summary>
    /// <param name="value">The elements [row, column .. column + V.Count).</param>
    /// <param name="row">The row, usually the sample.</param>
    /// <param name="column">The first column, usually the feature.</param>
    V Apply<V>(V value, int row, int column)
        where V : struct, ISimd<V, T>;
}
