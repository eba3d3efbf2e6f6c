using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>How wide the vectors of a convolution are: as the hardware has them, or half of it where that fits the lines better.</summary>
internal static class ConvolutionLanes
{
    /// <summary>
    /// The width that wastes the fewest lanes on lines of <paramref name="width"/> results. Half of 512 bits costs nothing where a core
    /// has two multipliers of 256 bits; half of less than that would cost half of the speed.
    /// </summary>
    public static int Choose<T>(int width)
        where T : unmanaged
    {
        var widest = Widest<T>();
        return Vector512.IsHardwareAccelerated && Lost(width, widest / 2) < Lost(width, widest) ? widest / 2 : widest;
    }

    /// <summary>The hardware's width.</summary>
    public static int Widest<T>()
        where T : unmanaged =>
        Vector512.IsHardwareAccelerated ? Simd512<T>.Count
        : Vector256.IsHardwareAccelerated ? Simd256<T>.Count
        : Vector128.IsHardwareAccelerated ? Simd128<T>.Count
        : 1;

    /// <summary>The width for sums that are added in memory: those of 512 bits nearly always cross a cache line there, and took almost twice as long.</summary>
    public static int ChooseForAdding<T>(int width)
        where T : unmanaged => Math.Min(Choose<T>(width), Simd256<T>.Count);

    /// <summary>Vectors of a tile: 24 accumulators where there are 32 registers, 12 where there are 16.</summary>
    public static int TileVectors => Vector512.IsHardwareAccelerated || Avx512F.VL.IsSupported || AdvSimd.IsSupported ? 4 : 2;

    private static int Lost(int width, int lanes) => Blocking.DivideUp(width, lanes) * lanes - width;
}

/// <summary>Rows or columns cut into the fewest tiles of a largest size, as equal as can be.</summary>
/// <param name="Length">What is cut.</param>
/// <param name="Tiles">Into how many.</param>
internal readonly record struct Cut(int Length, int Tiles)
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Cut Into(int length, int largest) => new(length, Blocking.DivideUp(length, largest));

    /// <summary>Where a tile starts; the one after the last is the length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Start(int tile) => (int)((long)Length * tile / Tiles);
}
