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

/// <summary>The loop driver that all elementwise kernels share.</summary>
public static class Lanes
{
    /// <summary>
    /// Runs <paramref name="body"/> once for every element of the rows [rowStart, rowEnd) and columns [columnStart, columnEnd): the widest
    /// vectors first, each narrower width on the columns left over. Vectors never cross a row's end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<T, TBody>(int rowStart, int rowEnd, int columnStart, int columnEnd, ref TBody body)
        where T : unmanaged
        where TBody : struct, ILaneBody<T>, allows ref struct
    {
        if (Vector512.IsHardwareAccelerated)
            columnStart = Columns<T, Simd512<T>, TBody>(rowStart, rowEnd, columnStart, columnEnd, ref body);
        if (Vector256.IsHardwareAccelerated)
            columnStart = Columns<T, Simd256<T>, TBody>(rowStart, rowEnd, columnStart, columnEnd, ref body);
        columnStart = Columns<T, Simd128<T>, TBody>(rowStart, rowEnd, columnStart, columnEnd, ref body);
        Columns<T, Simd1<T>, TBody>(rowStart, rowEnd, columnStart, columnEnd, ref body);
    }

    /// <summary>As many columns as <typeparamref name="V"/> covers in whole vectors; returns the first one left over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Columns<T, V, TBody>(int rowStart, int rowEnd, int columnStart, int columnEnd, ref TBody body)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TBody : struct, ILaneBody<T>, allows ref struct
    {
        var end = columnEnd - (columnEnd - columnStart) % V.Count;
        if (columnStart < end)
            Block<T, V, TBody>(rowStart, rowEnd, columnStart, end, ref body);
        return end;
    }

    // A method of its own for each width: the JIT's inlining budget counts by method.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Block<T, V, TBody>(int rowStart, int rowEnd, int columnStart, int columnEnd, ref TBody body)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TBody : struct, ILaneBody<T>, allows ref struct
    {
        // A local copy can live in registers.
        var local = body;
        for (var row = rowStart; row < rowEnd; row++)
        {
            for (var column = columnStart; column < columnEnd; column += V.Count)
                local.Run<V>(row, column);
        }
        body = local;
    }
}
