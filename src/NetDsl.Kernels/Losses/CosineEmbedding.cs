using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>Loss of pairs of embeddings by the cosine of the angle between them.</summary>
public static class CosineEmbedding
{
    /// <summary>With c = a_r·b_r/(|a_r|·|b_r|), loss = s·Σ_r 1 − c over the pairs of target 1 and s·Σ_r max(0, c − margin) over those of −1.</summary>
    /// <param name="a">First embeddings [rows × columns].</param>
    /// <param name="b">Second embeddings of the same shape.</param>
    /// <param name="target">1 or −1 for each pair [rows].</param>
    /// <param name="gradientA">Receives the gradient of a; empty if not wanted; may be <paramref name="a"/>.</param>
    /// <param name="gradientB">Receives the gradient of b; empty if not wanted; may be <paramref name="b"/>.</param>
    /// <param name="terms">Receives each pair's loss [rows]; empty if not wanted.</param>
    /// <param name="rows">Pairs.</param>
    /// <param name="columns">Length of an embedding.</param>
    /// <param name="reduction">s: Mean and BatchMean are 1/rows, Sum is 1.</param>
    /// <param name="margin">The cosine up to which pairs of target −1 cost nothing.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <remarks>An embedding of length 0 has no direction: its cosine with every other is 0, and so are the pair's gradients.</remarks>
    /// <returns>The loss; 0 without rows.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A target is neither 1 nor −1; nothing was written.</exception>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static T Evaluate<T>(
        ReadOnlySpan<T> a,
        ReadOnlySpan<T> b,
        ReadOnlySpan<T> target,
        Span<T> gradientA,
        Span<T> gradientB,
        Span<T> terms,
        int rows,
        int columns,
        LossReduction reduction,
        double margin,
        double gradientFactor = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require.Shape(rows, columns);
        Require.Length(a.Length, rows, columns, nameof(a));
        Require.Length(b.Length, rows, columns, nameof(b));
        Require.Length(target.Length, rows, 1, nameof(target));
        Require.LengthOrEmpty(gradientA.Length, rows, columns, nameof(gradientA));
        Require.LengthOrEmpty(gradientB.Length, rows, columns, nameof(gradientB));
        Require.LengthOrEmpty(terms.Length, rows, 1, nameof(terms));
        PairLabels.Check(target, T.NegativeOne, T.One);
        var scale = RowLoss.Scale(reduction, rows);
        var body = new Body<T>
        {
            A = a,
            B = b,
            Target = target,
            GradientA = gradientA,
            GradientB = gradientB,
            Columns = columns,
            Margin = margin,
            Scale = gradientFactor * scale,
        };
        return T.CreateTruncating(scale * RowLoss.Sum(rows, columns, default, terms, body));
    }

    private ref struct Body<T> : IRowLoss
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public ReadOnlySpan<T> A;
        public ReadOnlySpan<T> B;
        public ReadOnlySpan<T> Target;
        public Span<T> GradientA;
        public Span<T> GradientB;
        public int Columns;
        public double Margin;
        public double Scale;

        public readonly double Row(int row, double weight)
        {
            var start = row * Columns;
            var a = A.Slice(start, Columns);
            var b = B.Slice(start, Columns);
            var lengthA = Math.Sqrt(RowProducts.Dot(a, a));
            var lengthB = Math.Sqrt(RowProducts.Dot(b, b));
            var hasAngle = lengthA != 0 && lengthB != 0;
            var cosine = hasAngle ? RowProducts.Dot(a, b) / lengthA / lengthB : 0;
            var isSimilar = Target[row] == T.One;
            var slope = isSimilar ? -1 : cosine > Margin ? 1 : 0;
            var body = new GradientBody<T>
            {
                A = A,
                B = B,
                GradientA = GradientA,
                GradientB = GradientB,
                InverseA = T.CreateTruncating(hasAngle ? 1 / lengthA : 0),
                InverseB = T.CreateTruncating(hasAngle ? 1 / lengthB : 0),
                Cosine = T.CreateTruncating(cosine),
                Slope = T.CreateTruncating(Scale * weight * slope),
            };
            Lanes.Run<T, GradientBody<T>>(0, 1, start, start + Columns, in body);
            return isSimilar ? 1 - cosine : Math.Max(0, cosine - Margin);
        }
    }

    /// <summary>∂c/∂a = (b/|b| − c·a/|a|)/|a|, and the same with a and b exchanged. The columns are those of all rows in sequence.</summary>
    private ref struct GradientBody<T> : ILaneBody<T>
        where T : unmanaged
    {
        public ReadOnlySpan<T> A;
        public ReadOnlySpan<T> B;
        public Span<T> GradientA;
        public Span<T> GradientB;
        public T InverseA;
        public T InverseB;
        public T Cosine;
        public T Slope;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var (inverseA, inverseB, slope) = (V.Create(InverseA), V.Create(InverseB), V.Create(Slope));
            var (a, b) = (V.Load(A, column) * inverseA, V.Load(B, column) * inverseB);
            var negativeCosine = -V.Create(Cosine);
            if (!GradientA.IsEmpty)
                (V.FusedMultiplyAdd(negativeCosine, a, b) * inverseA * slope).Store(GradientA, column);
            if (!GradientB.IsEmpty)
                (V.FusedMultiplyAdd(negativeCosine, b, a) * inverseB * slope).Store(GradientB, column);
        }
    }
}
