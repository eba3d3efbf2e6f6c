using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Normalization;

/// <summary>
/// Two sums over a matrix in one reading. Pieces that fit the first cache are added up in <c>T</c>, lane by lane, and the pieces in doubles: the
/// error stays at some roundings of a lane's sum, however many terms there are, and the order is fixed by the shape.
/// </summary>
internal static class PairSums
{
    /// <summary>Elements of a piece.</summary>
    private const int PieceElements = 4096;

    /// <summary>Columns of a piece.</summary>
    public static int PieceColumns(int columns) => Math.Clamp(columns, 1, PieceElements);

    /// <summary>Rows of a piece.</summary>
    public static int PieceRows(int columns) => PieceElements / PieceColumns(columns);

    /// <summary>The sums of the terms of a matrix.</summary>
    public static (double First, double Second) Run<T, TTerm>(int rows, int columns, scoped in TTerm term)
        where T : unmanaged
        where TTerm : struct, ITermPair<T>, allows ref struct
    {
        var (first, second) = (0.0, 0.0);
        var (rowStep, columnStep) = (PieceRows(columns), PieceColumns(columns));
        for (var row = 0; row < rows; row += rowStep)
        {
            for (var column = 0; column < columns; column += columnStep)
            {
                var piece = Piece<T, TTerm>(row, Math.Min(row + rowStep, rows), column, Math.Min(column + columnStep, columns), in term);
                first += piece.First;
                second += piece.Second;
            }
        }
        return (first, second);
    }

    /// <summary>The sums of the terms of the rows [rowStart, rowEnd) and columns [columnStart, columnEnd), added up in <typeparamref name="T"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (double First, double Second) Piece<T, TTerm>(int rowStart, int rowEnd, int columnStart, int columnEnd, scoped in TTerm term)
        where T : unmanaged
        where TTerm : struct, ITermPair<T>, allows ref struct
    {
        var (first, second) = (0.0, 0.0);
        if (Vector512.IsHardwareAccelerated)
            Add<T, Simd512<T>, TTerm>(ref first, ref second, rowStart, rowEnd, ref columnStart, columnEnd, in term);
        if (Vector256.IsHardwareAccelerated)
            Add<T, Simd256<T>, TTerm>(ref first, ref second, rowStart, rowEnd, ref columnStart, columnEnd, in term);
        Add<T, Simd128<T>, TTerm>(ref first, ref second, rowStart, rowEnd, ref columnStart, columnEnd, in term);
        Add<T, Simd1<T>, TTerm>(ref first, ref second, rowStart, rowEnd, ref columnStart, columnEnd, in term);
        return (first, second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<T, V, TTerm>(ref double first, ref double second, int rowStart, int rowEnd, ref int columnStart, int columnEnd, scoped in TTerm term)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TTerm : struct, ITermPair<T>, allows ref struct
    {
        var end = Lanes.End<T, V>(columnStart, columnEnd);
        if (columnStart < end)
        {
            Block<T, V, TTerm>(rowStart, rowEnd, columnStart, end, in term, out var sums);
            first += sums.First;
            second += sums.Second;
        }
        columnStart = end;
    }

    // A method of its own for each width, as in Lanes.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Block<T, V, TTerm>(int rowStart, int rowEnd, int columnStart, int columnEnd, scoped in TTerm term, out (double First, double Second) sums)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TTerm : struct, ITermPair<T>, allows ref struct
    {
        var local = term;
        // Two chains of additions hide their latency.
        var (first0, first1, second0, second1) = (V.Zero, V.Zero, V.Zero, V.Zero);
        for (var row = rowStart; row < rowEnd; row++)
        {
            var column = columnStart;
            for (; column < columnEnd - V.Count; column += 2 * V.Count)
            {
                local.Add(row, column, ref first0, ref second0);
                local.Add(row, column + V.Count, ref first1, ref second1);
            }
            if (column < columnEnd)
                local.Add(row, column, ref first0, ref second0);
        }
        sums = (Vector256.Sum(V.FoldToDouble(first0 + first1)), Vector256.Sum(V.FoldToDouble(second0 + second1)));
    }
}
