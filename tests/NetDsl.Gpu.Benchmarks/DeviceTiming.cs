using System.Diagnostics;
using NetDsl.Benchmarks;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Benchmarks;

/// <summary>Seconds of one call whose work is queued: several calls and one wait at their end, as a training loop waits now and then; peers/torch_gpu_bench.py does the same.</summary>
internal static class DeviceTiming
{
    private const double SampleSeconds = 0.02;
    private const int MostCalls = 100;
    private const int LeastSamples = 3;

    public static Timing Measure(GpuDevice device, Action call, double seconds) => MeasureStep(device, call, seconds).Timing;

    /// <summary>The same, and the host's seconds of one call until its work is queued.</summary>
    public static (Timing Timing, double HostSeconds) MeasureStep(GpuDevice device, Action call, double seconds)
    {
        // Kernels are compiled and the JIT's last tier comes in the background; a dry run of a few milliseconds doesn't wait for it.
        var warmUp = Stopwatch.StartNew();
        var warmUpCalls = 0;
        call();
        device.Synchronize();
        warmUp.Restart();
        while (warmUpCalls == 0 || warmUp.Elapsed.TotalSeconds < Math.Max(Math.Min(1, 5 * seconds), seconds))
        {
            call();
            device.Synchronize();
            warmUpCalls++;
        }

        var calls = (int)Math.Clamp(SampleSeconds * warmUpCalls / warmUp.Elapsed.TotalSeconds, 1, MostCalls);
        var (samples, hosts) = (new List<double>(1 << 14), new List<double>(1 << 14));
        var begin = Stopwatch.GetTimestamp();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        while ((Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds || samples.Count < LeastSamples) && samples.Count < samples.Capacity)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++)
                call();
            hosts.Add(Stopwatch.GetElapsedTime(start).TotalSeconds / calls);
            device.Synchronize();
            samples.Add(Stopwatch.GetElapsedTime(start).TotalSeconds / calls);
        }

        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        samples.Sort();
        hosts.Sort();
        return (new Timing(samples[samples.Count / 2], samples[0], samples.Count * calls, (double)allocated / ((long)samples.Count * calls)), hosts[hosts.Count / 2]);
    }
}
