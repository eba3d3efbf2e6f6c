using System.Globalization;
using NetDsl.Gpu.Benchmarks;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Kernels.Threading;

const string Usage = """
    usage: dotnet run -c Release --project tests/NetDsl.Gpu.Benchmarks -- OPTIONS
      --workload W    mlp, mlp_adam, ciresan, lenet64, vggish or resnet20: prints one JSON line
      --mode M        train (default), infer (training batch) or infer1 (one sample)
      --device D      gpu (default, CUDA before OpenCL), cuda or opencl
      --threads N     worker threads of the CPU, for --crossover; all cores by default
      --products P    of dense layers: tiles (default), cublas or fastest
      --secs S        seconds of measuring, 0.8 by default; with less than 0.2 the warm-up is shorter, too, for dry runs
      --largest N     leaves out products with larger extents, and larger batches of --crossover; 4096 by default
      --gemm          matrix products as a share of the measured peak of multiply-adds, one JSON line each
      --copy          copies within the device, as a share of its driver's own, and over the bus
      --launch        what a launch takes, queued and waited for
      --crossover     a workload's training step (mlp by default) for batches of 1 to 1024, on the device and on the CPU: from which one on the device is faster
      --count         launches, bytes and operations of a training step of each workload, counted without a device
    """;

var options = new Dictionary<string, string>();
for (var i = 0; i < args.Length; i++)
{
    if (args[i] is "--gemm" or "--copy" or "--launch" or "--crossover" or "--count")
        options[args[i]] = "";
    else if (args[i] is "--workload" or "--mode" or "--device" or "--threads" or "--secs" or "--largest" or "--products" && i + 1 < args.Length)
        options[args[i]] = args[++i];
    else
        return Fail($"unknown option '{args[i]}'");
}

if (options.ContainsKey("--count"))
    return CountBenchmark.Run();
var seconds = options.TryGetValue("--secs", out var given) ? double.Parse(given, CultureInfo.InvariantCulture) : 0.8;
WorkerPool.Threads = options.TryGetValue("--threads", out var threads) ? int.Parse(threads, CultureInfo.InvariantCulture) : Environment.ProcessorCount;
var largest = options.TryGetValue("--largest", out var most) ? int.Parse(most, CultureInfo.InvariantCulture) : 4096;
var products = Products.Tiles;
if (options.TryGetValue("--products", out var asked) && !(Enum.TryParse(asked, ignoreCase: true, out products) && Enum.IsDefined(products)))
    return Fail($"unknown products '{asked}'");
var mode = options.GetValueOrDefault("--mode", "train");
if (mode is not ("train" or "infer" or "infer1"))
    return Fail($"unknown mode '{mode}'");
var name = options.GetValueOrDefault("--workload", options.ContainsKey("--crossover") ? "mlp" : "");
if (!options.Keys.Any(key => key is "--gemm" or "--copy" or "--launch") && !GpuWorkloads.All.ContainsKey(name))
    return Fail(name.Length == 0 ? "no workload" : $"unknown workload '{name}'");

GpuDevice device;
try
{
    device = options.GetValueOrDefault("--device", "gpu") switch
    {
        "gpu" => GpuDevice.Best(),
        "cuda" => GpuDevice.Cuda(),
        "opencl" => GpuDevice.OpenCL(),
        var other => throw new NotSupportedException($"unknown device '{other}': expected gpu, cuda or opencl"),
    };
    device.Products = products;
}
catch (NotSupportedException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

using (device)
{
    if (options.ContainsKey("--gemm"))
        return GemmBenchmark.Run(device, seconds, largest);
    if (options.ContainsKey("--copy"))
        return CopyBenchmark.Run(device, seconds);
    if (options.ContainsKey("--launch"))
        return LaunchBenchmark.Run(device, seconds);
    if (options.ContainsKey("--crossover"))
        return CrossoverBenchmark.Run(device, name, seconds, largest);

    var workload = GpuWorkloads.All[name];
    var step = workload.OnDevice(device, mode, workload.Batch);
    var (timing, host) = DeviceTiming.MeasureStep(device, step, seconds);
    var launches = device.Launches;
    step();
    launches = device.Launches - launches;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $$"""{"peer": "netdsl", "workload": "{{name}}", "mode": "{{mode}}", "precision": "float32", "device": "{{device.Info.Name}}", "threads": {{WorkerPool.Threads}}, "batch": {{(mode == "infer1" ? 1 : workload.Batch)}}, "median_s": {{timing.MedianSeconds:G4}}, "min_s": {{timing.MinSeconds:G4}}, "host_s": {{host:G4}}, "launches": {{launches}}, "reps": {{timing.Repetitions}}, "allocated_bytes_per_step": {{timing.AllocatedBytes:G4}}}"""));
    return 0;
}

static int Fail(string problem)
{
    Console.Error.WriteLine(problem);
    Console.Error.WriteLine(Usage);
    return 2;
}
