using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>
/// Loss of pairs of embeddings, which draws similar ones together and pushes others apart up to a margin:
/// R. Hadsell, S. Chopra and Y. LeCun, "Dimensionality Reduction by Learning an Invariant Mapping" (2006).
/// </summary>
public static class Contrastive
{
    /// <summary>With d = |a_r − b_r|, loss = s·Σ_r ½·d² over the similar pairs and s·Σ_r ½·max(0, margin − d)² over the others.</summary>
    /// <param name="a">First embeddings [rows × columns].</param>
    /// <param name="b">Second embeddings of the same shape.</param>
    /// <param name="target">0 or 1 for each pair [rows].</param>
    /// <param name="gradientA">Receives the gradient of a, 0 at distance 0; empty if not wanted; may be <paramref name="a"/>.</param>
    /// <param name="gradientB">Receives the gradient of b; empty if not wanted; may be <paramref name="b"/>.</param>
    /// <param name="terms">Receives each pair's loss [rows]; empty if not wanted.</param>
    /// <param name="rows">Pairs.</param>
    /// <param name="columns">Length of an embedding.</param>
    /// <param name="reduction">s: Mean and BatchMean are 1/rows, Sum is 1.</param>
    /// <param name="margin">The distance beyond which pairs that aren't similar cost nothing.</param>
    /// <param name="oneMeansSimilar">Whether 1 marks similar pairs; false, as in the paper, if 0 does.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <returns>The loss; 0 without rows.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A target is neither 0 nor 1; nothing was written.</exception>
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
        bool oneMeansSimilar,
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
        PairLabels.Check(target, T.Zero, T.One);
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
            Similar = oneMeansSimilar ? T.One : T.Zero,
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
        public T Similar;
        public double Scale;

        public readonly double Row(int row, double weight)
        {
            var start = row * Columns;
            var distance = RowProducts.Distance(A.Slice(start, Columns), B.Slice(start, Columns), T.Zero);
            var gap = Target[row] == Similar ? distance : Math.Max(0, Margin - distance);
            // The gradient is this many times a − b.
            var factor = Target[row] == Similar ? 1 : distance == 0 ? 0 : -gap / distance;
            var body = new GradientBody<T>(A, B, GradientA, GradientB, T.CreateTruncating(Scale * weight * factor));
            Lanes.Run<T, GradientBody<T>>(0, 1, start, start + Columns, in body);
            return 0.5 * gap * gap;
        }
    }

    /// <summary>The columns are those of all rows in sequence.</summary>
    private readonly ref struct GradientBody<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> gradientA, Span<T> gradientB, T factor) : ILaneBody<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _a = a;
        private readonly ReadOnlySpan<T> _b = b;
        private readonly Span<T> _gradientA = gradientA;
        private readonly Span<T> _gradientB = gradientB;
        private readonly T _factor = factor;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var gradient = V.Create(_factor) * (V.Load(_a, column) - V.Load(_b, column));
            if (!_gradientA.IsEmpty)
                gradient.Store(_gradientA, column);
            if (!_gradientB.IsEmpty)
                (-gradient).Store(_gradientB, column);
        }
    }
}
