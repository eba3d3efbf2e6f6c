using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Normalization;

/// <summary>
/// Two sums down the columns of a matrix in one reading, row by row. Blocks of rows are added up plainly and the blocks with compensation
/// (W. Kahan, "Further Remarks on Reducing Truncation Errors", 1965), so that the error stays at some roundings of a block's sum.
/// </summary>
internal static class ColumnSums
{
    private const int BlockRows = 32;

    /// <summary>Writes the sums of the columns [start, end), at most <see cref="FeatureLoop.TileColumns"/>, to [0, end − start).</summary>
    public static void Run<T, TTerm>(int rows, int start, int end, scoped in TTerm term, scoped Span<T> first, scoped Span<T> second)
        where T : unmanaged
        where TTerm : struct, ITermPair<T>, allows ref struct
    {
        Span<T> blocks = stackalloc T[2 * FeatureLoop.TileColumns], errors = stackalloc T[2 * FeatureLoop.TileColumns];
        var firstBlock = blocks[..FeatureLoop.TileColumns];
        var secondBlock = blocks[FeatureLoop.TileColumns..];
        first.Clear();
        second.Clear();
        errors.Clear();
        var addRow = new BlockBody<T, TTerm>(term, firstBlock, secondBlock, start);
        var addFirst = new CompensateBody<T>(firstBlock, first, errors[..FeatureLoop.TileColumns]);
        var addSecond = new CompensateBody<T>(secondBlock, second, errors[FeatureLoop.TileColumns..]);
        for (var row = 0; row < rows; row += BlockRows)
        {
            blocks.Clear();
            Lanes.Run<T, BlockBody<T, TTerm>>(row, Math.Min(row + BlockRows, rows), start, end, in addRow);
            Lanes.Run<T, CompensateBody<T>>(0, 1, 0, end - start, in addFirst);
            Lanes.Run<T, CompensateBody<T>>(0, 1, 0, end - start, in addSecond);
        }
    }

    private readonly ref struct BlockBody<T, TTerm>(TTerm term, Span<T> first, Span<T> second, int start) : ILaneBody<T>
        where T : unmanaged
        where TTerm : struct, ITermPair<T>, allows ref struct
    {
        private readonly TTerm _term = term;
        private readonly Span<T> _first = first;
        private readonly Span<T> _second = second;
        private readonly int _start = start;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var place = column - _start;
            var (first, second) = (V.Load(_first, place), V.Load(_second, place));
            _term.Add(row, column, ref first, ref second);
            first.Store(_first, place);
            second.Store(_second, place);
        }
    }

    /// <summary>Adds a block's sum to the total.</summary>
    private readonly ref struct CompensateBody<T>(Span<T> block, Span<T> sum, Span<T> error) : ILaneBody<T>
        where T : unmanaged
    {
        private readonly Span<T> _block = block;
        private readonly Span<T> _sum = sum;
        private readonly Span<T> _error = error;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var sum = V.Load(_sum, column);
            var term = V.Load(_block, column) - V.Load(_error, column);
            var next = sum + term;
            ((next - sum) - term).Store(_error, column);
            next.Store(_sum, column);
        }
    }
}
