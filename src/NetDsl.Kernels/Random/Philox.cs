using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NetDsl.Kernels;

/// <summary>
/// Philox 4×32 with 10 rounds: J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011).
/// A bijection of 128-bit counters, keyed by 64 bits: random numbers that can be had in any order.
/// </summary>
internal static class Philox
{
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>The four words of one counter.</summary>
    /// <param name="counterLow">Counter words 0 and 1.</param>
    /// <param name="counterHigh">Counter words 2 and 3.</param>
    /// <param name="key">Key words 0 and 1.</param>
    public static (uint Word0, uint Word1, uint Word2, uint Word3) Block(ulong counterLow, ulong counterHigh, ulong key)
    {
        var (c0, c1, c2, c3) = ((uint)counterLow, (uint)(counterLow >> 32), (uint)counterHigh, (uint)(counterHigh >> 32));
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            var p0 = (ulong)Multiplier0 * c0;
            var p1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += Weyl0;
            k1 += Weyl1;
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>
    /// The words of the four counters from <paramref name="counterLow"/> on, the low 32 bits of which must not overflow. In lane i of the results
    /// stand, low half first, words 0 and 1, and words 2 and 3, of counter i.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<uint> Words01, Vector256<uint> Words23) FourBlocks(ulong counterLow, ulong counterHigh, ulong key)
    {
        // One word in each 64-bit lane; multiplications read the low halves alone, so the high halves may hold anything until the end.
        var c0 = Vector256.Create(counterLow) + Vector256.Create(0UL, 1, 2, 3);
        var c1 = Vector256.Create(counterLow >> 32);
        var c2 = Vector256.Create(counterHigh);
        var c3 = Vector256.Create(counterHigh >> 32);
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            var p0 = MultiplyLow(c0, Multiplier0);
            var p1 = MultiplyLow(c2, Multiplier1);
            (c0, c1, c2, c3) = ((p1 >> 32) ^ c1 ^ Vector256.Create((ulong)k0), p1, (p0 >> 32) ^ c3 ^ Vector256.Create((ulong)k1), p0);
            k0 += Weyl0;
            k1 += Weyl1;
        }
        var low = Vector256.Create(0xFFFFFFFFUL);
        return (((c0 & low) | (c1 << 32)).AsUInt32(), ((c2 & low) | (c3 << 32)).AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> MultiplyLow(Vector256<ulong> value, uint factor) =>
        Avx2.IsSupported
            ? Avx2.Multiply(value.AsUInt32(), Vector256.Create((ulong)factor).AsUInt32())
            : (value & Vector256.Create(0xFFFFFFFFUL)) * factor;
}
