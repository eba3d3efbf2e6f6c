using System.Globalization;
using ILGPU;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Benchmarks;

/// <summary>The device's limit for everything that multiplies and adds.</summary>
internal static class FmaPeak
{
    private const int Threads = 256;
    private const int Rounds = 4096;

    /// <summary>GFLOP/s of independent multiply-adds in registers, measured now and printed as a line of its own.</summary>
    public static double Print(GpuDevice device, double seconds)
    {
        var groups = 32 * device.Info.Multiprocessors;
        using var results = device.Allocate<float>((long)groups * Threads);
        var kernel = new ChainsKernel(results.View, Rounds, 0.999f, 0.001f);
        var timing = DeviceTiming.Measure(device, () => device.Core.Launch(new Index3D(groups, 1, 1), Threads, kernel), seconds);
        var peak = 2.0 * ChainsKernel.Chains * Rounds * groups * Threads / timing.MinSeconds / 1e9;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""{"limit": "fma_peak", "device": "{{device.Info.Name}}", "gflops": {{peak:F1}}}"""));
        return peak;
    }
}

/// <summary>Chains of multiply-adds that don't wait for each other.</summary>
internal readonly struct ChainsKernel(ArrayView<float> results, int rounds, float x, float y) : IKernel
{
    public const int Chains = 8;

    private readonly ArrayView<float> _results = results;
    private readonly int _rounds = rounds;
    private readonly float _x = x;
    private readonly float _y = y;

    public void Run()
    {
        var thread = Grid.GlobalLinearIndex;
        // Different starts, or the compiler would compute one chain and use it eight times.
        var (a, b, c, d) = (_y + thread, _y - thread, _x + thread, _x - thread);
        var (e, f, g, h) = (2 * _y + thread, 2 * _y - thread, 2 * _x + thread, 2 * _x - thread);
        for (var round = 0; round < _rounds; round++)
        {
            a = a * _x + _y;
            b = b * _x + _y;
            c = c * _x + _y;
            d = d * _x + _y;
            e = e * _x + _y;
            f = f * _x + _y;
            g = g * _x + _y;
            h = h * _x + _y;
        }

        _results[thread] = a + b + c + d + (e + f + g + h);
    }
}
