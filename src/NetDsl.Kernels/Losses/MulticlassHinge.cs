using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>Hinge loss of class scores: J. Weston and C. Watkins, "Support Vector Machines for Multi-Class Pattern Recognition" (1999).</summary>
public static class MulticlassHinge
{
    /// <summary>loss = s·Σ_r w_r·c_y·Σ_{j ≠ y} max(0, margin − x[r, y] + x[r, j]) with y the row's label and c its class weight; the gradient is 0 at the kink.</summary>
    /// <param name="scores">x [rows × classes].</param>
    /// <param name="labels">Labels [rows].</param>
    /// <param name="gradient">Receives the gradient [rows × classes]; empty if not wanted; may be <paramref name="scores"/>.</param>
    /// <param name="weights">Row weights w [rows]; empty for 1.</param>
    /// <param name="terms">Receives each row's loss [rows], before its row weight; empty if not wanted.</param>
    /// <param name="rows">Rows, the samples.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="reduction">s: Mean is 1/Σ c_y over the rows that count, BatchMean 1/samples, Sum 1.</param>
    /// <param name="margin">How far the label's score should be above the others.</param>
    /// <param name="overClasses">Whether each row's loss is divided by the number of classes.</param>
    /// <param name="classWeights">Class weights c [classes]; empty for 1.</param>
    /// <param name="ignoreIndex">Rows with this label count nothing; null for none.</param>
    /// <param name="rowsPerSample">Rows that one sample has: the time steps of a sequence.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <returns>The loss; 0 if no row counts.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A label is outside [0, classes); nothing was written.</exception>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static T Evaluate<T>(
        ReadOnlySpan<T> scores,
        ReadOnlySpan<int> labels,
        Span<T> gradient,
        ReadOnlySpan<T> weights,
        Span<T> terms,
        int rows,
        int classes,
        LossReduction reduction,
        double margin,
        bool overClasses,
        ReadOnlySpan<T> classWeights,
        int? ignoreIndex,
        int rowsPerSample = 1,
        double gradientFactor = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require.Shape(rows, classes);
        Require.Length(scores.Length, rows, classes, nameof(scores));
        Require.Length(labels.Length, rows, 1, nameof(labels));
        Require.LengthOrEmpty(gradient.Length, rows, classes, nameof(gradient));
        Require.LengthOrEmpty(weights.Length, rows, 1, nameof(weights));
        Require.LengthOrEmpty(terms.Length, rows, 1, nameof(terms));
        Require.LengthOrEmpty(classWeights.Length, 1, classes, nameof(classWeights));
        var scale = ClassLabels.Scale(reduction, ClassLabels.TotalWeight(labels, classes, classWeights, ignoreIndex), rows / rowsPerSample);
        var body = new Body<T>
        {
            Scores = scores,
            Labels = labels,
            ClassWeights = classWeights,
            IgnoreIndex = ignoreIndex,
            Gradient = gradient,
            Classes = classes,
            Margin = T.CreateTruncating(margin),
            Share = overClasses ? 1.0 / classes : 1,
            Scale = gradientFactor * scale,
        };
        return T.CreateTruncating(scale * RowLoss.Sum(rows, classes, weights, terms, body));
    }

    private ref struct Body<T> : IRowLoss
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public ReadOnlySpan<T> Scores;
        public ReadOnlySpan<int> Labels;
        public ReadOnlySpan<T> ClassWeights;
        public Span<T> Gradient;
        public int Classes;
        public int? IgnoreIndex;
        public T Margin;
        public double Share;
        public double Scale;

        public readonly double Row(int row, double weight)
        {
            var gradient = Gradient.IsEmpty ? default : Gradient.Slice(row * Classes, Classes);
            var label = Labels[row];
            if (label == IgnoreIndex)
            {
                gradient.Clear();
                return 0;
            }
            var share = Share * ClassLabels.Weight(ClassWeights, label);
            var scores = Scores.Slice(row * Classes, Classes);
            var term = new Term<T>(scores, gradient, scores[label], Margin, T.CreateTruncating(Scale * weight * share));
            var sum = Lanes.Sum<T, Term<T>>(0, 1, 0, label, in term) + Lanes.Sum<T, Term<T>>(0, 1, label + 1, Classes, in term);
            if (!gradient.IsEmpty)
            {
                gradient[label] = T.Zero;
                var others = new LoadTerm<T>(gradient);
                gradient[label] = -T.CreateTruncating(Lanes.Sum<T, LoadTerm<T>>(0, 1, 0, Classes, in others));
            }
            return share * sum;
        }
    }

    /// <summary>What a class other than the label adds; its gradient is written on the way.</summary>
    private readonly ref struct Term<T>(ReadOnlySpan<T> scores, Span<T> gradient, T own, T margin, T factor) : ILaneTerm<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _scores = scores;
        private readonly Span<T> _gradient = gradient;
        private readonly T _own = own;
        private readonly T _margin = margin;
        private readonly T _factor = factor;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var gap = V.Load(_scores, column) - V.Create(_own) + V.Create(_margin);
            if (!_gradient.IsEmpty)
                V.And(V.GreaterThan(gap, V.Zero), V.Create(_factor)).Store(_gradient, column);
            return V.AtLeast(V.Zero, gap);
        }
    }
}
