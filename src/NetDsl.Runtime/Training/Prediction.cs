using System.Numerics;
using System.Numerics.Tensors;

namespace NetDsl;

/// <summary>Reads answers of a network.</summary>
public static class Prediction
{
    /// <summary>Index of the largest element, the first of several equal ones, or of a NaN: the class that the network takes for likeliest.</summary>
    /// <param name="scores">One answer, [classes]; probabilities or logits.</param>
    /// <exception cref="ArgumentException">There is no element.</exception>
    public static int ArgMax<T>(ReadOnlySpan<T> scores)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (scores.IsEmpty)
            throw new ArgumentException("Expected at least one score.", nameof(scores));
        return TensorPrimitives.IndexOfMax(scores);
    }

    /// <summary>The likeliest class of every answer.</summary>
    /// <param name="scores">[n × classes], row-major.</param>
    /// <param name="labels">[n], takes the classes.</param>
    /// <exception cref="ArgumentException">The scores are no whole number of answers.</exception>
    public static void ArgMax<T>(ReadOnlySpan<T> scores, Span<int> labels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (labels.IsEmpty || scores.Length % labels.Length != 0)
            throw new ArgumentException($"{scores.Length} scores can't be shared out among {labels.Length} answers; expected n × classes scores for n labels.", nameof(labels));
        var classes = scores.Length / labels.Length;
        for (var row = 0; row < labels.Length; row++)
            labels[row] = ArgMax(scores.Slice(row * classes, classes));
    }
}
