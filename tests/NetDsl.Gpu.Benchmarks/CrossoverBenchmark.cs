using System.Globalization;
using NetDsl.Benchmarks;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Kernels.Threading;

namespace NetDsl.Gpu.Benchmarks;

/// <summary>A training step for growing batches on the device and on the CPU: where the device overtakes.</summary>
internal static class CrossoverBenchmark
{
    private const int Largest = 1024;

    public static int Run(GpuDevice device, string name, double seconds, int largest)
    {
        var workload = GpuWorkloads.All[name];
        int? overtakes = null;
        for (var batch = 1; batch <= Math.Min(Largest, largest); batch *= 2)
        {
            var onDevice = DeviceTiming.Measure(device, workload.OnDevice(device, "train", batch), seconds);
            var onCpu = Timing.Measure(workload.OnCpu(batch), seconds);
            overtakes = onDevice.MedianSeconds < onCpu.MedianSeconds ? overtakes ?? batch : null;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $$"""{"crossover": "{{name}}", "batch": {{batch}}, "device": "{{device.Info.Name}}", "device_s": {{onDevice.MedianSeconds:G4}}, "threads": {{WorkerPool.Threads}}, "cpu_s": {{onCpu.MedianSeconds:G4}}, "ratio": {{onCpu.MedianSeconds / onDevice.MedianSeconds:F2}}}"""));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""{"crossover": "{{name}}", "device": "{{device.Info.Name}}", "faster_from_batch": {{(overtakes is { } batchSize ? batchSize : "null")}}}"""));
        return 0;
    }
}
