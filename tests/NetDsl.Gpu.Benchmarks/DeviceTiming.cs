using NetDsl.Benchmarks;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Benchmarks;

/// <summary>Seconds of one call whose work is queued: several calls, and one wait at their end, as a training loop waits now and then.</summary>
internal static class DeviceTiming
{
    private const int Calls = 10;

    public static Timing Measure(GpuDevice device, Action call, double seconds)
    {
        var timing = Timing.Measure(() =>
        {
            for (var i = 0; i < Calls; i++)
                call();
            device.Synchronize();
        }, seconds);
        return new Timing(timing.MedianSeconds / Calls, timing.MinSeconds / Calls, timing.Repetitions * Calls, timing.AllocatedBytes / Calls);
    }
}
