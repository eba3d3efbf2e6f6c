using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NetDsl.Kernels.Simd;

/// <summary>The body of an elementwise loop over a matrix: what happens to <c>V.Count</c> neighbouring columns of one row.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface ILaneBody<T>
    where T : unmanaged
{
    /// <summary>Works on the elements [row, column .. column + V.Count).</summary>
    void Run<V>(int row, int column)
        where V : struct, ISimd<V, T>;
}

/// <summary>The body of a reduction over a matrix: the terms that <c>V.Count</c> neighbouring columns of one row give.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface ILaneTerm<T>
    where T : unmanaged
{
    /// <summary>The terms of the elements [row, column .. column + V.Count).</summary>
    V Run<V>(int row, int column)
        where V : struct, ISimd<V, T>;
}

/// <summary>The loop driver that all elementwise kernels share.</summary>
public static partial class Lanes
{
    /// <summary>
    /// Runs <paramref name="body"/> once for every element of the rows [rowStart, rowEnd) and columns [columnStart, columnEnd): the widest
    /// vectors first, each narrower width on the columns left over. Vectors never cross a row's end.
    /// </summary>
    /// <remarks>Each width works on a copy of the body, whose fields so live in registers; what it changes in itself is lost.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<T, TBody>(int rowStart, int rowEnd, int columnStart, int columnEnd, ref readonly TBody body)
        where T : unmanaged
        where TBody : struct, ILaneBody<T>, allows ref struct
    {
        if (Vector512.IsHardwareAccelerated)
        {
            var end = End<T, Simd512<T>>(columnStart, columnEnd);
            if (columnStart < end)
                Block<T, Simd512<T>, TBody>(rowStart, rowEnd, columnStart, end, in body);
            columnStart = end;
        }
        if (Vector256.IsHardwareAccelerated)
        {
            var end = End<T, Simd256<T>>(columnStart, columnEnd);
            if (columnStart < end)
                Block<T, Simd256<T>, TBody>(rowStart, rowEnd, columnStart, end, in body);
            columnStart = end;
        }
        var last = End<T, Simd128<T>>(columnStart, columnEnd);
        if (columnStart < last)
            Block<T, Simd128<T>, TBody>(rowStart, rowEnd, columnStart, last, in body);
        if (last < columnEnd)
            Block<T, Simd1<T>, TBody>(rowStart, rowEnd, last, columnEnd, in body);
    }

    /// <summary>The end of the columns from <paramref name="start"/> on that <typeparamref name="V"/> covers in whole vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int End<T, V>(int start, int end)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        => end - ((end - start) & (V.Count - 1));

    /// <summary>The loop itself, in a method of its own for each width, because the JIT's inlining budget counts by method.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Block<T, V, TBody>(int rowStart, int rowEnd, int columnStart, int columnEnd, ref readonly TBody body)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TBody : struct, ILaneBody<T>, allows ref struct
    {
        var local = body;
        for (var row = rowStart; row < rowEnd; row++)
        {
            for (var column = columnStart; column < columnEnd; column += V.Count)
                local.Run<V>(row, column);
        }
    }
}
