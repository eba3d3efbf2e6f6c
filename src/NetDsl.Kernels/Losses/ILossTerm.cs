using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>A loss that compares element by element.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface ILossTerm<T>
    where T : unmanaged
{
    /// <summary>The terms of <c>V.Count</c> neighbouring columns of one row.</summary>
    V Value<V>(V prediction, V target, int row, int column)
        where V : struct, ISimd<V, T>;

    /// <summary>The terms' derivatives with respect to the predictions.</summary>
    V Gradient<V>(V prediction, V target, int row, int column)
        where V : struct, ISimd<V, T>;
}
