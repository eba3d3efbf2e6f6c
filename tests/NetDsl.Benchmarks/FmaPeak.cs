using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using NetDsl.Kernels.Threading;

namespace NetDsl.Benchmarks;

/// <summary>The machine's limit for everything that multiplies and adds.</summary>
internal static class FmaPeak
{
    /// <summary>GFLOP/s of all threads, measured now and printed as a line of its own.</summary>
    public static double Print(double seconds)
    {
        var peak = Measure(seconds) * WorkerPool.Threads;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""{"limit": "fma_peak", "threads": {{WorkerPool.Threads}}, "gflops": {{peak:F1}}}"""));
        return peak;
    }

    /// <summary>GFLOP/s of independent multiply-adds in registers on one core.</summary>
    private static double Measure(double seconds)
    {
        const int Rounds = 100_000;
        const int Chains = 12;
        var lanes = Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector256<float>.Count;
        var timing = Timing.Measure(Vector512.IsHardwareAccelerated ? () => Chains512(Rounds) : () => Chains256(Rounds), seconds);
        return 2.0 * lanes * Chains * Rounds / timing.MinSeconds / 1e9;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Chains512(int rounds)
    {
        var (x, y) = (Vector512.Create(0.999f), Vector512.Create(0.001f));
        // Twelve different starts, or the compiler would compute one chain and use it twelve times.
        Vector512<float> a = y, b = a + y, c = b + y, d = c + y, e = d + y, f = e + y, g = f + y, h = g + y, i = h + y, j = i + y, k = j + y, l = k + y;
        for (var round = 0; round < rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y);
            l = Vector512.FusedMultiplyAdd(l, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Chains256(int rounds)
    {
        var (x, y) = (Vector256.Create(0.999f), Vector256.Create(0.001f));
        // Twelve different starts, or the compiler would compute one chain and use it twelve times.
        Vector256<float> a = y, b = a + y, c = b + y, d = c + y, e = d + y, f = e + y, g = f + y, h = g + y, i = h + y, j = i + y, k = j + y, l = k + y;
        for (var round = 0; round < rounds; round++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y);
            b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y);
            f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y);
            h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y);
            k = Vector256.FusedMultiplyAdd(k, x, y);
            l = Vector256.FusedMultiplyAdd(l, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
