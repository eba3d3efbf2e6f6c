using System.Globalization;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Benchmarks;

/// <summary>Copies: the driver's own within the device, which is the limit, a pass of an operator that changes nothing, and both ways over the bus.</summary>
internal static class CopyBenchmark
{
    private const int Length = 1 << 24;

    public static int Run(GpuDevice device, double seconds)
    {
        using var source = device.Allocate<float>(Length);
        using var target = device.Allocate<float>(Length);
        var (from, to, host) = (source.View, target.View, new float[Length]);
        var limit = Report("driver", 2, () => ILGPU.Runtime.ArrayViewExtensions.CopyTo(from, to), null);
        Report("pass", 2, () => Pass.Apply(from, to, 1, Length, default(Store<float>)), limit);
        Report("upload", 1, () => from.Upload(host), null);
        Report("download", 1, () => from.Download(host), null);
        return 0;

        double Report(string kind, int touches, Action copy, double? limit)
        {
            var timing = DeviceTiming.Measure(device, copy, seconds);
            var rate = 1e-9 * touches * Length * sizeof(float) / timing.MedianSeconds;
            var share = limit is { } most ? $", \"percent_of_driver\": {100 * rate / most:F1}" : "";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $$"""{"copy": "{{kind}}", "device": "{{device.Info.Name}}", "bytes": {{(long)Length * sizeof(float)}}, "median_s": {{timing.MedianSeconds:G4}}, "gigabytes_per_s": {{rate:F1}}{{share}}}"""));
            return rate;
        }
    }
}
