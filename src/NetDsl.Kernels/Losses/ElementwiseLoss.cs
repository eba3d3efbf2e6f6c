using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>Losses that are a sum over elements; value and gradient in one pass.</summary>
public static class ElementwiseLoss
{
    /// <summary>loss = s·Σ w·value and gradient = s·w·∂value/∂prediction, with s by <paramref name="reduction"/>.</summary>
    /// <param name="prediction">Predictions [rows × columns].</param>
    /// <param name="target">Targets of the same shape.</param>
    /// <param name="gradient">Receives the gradient, of the same shape; empty if not wanted; may be <paramref name="prediction"/>.</param>
    /// <param name="weights">Weights w of the same shape; empty for 1.</param>
    /// <param name="terms">Receives the value of each element, before its weight; empty if not wanted.</param>
    /// <param name="rows">Rows, the samples.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="reduction">s: 1/(rows·columns), 1 or 1/rows.</param>
    /// <param name="term">The loss.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <returns>The loss, added up in doubles in an order that the shape fixes; 0 without elements.</returns>
    /// <exception cref="ArgumentException">A span's length is not rows·columns.</exception>
    public static T Evaluate<T, TTerm>(
        ReadOnlySpan<T> prediction,
        ReadOnlySpan<T> target,
        Span<T> gradient,
        ReadOnlySpan<T> weights,
        Span<T> terms,
        int rows,
        int columns,
        LossReduction reduction,
        TTerm term,
        double gradientFactor = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTerm : struct, ILossTerm<T>, allows ref struct
    {
        Require.Shape(rows, columns);
        Require.Length(prediction.Length, rows, columns, nameof(prediction));
        Require.Length(target.Length, rows, columns, nameof(target));
        Require.LengthOrEmpty(gradient.Length, rows, columns, nameof(gradient));
        Require.LengthOrEmpty(weights.Length, rows, columns, nameof(weights));
        Require.LengthOrEmpty(terms.Length, rows, columns, nameof(terms));
        var count = reduction switch { LossReduction.Mean => prediction.Length, LossReduction.BatchMean => rows, _ => 1 };
        var scale = 1.0 / Math.Max(count, 1);
        var body = new Term<T, TTerm>(prediction, target, gradient, weights, terms, columns, T.CreateTruncating(gradientFactor * scale), term);
        return T.CreateTruncating(Lanes.SumAll<T, Term<T, TTerm>>(rows, columns, in body) * scale);
    }

    private readonly ref struct Term<T, TTerm>(
        ReadOnlySpan<T> prediction,
        ReadOnlySpan<T> target,
        Span<T> gradient,
        ReadOnlySpan<T> weights,
        Span<T> terms,
        int columns,
        T scale,
        TTerm term) : ILaneTerm<T>
        where T : unmanaged
        where TTerm : struct, ILossTerm<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _prediction = prediction;
        private readonly ReadOnlySpan<T> _target = target;
        private readonly Span<T> _gradient = gradient;
        private readonly ReadOnlySpan<T> _weights = weights;
        private readonly Span<T> _terms = terms;
        private readonly int _columns = columns;
        private readonly T _scale = scale;
        private readonly TTerm _term = term;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var index = row * _columns + column;
            var prediction = V.Load(_prediction, index);
            var target = V.Load(_target, index);
            var weight = _weights.IsEmpty ? V.One : V.Load(_weights, index);
            var value = _term.Evaluate(prediction, target, row, column, out var gradient);
            if (!_terms.IsEmpty)
                value.Store(_terms, index);
            if (!_gradient.IsEmpty)
                (V.Create(_scale) * weight * gradient).Store(_gradient, index);
            return weight * value;
        }
    }
}
