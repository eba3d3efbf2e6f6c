using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Simd;

/// <content>Reductions, in an order that the shape fixes.</content>
public static partial class Lanes
{
    /// <summary>The sum of the terms of the rows [rowStart, rowEnd) and columns [columnStart, columnEnd), added up in doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum<T, TTerm>(int rowStart, int rowEnd, int columnStart, int columnEnd, ref readonly TTerm term)
        where T : unmanaged
        where TTerm : struct, ILaneTerm<T>, allows ref struct
    {
        var sum = 0.0;
        if (Vector512.IsHardwareAccelerated)
        {
            var end = End<T, Simd512<T>>(columnStart, columnEnd);
            if (columnStart < end)
                sum += SumBlock<T, Simd512<T>, TTerm>(rowStart, rowEnd, columnStart, end, in term);
            columnStart = end;
        }
        if (Vector256.IsHardwareAccelerated)
        {
            var end = End<T, Simd256<T>>(columnStart, columnEnd);
            if (columnStart < end)
                sum += SumBlock<T, Simd256<T>, TTerm>(rowStart, rowEnd, columnStart, end, in term);
            columnStart = end;
        }
        var last = End<T, Simd128<T>>(columnStart, columnEnd);
        if (columnStart < last)
            sum += SumBlock<T, Simd128<T>, TTerm>(rowStart, rowEnd, columnStart, last, in term);
        if (last < columnEnd)
            sum += SumBlock<T, Simd1<T>, TTerm>(rowStart, rowEnd, last, columnEnd, in term);
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static double SumBlock<T, V, TTerm>(int rowStart, int rowEnd, int columnStart, int columnEnd, ref readonly TTerm term)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TTerm : struct, ILaneTerm<T>, allows ref struct
    {
        var local = term;
        var sum = Vector256<double>.Zero;
        for (var row = rowStart; row < rowEnd; row++)
        {
            for (var column = columnStart; column < columnEnd; column += V.Count)
                sum += V.FoldToDouble(local.Run<V>(row, column));
        }
        return Vector256.Sum(sum);
    }

    /// <summary>The sum of all terms of a matrix, added up in doubles; large ones are shared between threads, in parts that the shape fixes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double SumAll<T, TTerm>(int rows, int columns, ref readonly TTerm term)
        where T : unmanaged
        where TTerm : struct, ILaneTerm<T>, allows ref struct
        => (long)rows * columns < Chunks.ParallelElements
            ? Sum<T, TTerm>(0, rows, 0, columns, in term)
            : SumParallel<T, TTerm>(rows, columns, in term);

    // Apart from the small path, whose frame it would enlarge.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double SumParallel<T, TTerm>(int rows, int columns, ref readonly TTerm term)
        where T : unmanaged
        where TTerm : struct, ILaneTerm<T>, allows ref struct
    {
        Span<double> partial = stackalloc double[Chunks.Count((long)rows * columns, rows == 1 ? columns : rows)];
        WorkerPool.Run(partial.Length, new PartialSums<T, TTerm>(term, partial, rows, columns));
        var sum = 0.0;
        foreach (var part in partial)
            sum += part;
        return sum;
    }

    private readonly ref struct PartialSums<T, TTerm>(TTerm term, Span<double> partial, int rows, int columns) : IParallelBody
        where T : unmanaged
        where TTerm : struct, ILaneTerm<T>, allows ref struct
    {
        private readonly TTerm _term = term;
        private readonly Span<double> _partial = partial;
        private readonly int _rows = rows;
        private readonly int _columns = columns;

        public void Execute(int task)
        {
            var units = _rows == 1 ? _columns : _rows;
            var (start, end) = (Chunks.Start(task, _partial.Length, units), Chunks.Start(task + 1, _partial.Length, units));
            _partial[task] = _rows == 1 ? Sum<T, TTerm>(0, 1, start, end, in _term) : Sum<T, TTerm>(start, end, 0, _columns, in _term);
        }
    }

    /// <summary><see cref="Run{T,TBody}"/> on one row, inlined into the caller: for the short loops of row kernels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Row<T, TBody>(int row, int columns, scoped ref readonly TBody body)
        where T : unmanaged
        where TBody : struct, ILaneBody<T>, allows ref struct
    {
        var column = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; column <= columns - Simd512<T>.Count; column += Simd512<T>.Count)
                body.Run<Simd512<T>>(row, column);
        }
        if (Vector256.IsHardwareAccelerated)
        {
            for (; column <= columns - Simd256<T>.Count; column += Simd256<T>.Count)
                body.Run<Simd256<T>>(row, column);
        }
        for (; column <= columns - Simd128<T>.Count; column += Simd128<T>.Count)
            body.Run<Simd128<T>>(row, column);
        for (; column < columns; column++)
            body.Run<Simd1<T>>(row, column);
    }

    /// <summary>The sum of one row's terms in <typeparamref name="T"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T RowSum<T, TTerm>(int row, int columns, scoped ref readonly TTerm term)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTerm : struct, ILaneTerm<T>, allows ref struct
    {
        var sum = T.Zero;
        var column = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var end = End<T, Simd512<T>>(column, columns);
            if (column < end)
                sum += RowSumPart<T, Simd512<T>, TTerm>(row, column, end, in term);
            column = end;
        }
        if (Vector256.IsHardwareAccelerated)
        {
            var end = End<T, Simd256<T>>(column, columns);
            if (column < end)
                sum += RowSumPart<T, Simd256<T>, TTerm>(row, column, end, in term);
            column = end;
        }
        var last = End<T, Simd128<T>>(column, columns);
        if (column < last)
            sum += RowSumPart<T, Simd128<T>, TTerm>(row, column, last, in term);
        if (last < columns)
            sum += RowSumPart<T, Simd1<T>, TTerm>(row, last, columns, in term);
        return sum;
    }

    // A method of its own for each width, as Block is.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static T RowSumPart<T, V, TTerm>(int row, int columnStart, int columnEnd, scoped ref readonly TTerm term)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ISimd<V, T>
        where TTerm : struct, ILaneTerm<T>, allows ref struct
    {
        var local = term;
        var sum = local.Run<V>(row, columnStart);
        for (var column = columnStart + V.Count; column < columnEnd; column += V.Count)
            sum += local.Run<V>(row, column);
        return V.Sum(sum);
    }

    /// <summary>The largest of one row's terms, NaN if one is NaN, −∞ without columns; inlined into the caller.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T RowMax<T, TTerm>(int row, int columns, scoped ref readonly TTerm term)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTerm : struct, ILaneTerm<T>, allows ref struct
    {
        var max = T.NegativeInfinity;
        var column = 0;
        if (Vector512.IsHardwareAccelerated)
            max = RowMaxPart<T, Simd512<T>, TTerm>(max, row, ref column, columns, in term);
        if (Vector256.IsHardwareAccelerated)
            max = RowMaxPart<T, Simd256<T>, TTerm>(max, row, ref column, columns, in term);
        max = RowMaxPart<T, Simd128<T>, TTerm>(max, row, ref column, columns, in term);
        return RowMaxPart<T, Simd1<T>, TTerm>(max, row, ref column, columns, in term);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T RowMaxPart<T, V, TTerm>(T max, int row, ref int column, int columns, scoped ref readonly TTerm term)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ISimd<V, T>
        where TTerm : struct, ILaneTerm<T>, allows ref struct
    {
        if (column > columns - V.Count)
            return max;
        var part = V.Create(max);
        for (; column <= columns - V.Count; column += V.Count)
            part = V.Max(part, term.Run<V>(row, column));
        return V.MaxAcross(part);
    }
}
