using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NetDsl.Kernels.Simd;

/// <summary>The numbers of neighbouring columns, for values that depend on the place.</summary>
internal static class ColumnNumbers
{
    private static ReadOnlySpan<float> Singles => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    private static ReadOnlySpan<double> Doubles => [0, 1, 2, 3, 4, 5, 6, 7];

    /// <summary>column, column + 1, …</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V From<V, T>(int column)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        => V.Load(typeof(T) == typeof(float) ? MemoryMarshal.Cast<float, T>(Singles) : MemoryMarshal.Cast<double, T>(Doubles), 0) + V.Create((double)column);
}
