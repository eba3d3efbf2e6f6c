using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NetDsl.Kernels;

/// <summary>Transposition of a block between two places.</summary>
internal static unsafe class Turn
{
    /// <summary>destination[j, i] = source[i, j] for <paramref name="rows"/> × <paramref name="columns"/> elements of the source.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Block<T>(T* source, nint sourceStride, T* destination, nint destinationStride, int rows, int columns)
        where T : unmanaged
    {
        var done = 0;
        if (Avx.IsSupported && sizeof(T) == sizeof(float))
        {
            for (; done + 8 <= rows; done += 8)
            {
                var j = 0;
                for (; j + 8 <= columns; j += 8)
                    EightByEight((float*)(source + done * sourceStride + j), sourceStride, (float*)(destination + j * destinationStride + done), destinationStride);
                Elements(source + done * sourceStride + j, sourceStride, destination + j * destinationStride + done, destinationStride, 8, columns - j);
            }
        }
        Elements(source + done * sourceStride, sourceStride, destination + done, destinationStride, rows - done, columns);
    }

    private static void Elements<T>(T* source, nint sourceStride, T* destination, nint destinationStride, int rows, int columns)
        where T : unmanaged
    {
        for (var j = 0; j < columns; j++)
        {
            for (var i = 0; i < rows; i++)
                destination[j * destinationStride + i] = source[i * sourceStride + j];
        }
    }

    // Pairs, then fours, then halves change places: three rounds of eight shuffles.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EightByEight(float* source, nint sourceStride, float* destination, nint destinationStride)
    {
        var r0 = Vector256.Load(source);
        var r1 = Vector256.Load(source + sourceStride);
        var r2 = Vector256.Load(source + 2 * sourceStride);
        var r3 = Vector256.Load(source + 3 * sourceStride);
        source += 4 * sourceStride;
        var r4 = Vector256.Load(source);
        var r5 = Vector256.Load(source + sourceStride);
        var r6 = Vector256.Load(source + 2 * sourceStride);
        var r7 = Vector256.Load(source + 3 * sourceStride);

        var p0 = Avx.UnpackLow(r0, r1);
        var p1 = Avx.UnpackHigh(r0, r1);
        var p2 = Avx.UnpackLow(r2, r3);
        var p3 = Avx.UnpackHigh(r2, r3);
        var p4 = Avx.UnpackLow(r4, r5);
        var p5 = Avx.UnpackHigh(r4, r5);
        var p6 = Avx.UnpackLow(r6, r7);
        var p7 = Avx.UnpackHigh(r6, r7);

        const byte Low = 0b01_00_01_00, High = 0b11_10_11_10;
        var q0 = Avx.Shuffle(p0, p2, Low);
        var q1 = Avx.Shuffle(p0, p2, High);
        var q2 = Avx.Shuffle(p1, p3, Low);
        var q3 = Avx.Shuffle(p1, p3, High);
        var q4 = Avx.Shuffle(p4, p6, Low);
        var q5 = Avx.Shuffle(p4, p6, High);
        var q6 = Avx.Shuffle(p5, p7, Low);
        var q7 = Avx.Shuffle(p5, p7, High);

        const byte Lower = 0x20, Upper = 0x31;
        Avx.Permute2x128(q0, q4, Lower).Store(destination);
        Avx.Permute2x128(q1, q5, Lower).Store(destination + destinationStride);
        Avx.Permute2x128(q2, q6, Lower).Store(destination + 2 * destinationStride);
        Avx.Permute2x128(q3, q7, Lower).Store(destination + 3 * destinationStride);
        destination += 4 * destinationStride;
        Avx.Permute2x128(q0, q4, Upper).Store(destination);
        Avx.Permute2x128(q1, q5, Upper).Store(destination + destinationStride);
        Avx.Permute2x128(q2, q6, Upper).Store(destination + 2 * destinationStride);
        Avx.Permute2x128(q3, q7, Upper).Store(destination + 3 * destinationStride);
    }
}
