using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Losses;

/// <summary>A loss that falls into rows.</summary>
internal interface IRowLoss
{
    /// <summary>Writes the gradient of weight·loss, unless it is not wanted, and returns the row's loss before its weight.</summary>
    double Row(int row, double weight);
}

/// <summary>The driver that losses by rows share.</summary>
internal static class RowLoss
{
    /// <summary>What the sum over rows is multiplied by where a row is a sample: Mean and BatchMean 1/rows, Sum 1.</summary>
    public static double Scale(LossReduction reduction, int rows) => reduction == LossReduction.Sum ? 1 : 1.0 / Math.Max(rows, 1);

    /// <summary>Σ_r w_r·loss_r, added up in doubles in an order that the shape fixes; rows are shared between threads.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="weights">Row weights w [rows]; empty for 1.</param>
    /// <param name="terms">Receives each row's loss [rows], before its weight; empty if not wanted.</param>
    /// <param name="loss">The loss.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum<T, TLoss>(int rows, int columns, ReadOnlySpan<T> weights, Span<T> terms, TLoss loss)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLoss : struct, IRowLoss, allows ref struct
    {
        Span<double> partial = stackalloc double[Chunks.Count((long)rows * columns, rows)];
        WorkerPool.Run(partial.Length, new Body<T, TLoss>(rows, weights, terms, loss, partial));
        var sum = 0.0;
        foreach (var part in partial)
            sum += part;
        return sum;
    }

    private readonly ref struct Body<T, TLoss>(int rows, ReadOnlySpan<T> weights, Span<T> terms, TLoss loss, Span<double> partial) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLoss : struct, IRowLoss, allows ref struct
    {
        private readonly int _rows = rows;
        private readonly ReadOnlySpan<T> _weights = weights;
        private readonly Span<T> _terms = terms;
        private readonly TLoss _loss = loss;
        private readonly Span<double> _partial = partial;

        public void Execute(int task)
        {
            // Copied once: a call on the read-only field would copy it each time.
            var loss = _loss;
            var sum = 0.0;
            var end = Chunks.Start(task + 1, _partial.Length, _rows);
            for (var row = Chunks.Start(task, _partial.Length, _rows); row < end; row++)
            {
                var weight = _weights.IsEmpty ? 1 : double.CreateTruncating(_weights[row]);
                var term = loss.Row(row, weight);
                sum += weight * term;
                if (!_terms.IsEmpty)
                    _terms[row] = T.CreateTruncating(term);
            }
            _partial[task] = sum;
        }
    }
}
