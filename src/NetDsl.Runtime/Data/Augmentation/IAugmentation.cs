using System.Numerics;
using NetDsl.Kernels;

namespace NetDsl;

/// <summary>
/// Changes samples at random on their way into a batch, so that a network sees each of them in many forms. What is drawn for a sample depends on the run's seed,
/// the epoch and the sample's number in the data set, on nothing else.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface IAugmentation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Throws unless it can change samples of a shape; called once before a run.</summary>
    /// <param name="shape">Extents of a sample, outermost first.</param>
    /// <exception cref="ArgumentException">It can't; the message says what it takes.</exception>
    void Check(ReadOnlySpan<int> shape);

    /// <summary>Writes the changed sample; may be called by several threads at once, so what changes in between belongs into locals.</summary>
    /// <param name="sample">The sample, row-major.</param>
    /// <param name="shape">Its extents, outermost first.</param>
    /// <param name="random">The sample's own numbers in this epoch.</param>
    /// <param name="result">Takes every element of the changed sample; apart from <paramref name="sample"/>.</param>
    void Apply(ReadOnlySpan<T> sample, ReadOnlySpan<int> shape, ref CounterRandom random, Span<T> result);
}
