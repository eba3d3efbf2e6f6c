using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Losses;

namespace NetDsl.Kernels.Ilgpu.Losses;

/// <summary>
/// Loss of pairs of embeddings, which draws similar ones together and pushes others apart up to a margin:
/// R. Hadsell, S. Chopra and Y. LeCun, "Dimensionality Reduction by Learning an Invariant Mapping" (2006).
/// </summary>
public static class Contrastive
{
    /// <summary>With d = |a_r − b_r|, loss = s·Σ_r ½·d² over the similar pairs and s·Σ_r ½·max(0, margin − d)² over the others.</summary>
    /// <param name="target">The loss of the batch, and what it reads beside the embeddings.</param>
    /// <param name="a">First embeddings [rows × columns].</param>
    /// <param name="b">Second embeddings of the same shape.</param>
    /// <param name="labels">0 or 1 for each pair [rows], on the host, where they are checked.</param>
    /// <param name="gradientA">Receives the gradient of a, 0 at distance 0; may be <paramref name="a"/>.</param>
    /// <param name="gradientB">Receives the gradient of b; may be <paramref name="b"/>.</param>
    /// <param name="rows">Pairs.</param>
    /// <param name="columns">Length of an embedding.</param>
    /// <param name="reduction">s: Mean and BatchMean are 1/rows, Sum is 1.</param>
    /// <param name="margin">The distance beyond which pairs that aren't similar cost nothing.</param>
    /// <param name="oneMeansSimilar">Whether 1 marks similar pairs; false, as in the paper, if 0 does.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <exception cref="ArgumentOutOfRangeException">A label is neither 0 nor 1; nothing was written.</exception>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Evaluate<T>(
        LossTarget<T> target, ArrayView<T> a, ArrayView<T> b, ReadOnlySpan<T> labels, ArrayView<T> gradientA, ArrayView<T> gradientB, int rows, int columns,
        LossReduction reduction, double margin, bool oneMeansSimilar, double gradientFactor = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(target);
        Require.Length(a.Length, rows, columns, nameof(a));
        Require.Length(b.Length, rows, columns, nameof(b));
        Require.Length(labels.Length, rows, 1, nameof(labels));
        Require.Length(gradientA.Length, rows, columns, nameof(gradientA));
        Require.Length(gradientB.Length, rows, columns, nameof(gradientB));
        PairLabels.Check(labels, T.Zero, T.One);
        EmbeddingLoss.Launch(target, rows, reduction, new ContrastiveKernel<T>(
            a, b, target.Numbers(labels), gradientA, gradientB, new(target, rows), columns, T.CreateTruncating(margin),
            oneMeansSimilar ? T.One : T.Zero, T.CreateTruncating(gradientFactor * RowLoss.Scale(reduction, rows))));
    }
}

/// <summary>A group for each pair.</summary>
internal readonly struct ContrastiveKernel<T>(
    ArrayView<T> a, ArrayView<T> b, ArrayView<T> labels, ArrayView<T> gradientA, ArrayView<T> gradientB, RowTerms<T> terms, int columns, T margin, T similar, T scale) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ArrayView<T> _a = a;
    private readonly ArrayView<T> _b = b;
    private readonly ArrayView<T> _labels = labels;
    private readonly ArrayView<T> _gradientA = gradientA;
    private readonly ArrayView<T> _gradientB = gradientB;
    private readonly RowTerms<T> _terms = terms;
    private readonly int _columns = columns;
    private readonly T _margin = margin;
    private readonly T _similar = similar;
    private readonly T _scale = scale;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(Softmax.Threads);
        var row = Grid.IdxX;
        var start = row * _columns;
        var distance = EmbeddingLoss.Distance(_a, _b, start, _columns, T.Zero, shared);
        var isSimilar = _labels[row] == _similar;
        var gap = isSimilar ? distance : EmbeddingLoss.Positive(_margin - distance);
        // The gradient is this many times a − b.
        var factor = _scale * (isSimilar ? T.One : distance == T.Zero ? T.Zero : -gap / distance);
        for (var i = start + Group.IdxX; i < start + _columns; i += Softmax.Threads)
        {
            var gradient = factor * (_a[i] - _b[i]);
            _gradientA[i] = gradient;
            _gradientB[i] = -gradient;
        }

        // Half of a square: constants of doubles would stay conversions.
        _terms.Write(row, gap * gap / (T.One + T.One));
    }
}
