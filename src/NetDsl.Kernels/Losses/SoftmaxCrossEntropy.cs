using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>
/// Softmax and cross-entropy in one step: −Σ_c q_c·ln softmax(x)_c with q the target distribution, and its gradient softmax(x)·Σ q − q,
/// which needs no division by small probabilities.
/// </summary>
public static class SoftmaxCrossEntropy
{
    /// <summary>Targets given as class labels y: q_c = c_y·(1 − smoothing) at the label plus c_c·smoothing/classes everywhere, c the class weights.</summary>
    /// <param name="logits">x [rows × classes].</param>
    /// <param name="labels">Labels [rows].</param>
    /// <param name="gradient">Receives the gradient [rows × classes]; empty if not wanted. It must not be the logits.</param>
    /// <param name="weights">Row weights w [rows]; empty for 1.</param>
    /// <param name="terms">Receives each row's loss [rows], before its row weight; empty if not wanted.</param>
    /// <param name="rows">Rows, the samples.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="reduction">What Σ w·loss is divided by: Mean by Σ c_y over the rows that count, BatchMean by the samples, Sum by 1.</param>
    /// <param name="smoothing">Label smoothing in [0, 1]: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision" (2015).</param>
    /// <param name="classWeights">Class weights c [classes]; empty for 1.</param>
    /// <param name="ignoreIndex">Rows with this label count nothing; null for none.</param>
    /// <param name="rowsPerSample">Rows that one sample has: the time steps of a sequence.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <returns>The loss; 0 if no row counts.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A label is outside [0, classes); nothing was written.</exception>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static T Evaluate<T>(
        ReadOnlySpan<T> logits,
        ReadOnlySpan<int> labels,
        Span<T> gradient,
        ReadOnlySpan<T> weights,
        Span<T> terms,
        int rows,
        int classes,
        LossReduction reduction,
        double smoothing,
        ReadOnlySpan<T> classWeights,
        int? ignoreIndex,
        int rowsPerSample = 1,
        double gradientFactor = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check<T>(logits, gradient, weights, terms, rows, classes, smoothing);
        Require.Length(labels.Length, rows, 1, nameof(labels));
        Require.LengthOrEmpty(classWeights.Length, 1, classes, nameof(classWeights));
        var totalWeight = ClassLabels.TotalWeight(labels, classes, classWeights, ignoreIndex);
        var scale = ClassLabels.Scale(reduction, totalWeight, rows / rowsPerSample);
        var body = new Body<T>
        {
            Logits = logits,
            Labels = labels,
            ClassWeights = classWeights,
            IgnoreIndex = ignoreIndex,
            Gradient = gradient,
            Classes = classes,
            Smoothing = smoothing,
            Scale = gradientFactor * scale,
        };
        return T.CreateTruncating(scale * RowLoss.Sum(rows, classes, weights, terms, body));
    }

    /// <summary>Targets given as distributions t: q = (1 − smoothing)·t + smoothing/classes. They need not sum to 1.</summary>
    /// <param name="logits">x [rows × classes].</param>
    /// <param name="target">t [rows × classes].</param>
    /// <param name="gradient">Receives the gradient [rows × classes]; empty if not wanted. It must not be the logits.</param>
    /// <param name="weights">Row weights w [rows]; empty for 1.</param>
    /// <param name="terms">Receives each row's loss [rows], before its row weight; empty if not wanted.</param>
    /// <param name="rows">Rows, the samples.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="reduction">What Σ w·loss is divided by: Mean and BatchMean by the samples, Sum by 1.</param>
    /// <param name="smoothing">Label smoothing in [0, 1].</param>
    /// <param name="rowsPerSample">Rows that one sample has: the time steps of a sequence.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <returns>The loss; 0 without rows.</returns>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static T Evaluate<T>(
        ReadOnlySpan<T> logits,
        ReadOnlySpan<T> target,
        Span<T> gradient,
        ReadOnlySpan<T> weights,
        Span<T> terms,
        int rows,
        int classes,
        LossReduction reduction,
        double smoothing,
        int rowsPerSample = 1,
        double gradientFactor = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check<T>(logits, gradient, weights, terms, rows, classes, smoothing);
        Require.Length(target.Length, rows, classes, nameof(target));
        var scale = ClassLabels.Scale(reduction, rows, rows / rowsPerSample);
        var body = new Body<T>
        {
            Logits = logits,
            Target = target,
            IgnoreIndex = int.MinValue,
            Gradient = gradient,
            Classes = classes,
            Smoothing = smoothing,
            Scale = gradientFactor * scale,
        };
        return T.CreateTruncating(scale * RowLoss.Sum(rows, classes, weights, terms, body));
    }

    private static void Check<T>(ReadOnlySpan<T> logits, Span<T> gradient, ReadOnlySpan<T> weights, Span<T> terms, int rows, int classes, double smoothing)
    {
        Require.Shape(rows, classes);
        Require.Length(logits.Length, rows, classes, nameof(logits));
        Require.LengthOrEmpty(gradient.Length, rows, classes, nameof(gradient));
        Require.LengthOrEmpty(weights.Length, rows, 1, nameof(weights));
        Require.LengthOrEmpty(terms.Length, rows, 1, nameof(terms));
        if (!(smoothing is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "Label smoothing is a share in [0, 1].");
    }

    private ref struct Body<T> : IRowLoss
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public ReadOnlySpan<T> Logits;
        public ReadOnlySpan<int> Labels;
        public ReadOnlySpan<T> ClassWeights;
        public ReadOnlySpan<T> Target;
        public Span<T> Gradient;
        public int Classes;
        public int? IgnoreIndex;
        public double Smoothing;
        public double Scale;

        public readonly double Row(int row, double weight)
        {
            var logits = Logits.Slice(row * Classes, Classes);
            var gradient = Gradient.IsEmpty ? default : Gradient.Slice(row * Classes, Classes);
            var label = Labels.IsEmpty ? -1 : Labels[row];
            if (!Labels.IsEmpty && label == IgnoreIndex)
            {
                gradient.Clear();
                return 0;
            }
            var peak = label < 0 ? 0 : (1 - Smoothing) * ClassLabels.Weight(ClassWeights, label);
            var uniform = Smoothing / Classes;
            var spread = label < 0
                ? new Spread<T>(Target.Slice(row * Classes, Classes), 1 - Smoothing, uniform)
                : ClassWeights.IsEmpty ? new Spread<T>(default, 0, uniform) : new Spread<T>(ClassWeights, uniform, 0);
            return Row(logits, gradient, label, peak, spread, label < 0 || Smoothing > 0, Scale * weight);
        }

        /// <summary>One row: loss and gradient for q = peak at the label, plus the spread where there is one.</summary>
        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private static double Row(ReadOnlySpan<T> logits, Span<T> gradient, int label, double peak, Spread<T> spread, bool hasSpread, double scale)
        {
            var max = SoftmaxRow.Max(logits);
            var sum = SoftmaxRow.Exponentials(logits, gradient, max);
            var logSum = Math.Log(double.CreateTruncating(sum));
            var loss = 0.0;
            var mass = peak;
            if (label >= 0)
                loss = peak * (logSum - (double.CreateTruncating(logits[label]) - double.CreateTruncating(max)));
            if (hasSpread)
            {
                var lossTerm = new SpreadLossTerm<T>(spread, logits, max, T.CreateTruncating(logSum));
                loss += double.CreateTruncating(Lanes.RowSum<T, SpreadLossTerm<T>>(0, logits.Length, in lossTerm));
                mass += double.CreateTruncating(Lanes.RowSum<T, Spread<T>>(0, logits.Length, in spread));
            }
            if (gradient.IsEmpty)
                return loss;

            var body = new GradientBody<T>(gradient, spread, hasSpread, T.CreateTruncating(scale * mass / double.CreateTruncating(sum)), T.CreateTruncating(scale));
            Lanes.Row<T, GradientBody<T>>(0, gradient.Length, in body);
            if (label >= 0)
                gradient[label] -= T.CreateTruncating(scale * peak);
            return loss;
        }
    }

    /// <summary>The part of q that reaches every class: factor·source + constant, or the constant alone.</summary>
    private readonly ref struct Spread<T>(ReadOnlySpan<T> source, double factor, double constant) : ILaneTerm<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _source = source;
        private readonly T _factor = T.CreateTruncating(factor);
        private readonly T _constant = T.CreateTruncating(constant);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
            => _source.IsEmpty ? V.Create(_constant) : V.FusedMultiplyAdd(V.Create(_factor), V.Load(_source, column), V.Create(_constant));
    }

    private readonly ref struct SpreadLossTerm<T>(Spread<T> spread, ReadOnlySpan<T> logits, T max, T logSum) : ILaneTerm<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Spread<T> _spread = spread;
        private readonly ReadOnlySpan<T> _logits = logits;
        private readonly T _max = max;
        private readonly T _logSum = logSum;

        /// <summary>−q·ln softmax(x); 0 where q is 0, even where the probability is 0 too.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var q = _spread.Run<V>(row, column);
            var cost = V.Create(_logSum) + (V.Create(_max) - V.Load(_logits, column));
            return V.Select(V.Equal(q, V.Zero), V.Zero, q * cost);
        }
    }

    private readonly ref struct GradientBody<T>(Span<T> gradient, Spread<T> spread, bool hasSpread, T factor, T scale) : ILaneBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Span<T> _gradient = gradient;
        private readonly Spread<T> _spread = spread;
        private readonly bool _hasSpread = hasSpread;
        private readonly T _factor = factor;
        private readonly T _scale = scale;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var gradient = V.Load(_gradient, column) * V.Create(_factor);
            if (_hasSpread)
                gradient = V.FusedMultiplyAdd(V.Create(_scale), -_spread.Run<V>(row, column), gradient);
            gradient.Store(_gradient, column);
        }
    }
}
