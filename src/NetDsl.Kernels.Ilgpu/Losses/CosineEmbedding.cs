using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Losses;

namespace NetDsl.Kernels.Ilgpu.Losses;

/// <summary>Loss of pairs of embeddings by the cosine of the angle between them.</summary>
public static class CosineEmbedding
{
    /// <summary>With c = a_r·b_r/(|a_r|·|b_r|), loss = s·Σ_r 1 − c over the pairs of label 1 and s·Σ_r max(0, c − margin) over those of −1.</summary>
    /// <param name="target">The loss of the batch, and what it reads beside the embeddings.</param>
    /// <param name="a">First embeddings [rows × columns].</param>
    /// <param name="b">Second embeddings of the same shape.</param>
    /// <param name="labels">1 or −1 for each pair [rows], on the host, where they are checked.</param>
    /// <param name="gradientA">Receives the gradient of a; may be <paramref name="a"/>.</param>
    /// <param name="gradientB">Receives the gradient of b; may be <paramref name="b"/>.</param>
    /// <param name="rows">Pairs.</param>
    /// <param name="columns">Length of an embedding.</param>
    /// <param name="reduction">s: Mean and BatchMean are 1/rows, Sum is 1.</param>
    /// <param name="margin">The cosine up to which pairs of label −1 cost nothing.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <remarks>An embedding of length 0 has no direction: its cosine with every other is 0, and so are the pair's gradients.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A label is neither 1 nor −1; nothing was written.</exception>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Evaluate<T>(
        LossTarget<T> target, ArrayView<T> a, ArrayView<T> b, ReadOnlySpan<T> labels, ArrayView<T> gradientA, ArrayView<T> gradientB, int rows, int columns,
        LossReduction reduction, double margin, double gradientFactor = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(target);
        Require.Length(a.Length, rows, columns, nameof(a));
        Require.Length(b.Length, rows, columns, nameof(b));
        Require.Length(labels.Length, rows, 1, nameof(labels));
        Require.Length(gradientA.Length, rows, columns, nameof(gradientA));
        Require.Length(gradientB.Length, rows, columns, nameof(gradientB));
        PairLabels.Check(labels, T.NegativeOne, T.One);
        EmbeddingLoss.Launch(target, rows, reduction, new CosineEmbeddingKernel<T>(
            a, b, target.Numbers(labels), gradientA, gradientB, new(target, rows), columns, T.CreateTruncating(margin), T.CreateTruncating(gradientFactor * RowLoss.Scale(reduction, rows))));
    }
}

/// <summary>A group for each pair.</summary>
internal readonly struct CosineEmbeddingKernel<T>(
    ArrayView<T> a, ArrayView<T> b, ArrayView<T> labels, ArrayView<T> gradientA, ArrayView<T> gradientB, RowTerms<T> terms, int columns, T margin, T scale) : IKernel
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
    private readonly T _scale = scale;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(Softmax.Threads);
        var row = Grid.IdxX;
        var start = row * _columns;
        var lengthA = T.Sqrt(EmbeddingLoss.Dot(_a, _a, start, _columns, shared));
        var lengthB = T.Sqrt(EmbeddingLoss.Dot(_b, _b, start, _columns, shared));
        var product = EmbeddingLoss.Dot(_a, _b, start, _columns, shared);
        var hasAngle = lengthA != T.Zero & lengthB != T.Zero;
        var cosine = hasAngle ? product / lengthA / lengthB : T.Zero;
        var (inverseA, inverseB) = (hasAngle ? T.One / lengthA : T.Zero, hasAngle ? T.One / lengthB : T.Zero);
        var isSimilar = _labels[row] == T.One;
        var slope = _scale * (isSimilar ? -T.One : cosine > _margin ? T.One : T.Zero);
        for (var i = start + Group.IdxX; i < start + _columns; i += Softmax.Threads)
        {
            var (a, b) = (_a[i] * inverseA, _b[i] * inverseB);
            _gradientA[i] = slope * inverseA * (b - cosine * a);
            _gradientB[i] = slope * inverseB * (a - cosine * b);
        }

        _terms.Write(row, isSimilar ? T.One - cosine : EmbeddingLoss.Positive(cosine - _margin));
    }
}
