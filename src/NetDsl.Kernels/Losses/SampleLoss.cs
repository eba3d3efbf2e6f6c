using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>Losses that are a function of sums over each sample; value and gradient.</summary>
public static class SampleLoss
{
    private const int MostSums = 8;

    /// <summary>loss = s·Σ_r w_r·value_r and gradient = s·w_r·Σ_k slope_k·∂term_k/∂prediction, with s by <paramref name="reduction"/>.</summary>
    /// <param name="prediction">Predictions [rows × columns].</param>
    /// <param name="target">Targets of the same shape.</param>
    /// <param name="gradient">Receives the gradient, of the same shape; empty if not wanted; may be <paramref name="prediction"/>.</param>
    /// <param name="weights">Row weights w [rows]; empty for 1.</param>
    /// <param name="terms">Receives each row's loss [rows], before its weight; empty if not wanted.</param>
    /// <param name="rows">Rows, the samples.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="reduction">s: Mean and BatchMean are 1/rows, Sum is 1.</param>
    /// <param name="term">The loss. Its sums are added up in doubles and rounded.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <returns>The loss, added up in doubles in an order that the shape fixes; 0 without rows.</returns>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The loss has fewer than 1 or more than 8 sums.</exception>
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
        where TTerm : struct, ISampleLossTerm<T>, allows ref struct
    {
        if (TTerm.Sums is < 1 or > MostSums)
            ThrowSums(TTerm.Sums);
        Require.Shape(rows, columns);
        Require.Length(prediction.Length, rows, columns, nameof(prediction));
        Require.Length(target.Length, rows, columns, nameof(target));
        Require.LengthOrEmpty(gradient.Length, rows, columns, nameof(gradient));
        Require.LengthOrEmpty(weights.Length, rows, 1, nameof(weights));
        Require.LengthOrEmpty(terms.Length, rows, 1, nameof(terms));
        var scale = RowLoss.Scale(reduction, rows);
        return T.CreateTruncating(scale * RowLoss.Sum(rows, columns, weights, terms, new Body<T, TTerm>(prediction, target, gradient, columns, gradientFactor * scale, term)));
    }

    [DoesNotReturn]
    private static void ThrowSums(int sums) =>
        throw new ArgumentOutOfRangeException("term", sums, $"A loss of samples has 1 to {MostSums} sums; this one has {sums}.");

    private readonly ref struct Body<T, TTerm>(ReadOnlySpan<T> prediction, ReadOnlySpan<T> target, Span<T> gradient, int columns, double scale, TTerm term) : IRowLoss
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTerm : struct, ISampleLossTerm<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _prediction = prediction;
        private readonly ReadOnlySpan<T> _target = target;
        private readonly Span<T> _gradient = gradient;
        private readonly int _columns = columns;
        private readonly double _scale = scale;
        private readonly TTerm _term = term;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public double Row(int row, double weight)
        {
            scoped var term = _term;
            var sums = (stackalloc Simd1<T>[MostSums])[..TTerm.Sums];
            for (var k = 0; k < sums.Length; k++)
            {
                var terms = new SumTerm<T, TTerm>(_prediction, _target, _columns, term, k);
                sums[k] = Simd1<T>.Create(T.CreateTruncating(Lanes.Sum<T, SumTerm<T, TTerm>>(row, row + 1, 0, _columns, in terms)));
            }
            var value = double.CreateTruncating(Simd1<T>.Sum(term.Value<Simd1<T>>(sums)));
            if (_gradient.IsEmpty)
                return value;

            var slopes = (stackalloc T[MostSums])[..TTerm.Sums];
            var factor = Simd1<T>.Create(_scale * weight);
            for (var k = 0; k < slopes.Length; k++)
                slopes[k] = Simd1<T>.Sum(factor * term.Slope<Simd1<T>>(k, sums));
            var body = new GradientBody<T, TTerm>(_prediction, _target, _gradient, _columns, term, slopes);
            Lanes.Run<T, GradientBody<T, TTerm>>(row, row + 1, 0, _columns, in body);
            return value;
        }
    }

    private readonly ref struct SumTerm<T, TTerm>(ReadOnlySpan<T> prediction, ReadOnlySpan<T> target, int columns, TTerm term, int sum) : ILaneTerm<T>
        where T : unmanaged
        where TTerm : struct, ISampleLossTerm<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _prediction = prediction;
        private readonly ReadOnlySpan<T> _target = target;
        private readonly int _columns = columns;
        private readonly TTerm _term = term;
        private readonly int _sum = sum;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var index = row * _columns + column;
            return _term.Term(_sum, V.Load(_prediction, index), V.Load(_target, index), row, column);
        }
    }

    private readonly ref struct GradientBody<T, TTerm>(
        ReadOnlySpan<T> prediction, ReadOnlySpan<T> target, Span<T> gradient, int columns, TTerm term, ReadOnlySpan<T> slopes) : ILaneBody<T>
        where T : unmanaged
        where TTerm : struct, ISampleLossTerm<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _prediction = prediction;
        private readonly ReadOnlySpan<T> _target = target;
        private readonly Span<T> _gradient = gradient;
        private readonly int _columns = columns;
        private readonly TTerm _term = term;
        private readonly ReadOnlySpan<T> _slopes = slopes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var index = row * _columns + column;
            var prediction = V.Load(_prediction, index);
            var target = V.Load(_target, index);
            var sum = V.Zero;
            for (var k = 0; k < _slopes.Length; k++)
                sum = V.FusedMultiplyAdd(V.Create(_slopes[k]), _term.Gradient(k, prediction, target, row, column), sum);
            sum.Store(_gradient, index);
        }
    }
}
