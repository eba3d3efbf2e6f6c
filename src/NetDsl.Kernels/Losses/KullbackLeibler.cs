using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>
/// Kullback–Leibler divergence Σ_c t_c·(ln t_c − ln q_c) of a predicted distribution q from a target t; classes with t_c = 0 add nothing.
/// S. Kullback and R. A. Leibler, "On Information and Sufficiency" (1951).
/// </summary>
public static class KullbackLeibler
{
    /// <summary>t·(ln t − p) for a log-probability p; 0 where t is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V p, V t)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Select(V.Equal(t, V.Zero), V.Zero, t * (V.Log(t) - p));

    /// <summary>d/dp: −t.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Gradient<V, T>(V p, V t)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => -t;

    /// <summary>From logits x, q = softmax(x): the loss, and its gradient softmax(x)·Σ t − t, which needs no division by small probabilities.</summary>
    /// <param name="logits">x [rows × classes].</param>
    /// <param name="target">t [rows × classes]; the rows need not sum to 1.</param>
    /// <param name="gradient">Receives the gradient [rows × classes]; empty if not wanted. It must not be the logits.</param>
    /// <param name="weights">Row weights w [rows]; empty for 1.</param>
    /// <param name="terms">Receives each row's loss [rows], before its row weight; empty if not wanted.</param>
    /// <param name="rows">Rows, the samples.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="reduction">What Σ w·loss is divided by: Mean by the elements, rows·classes, BatchMean by the samples, Sum by 1.</param>
    /// <param name="rowsPerSample">Rows that one sample has: the time steps of a sequence.</param>
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
        int rowsPerSample = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require.Shape(rows, classes);
        Require.Length(logits.Length, rows, classes, nameof(logits));
        Require.Length(target.Length, rows, classes, nameof(target));
        Require.LengthOrEmpty(gradient.Length, rows, classes, nameof(gradient));
        Require.LengthOrEmpty(weights.Length, rows, 1, nameof(weights));
        Require.LengthOrEmpty(terms.Length, rows, 1, nameof(terms));
        var scale = ClassLabels.Scale(reduction, logits.Length, rows / rowsPerSample);
        return T.CreateTruncating(scale * RowLoss.Sum(rows, classes, weights, terms, new Body<T>(logits, target, gradient, classes, scale)));
    }

    private readonly ref struct Body<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> target, Span<T> gradient, int classes, double scale) : IRowLoss
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _logits = logits;
        private readonly ReadOnlySpan<T> _target = target;
        private readonly Span<T> _gradient = gradient;
        private readonly int _classes = classes;
        private readonly double _scale = scale;

        public double Row(int row, double weight)
        {
            var start = row * _classes;
            return Row(
                _logits.Slice(start, _classes), _target.Slice(start, _classes), _gradient.IsEmpty ? default : _gradient.Slice(start, _classes), _scale * weight);
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private static double Row(ReadOnlySpan<T> logits, ReadOnlySpan<T> target, Span<T> gradient, double scale)
        {
            var max = SoftmaxRow.Max(logits);
            var sum = SoftmaxRow.Exponentials(logits, gradient, max);
            var term = new LossTerm<T>(logits, target, max, T.Log(sum));
            var loss = Lanes.Sum<T, LossTerm<T>>(0, 1, 0, logits.Length, in term);
            if (gradient.IsEmpty)
                return loss;
            var load = new LoadTerm<T>(target);
            var mass = Lanes.Sum<T, LoadTerm<T>>(0, 1, 0, target.Length, in load);
            var body = new GradientBody<T>(gradient, target, T.CreateTruncating(scale * mass / double.CreateTruncating(sum)), T.CreateTruncating(-scale));
            Lanes.Row<T, GradientBody<T>>(0, gradient.Length, in body);
            return loss;
        }
    }

    private readonly ref struct LossTerm<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> target, T max, T logSum) : ILaneTerm<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _logits = logits;
        private readonly ReadOnlySpan<T> _target = target;
        private readonly T _max = max;
        private readonly T _logSum = logSum;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
            => Value<V, T>(V.Load(_logits, column) - V.Create(_max) - V.Create(_logSum), V.Load(_target, column));
    }

    private readonly ref struct GradientBody<T>(Span<T> gradient, ReadOnlySpan<T> target, T factor, T negativeScale) : ILaneBody<T>
        where T : unmanaged
    {
        private readonly Span<T> _gradient = gradient;
        private readonly ReadOnlySpan<T> _target = target;
        private readonly T _factor = factor;
        private readonly T _negativeScale = negativeScale;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
            => V.FusedMultiplyAdd(V.Create(_negativeScale), V.Load(_target, column), V.Load(_gradient, column) * V.Create(_factor)).Store(_gradient, column);
    }
}
