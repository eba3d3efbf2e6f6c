using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Losses;

namespace NetDsl.Kernels.Ilgpu.Losses;

/// <summary>Loss of triplets of embeddings: an anchor shall be nearer to its positive than to its negative, by a margin.</summary>
public static class TripletMargin
{
    /// <summary>loss = s·Σ_r max(0, margin + d(anchor, positive) − d(anchor, negative)) with d(a, b) = |a − b + epsilon|.</summary>
    /// <param name="target">The loss of the batch.</param>
    /// <param name="anchor">Embeddings [rows × columns].</param>
    /// <param name="positive">Embeddings of the same shape that shall be near.</param>
    /// <param name="negative">Embeddings of the same shape that shall be far.</param>
    /// <param name="gradientAnchor">Receives the gradient of the anchors; may be <paramref name="anchor"/>.</param>
    /// <param name="gradientPositive">Receives the gradient of the positives; may be <paramref name="positive"/>.</param>
    /// <param name="gradientNegative">Receives the gradient of the negatives; may be <paramref name="negative"/>.</param>
    /// <param name="rows">Triplets.</param>
    /// <param name="columns">Length of an embedding.</param>
    /// <param name="reduction">s: Mean and BatchMean are 1/rows, Sum is 1.</param>
    /// <param name="margin">The margin.</param>
    /// <param name="epsilon">Added to each difference.</param>
    /// <param name="swap">Whether the negative's distance is that to the positive where it is smaller.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Evaluate<T>(
        LossTarget<T> target, ArrayView<T> anchor, ArrayView<T> positive, ArrayView<T> negative, ArrayView<T> gradientAnchor, ArrayView<T> gradientPositive, ArrayView<T> gradientNegative,
        int rows, int columns, LossReduction reduction, double margin, double epsilon, bool swap, double gradientFactor = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(target);
        Require.Length(anchor.Length, rows, columns, nameof(anchor));
        Require.Length(positive.Length, rows, columns, nameof(positive));
        Require.Length(negative.Length, rows, columns, nameof(negative));
        Require.Length(gradientAnchor.Length, rows, columns, nameof(gradientAnchor));
        Require.Length(gradientPositive.Length, rows, columns, nameof(gradientPositive));
        Require.Length(gradientNegative.Length, rows, columns, nameof(gradientNegative));
        EmbeddingLoss.Launch(target, rows, reduction, new TripletMarginKernel<T>(
            anchor, positive, negative, gradientAnchor, gradientPositive, gradientNegative, new(target, rows), columns, T.CreateTruncating(margin), T.CreateTruncating(epsilon),
            swap ? 1 : 0, T.CreateTruncating(gradientFactor * RowLoss.Scale(reduction, rows))));
    }
}

/// <summary>A group for each triplet.</summary>
internal readonly struct TripletMarginKernel<T>(
    ArrayView<T> anchor, ArrayView<T> positive, ArrayView<T> negative, ArrayView<T> gradientAnchor, ArrayView<T> gradientPositive, ArrayView<T> gradientNegative,
    RowTerms<T> terms, int columns, T margin, T epsilon, int swap, T scale) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ArrayView<T> _anchor = anchor;
    private readonly ArrayView<T> _positive = positive;
    private readonly ArrayView<T> _negative = negative;
    private readonly ArrayView<T> _gradientAnchor = gradientAnchor;
    private readonly ArrayView<T> _gradientPositive = gradientPositive;
    private readonly ArrayView<T> _gradientNegative = gradientNegative;
    private readonly RowTerms<T> _terms = terms;
    private readonly int _columns = columns;
    private readonly T _margin = margin;
    private readonly T _epsilon = epsilon;
    private readonly int _swap = swap;
    private readonly T _scale = scale;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(Softmax.Threads);
        var row = Grid.IdxX;
        var start = row * _columns;
        var near = EmbeddingLoss.Distance(_anchor, _positive, start, _columns, _epsilon, shared);
        var far = EmbeddingLoss.Distance(_anchor, _negative, start, _columns, _epsilon, shared);
        var between = EmbeddingLoss.Distance(_positive, _negative, start, _columns, _epsilon, shared);
        var isSwapped = _swap != 0 & between < far;
        far = isSwapped ? between : far;
        var loss = EmbeddingLoss.Positive(near - far + _margin);
        var scale = loss == T.Zero ? T.Zero : _scale;
        var nearFactor = near == T.Zero ? T.Zero : scale / near;
        var farFactor = far == T.Zero ? T.Zero : scale / far;
        for (var i = start + Group.IdxX; i < start + _columns; i += Softmax.Threads)
        {
            var (anchor, positive) = (_anchor[i], _positive[i]);
            var nearPart = nearFactor * (anchor - positive + _epsilon);
            var farPart = farFactor * ((isSwapped ? positive : anchor) - _negative[i] + _epsilon);
            _gradientAnchor[i] = isSwapped ? nearPart : nearPart - farPart;
            _gradientPositive[i] = isSwapped ? -nearPart - farPart : -nearPart;
            _gradientNegative[i] = farPart;
        }

        _terms.Write(row, loss);
    }
}
