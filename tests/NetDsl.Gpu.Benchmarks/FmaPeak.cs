using System.Globalization;
using ILGPU;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Benchmarks;

/// <summary>The device's limit for everything that multiplies and adds.</summary>
internal static class FmaPeak
{
    private const int Threads = 256;
    private const int Rounds = 256;

    /// <summary>GFLOP/s of independent multiply-adds in registers, measured now and printed as a line of its own.</summary>
    public static double Print(GpuDevice device, double seconds)
    {
        var groups = 32 * device.Info.Multiprocessors;
        using var results = device.Allocate<float>((long)groups * Threads);
        var kernel = new ChainsKernel(results.View, Rounds, 0.999f, 0.001f);
        var timing = DeviceTiming.Measure(device, () => device.Core.Launch(new Index3D(groups, 1, 1), Threads, kernel), seconds);
        var peak = 2.0 * ChainsKernel.Chains * ChainsKernel.Steps * Rounds * groups * Threads / timing.MinSeconds / 1e9;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""{"limit": "fma_peak", "device": "{{device.Info.Name}}", "gflops": {{peak:F1}}}"""));
        return peak;
    }
}

/// <summary>Chains of multiply-adds that don't wait for each other.</summary>
internal readonly struct ChainsKernel(ArrayView<float> results, int rounds, float x, float y) : IKernel
{
    public const int Chains = 8;
    public const int Steps = 16;

    private readonly ArrayView<float> _results = results;
    private readonly int _rounds = rounds;
    private readonly float _x = x;
    private readonly float _y = y;

    public void Run()
    {
        var thread = Grid.GlobalLinearIndex;
        // Different starts, or the compiler would compute one chain and use it eight times.
        var chains = new Eight(_y + thread, _y - thread, _x + thread, _x - thread, 2 * _y + thread, 2 * _y - thread, 2 * _x + thread, 2 * _x - thread);
        // Written out, since ILGPU unrolls no loop, and counting would take a share of the time.
        for (var round = 0; round < _rounds; round++)
            chains = Four(Four(Four(Four(chains))));
        _results[thread] = chains.Sum();
    }

    private Eight Four(Eight chains) => chains.Next(_x, _y).Next(_x, _y).Next(_x, _y).Next(_x, _y);

    private readonly struct Eight(float a, float b, float c, float d, float e, float f, float g, float h)
    {
        private readonly float _a = a;
        private readonly float _b = b;
        private readonly float _c = c;
        private readonly float _d = d;
        private readonly float _e = e;
        private readonly float _f = f;
        private readonly float _g = g;
        private readonly float _h = h;

        public Eight Next(float x, float y) => new(_a * x + y, _b * x + y, _c * x + y, _d * x + y, _e * x + y, _f * x + y, _g * x + y, _h * x + y);

        public float Sum() => _a + _b + _c + _d + (_e + _f + _g + _h);
    }
}
