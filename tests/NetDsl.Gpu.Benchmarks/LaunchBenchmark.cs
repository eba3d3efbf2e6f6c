using System.Globalization;
using NetDsl.Benchmarks;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Benchmarks;

/// <summary>What a launch takes that has next to nothing to do.</summary>
internal static class LaunchBenchmark
{
    private const int Queued = 100;

    public static int Run(GpuDevice device, double seconds)
    {
        using var memory = device.Allocate<float>(1);
        var view = memory.View;
        Report("queued", Queued);
        Report("waited for", 1);
        return 0;

        void Report(string kind, int launches)
        {
            var timing = Timing.Measure(() =>
            {
                for (var i = 0; i < launches; i++)
                    view.Fill(1);
                device.Synchronize();
            }, seconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $$"""{"launch": "{{kind}}", "device": "{{device.Info.Name}}", "median_s": {{timing.MedianSeconds / launches:G4}}, "min_s": {{timing.MinSeconds / launches:G4}}}"""));
        }
    }
}
