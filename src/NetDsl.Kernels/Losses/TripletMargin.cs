using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>
/// Loss of triplets of embeddings, which asks that an anchor be nearer to its positive than to its negative by a margin:
/// F. Schroff, D. Kalenichenko and J. Philbin, "FaceNet: A Unified Embedding for Face Recognition and Clustering" (2015), with distances
/// in place of their squares; swap after V. Balntas et al., "Learning Local Feature Descriptors with Triplets and Shallow Convolutional
/// Neural Networks" (2016).
/// </summary>
public static class TripletMargin
{
    /// <summary>loss = s·Σ_r max(0, d(anchor_r, positive_r) − d(anchor_r, negative_r) + margin) with d(x, y) = |x − y + ε|.</summary>
    /// <param name="anchor">Anchors [rows × columns].</param>
    /// <param name="positive">Embeddings that should be near, of the same shape.</param>
    /// <param name="negative">Embeddings that should be far, of the same shape.</param>
    /// <param name="gradientAnchor">Receives the gradient of the anchors; empty if not wanted; may be <paramref name="anchor"/>.</param>
    /// <param name="gradientPositive">Receives the gradient of the positives; empty if not wanted; may be <paramref name="positive"/>.</param>
    /// <param name="gradientNegative">Receives the gradient of the negatives; empty if not wanted; may be <paramref name="negative"/>.</param>
    /// <param name="terms">Receives each triplet's loss [rows]; empty if not wanted.</param>
    /// <param name="rows">Triplets.</param>
    /// <param name="columns">Length of an embedding.</param>
    /// <param name="reduction">s: Mean and BatchMean are 1/rows, Sum is 1.</param>
    /// <param name="margin">By how much the negative should be farther away.</param>
    /// <param name="epsilon">ε, added to each element of a difference.</param>
    /// <param name="swap">Whether d(positive, negative) takes the place of d(anchor, negative) where it is smaller.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <remarks>A distance of 0 has the gradient 0.</remarks>
    /// <returns>The loss; 0 without rows.</returns>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static T Evaluate<T>(
        ReadOnlySpan<T> anchor,
        ReadOnlySpan<T> positive,
        ReadOnlySpan<T> negative,
        Span<T> gradientAnchor,
        Span<T> gradientPositive,
        Span<T> gradientNegative,
        Span<T> terms,
        int rows,
        int columns,
        LossReduction reduction,
        double margin,
        double epsilon,
        bool swap,
        double gradientFactor = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require.Shape(rows, columns);
        Require.Length(anchor.Length, rows, columns, nameof(anchor));
        Require.Length(positive.Length, rows, columns, nameof(positive));
        Require.Length(negative.Length, rows, columns, nameof(negative));
        Require.LengthOrEmpty(gradientAnchor.Length, rows, columns, nameof(gradientAnchor));
        Require.LengthOrEmpty(gradientPositive.Length, rows, columns, nameof(gradientPositive));
        Require.LengthOrEmpty(gradientNegative.Length, rows, columns, nameof(gradientNegative));
        Require.LengthOrEmpty(terms.Length, rows, 1, nameof(terms));
        var scale = RowLoss.Scale(reduction, rows);
        var body = new Body<T>
        {
            Anchor = anchor,
            Positive = positive,
            Negative = negative,
            GradientAnchor = gradientAnchor,
            GradientPositive = gradientPositive,
            GradientNegative = gradientNegative,
            Columns = columns,
            Margin = margin,
            Epsilon = T.CreateTruncating(epsilon),
            Swap = swap,
            Scale = gradientFactor * scale,
        };
        return T.CreateTruncating(scale * RowLoss.Sum(rows, columns, default, terms, body));
    }

    private ref struct Body<T> : IRowLoss
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public ReadOnlySpan<T> Anchor;
        public ReadOnlySpan<T> Positive;
        public ReadOnlySpan<T> Negative;
        public Span<T> GradientAnchor;
        public Span<T> GradientPositive;
        public Span<T> GradientNegative;
        public int Columns;
        public double Margin;
        public T Epsilon;
        public bool Swap;
        public double Scale;

        public readonly double Row(int row, double weight)
        {
            var start = row * Columns;
            var anchor = Anchor.Slice(start, Columns);
            var positive = Positive.Slice(start, Columns);
            var negative = Negative.Slice(start, Columns);
            var near = RowProducts.Distance(anchor, positive, Epsilon);
            var far = RowProducts.Distance(anchor, negative, Epsilon);
            var swapped = Swap ? RowProducts.Distance(positive, negative, Epsilon) : double.PositiveInfinity;
            var isSwapped = swapped < far;
            far = isSwapped ? swapped : far;
            var loss = Math.Max(0, near - far + Margin);
            var scale = loss == 0 ? 0 : Scale * weight;
            var body = new GradientBody<T>
            {
                Anchor = Anchor,
                Positive = Positive,
                Negative = Negative,
                GradientAnchor = GradientAnchor,
                GradientPositive = GradientPositive,
                GradientNegative = GradientNegative,
                Epsilon = Epsilon,
                IsSwapped = isSwapped,
                NearFactor = T.CreateTruncating(near == 0 ? 0 : scale / near),
                FarFactor = T.CreateTruncating(far == 0 ? 0 : scale / far),
            };
            Lanes.Run<T, GradientBody<T>>(0, 1, start, start + Columns, in body);
            return loss;
        }
    }

    /// <summary>The columns are those of all rows in sequence.</summary>
    private ref struct GradientBody<T> : ILaneBody<T>
        where T : unmanaged
    {
        public ReadOnlySpan<T> Anchor;
        public ReadOnlySpan<T> Positive;
        public ReadOnlySpan<T> Negative;
        public Span<T> GradientAnchor;
        public Span<T> GradientPositive;
        public Span<T> GradientNegative;
        public T Epsilon;
        public bool IsSwapped;
        public T NearFactor;
        public T FarFactor;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var (anchor, positive, epsilon) = (V.Load(Anchor, column), V.Load(Positive, column), V.Create(Epsilon));
            var near = V.Create(NearFactor) * (anchor - positive + epsilon);
            var far = V.Create(FarFactor) * ((IsSwapped ? positive : anchor) - V.Load(Negative, column) + epsilon);
            if (!GradientAnchor.IsEmpty)
                (IsSwapped ? near : near - far).Store(GradientAnchor, column);
            if (!GradientPositive.IsEmpty)
                (IsSwapped ? -near - far : -near).Store(GradientPositive, column);
            if (!GradientNegative.IsEmpty)
                far.Store(GradientNegative, column);
        }
    }
}
