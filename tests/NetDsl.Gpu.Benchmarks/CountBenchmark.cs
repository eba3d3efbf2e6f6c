using System.Globalization;

namespace NetDsl.Gpu.Benchmarks;

/// <summary>What a training step of each workload asks of a device, counted without one.</summary>
internal static class CountBenchmark
{
    public static int Run()
    {
        foreach (var (name, workload) in GpuWorkloads.All)
        {
            var count = StepCount.Of(workload);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $$"""{"count": "{{name}}", "batch": {{workload.Batch}}, "launches": {{count.Launches}}, "kernels": {{count.Kernels}}, "bytes_up": {{count.BytesUp}}, "bytes_down": {{count.BytesDown}}, "bytes_of_operands": {{count.OperandBytes}}, "product_flop": {{count.Flop}}}"""));
        }

        return 0;
    }
}
