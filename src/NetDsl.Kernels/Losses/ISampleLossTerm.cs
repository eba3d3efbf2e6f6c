using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>A loss whose value for a sample is a function of a few sums over the sample's elements, such as a distance.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface ISampleLossTerm<T>
    where T : unmanaged
{
    /// <summary>Number of sums, 1 to 8.</summary>
    static abstract int Sums { get; }

    /// <summary>What <c>V.Count</c> neighbouring columns of one row add to a sum.</summary>
    V Term<V>(int sum, V prediction, V target, int row, int column)
        where V : struct, ISimd<V, T>;

    /// <summary>The sample's loss from its sums.</summary>
    V Value<V>(ReadOnlySpan<V> sums)
        where V : struct, ISimd<V, T>;

    /// <summary>The derivative of <see cref="Value"/> with respect to a sum; finite also where the loss has a kink.</summary>
    V Slope<V>(int sum, ReadOnlySpan<V> sums)
        where V : struct, ISimd<V, T>;

    /// <summary>The derivatives of <see cref="Term"/> with respect to the predictions.</summary>
    V Gradient<V>(int sum, V prediction, V target, int row, int column)
        where V : struct, ISimd<V, T>;
}
