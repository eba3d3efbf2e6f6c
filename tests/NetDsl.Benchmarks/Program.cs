using System.Globalization;
using NetDsl.Benchmarks;
using NetDsl.Kernels.Threading;

const string Usage = """
    usage: dotnet run -c Release --project tests/NetDsl.Benchmarks -- OPTIONS
      --workload W    xor, alvinn, mlp, mlp_adam, ciresan, lenet10, lenet64, vggish, resnet20 or resnet20b: prints one JSON line
      --mode M        train (default), apart (training, the optimiser's step behind the backward pass), infer (training batch) or infer1 (one sample)
      --threads N     worker threads, 1 by default
      --secs S        seconds of measuring, 0.8 by default
      --start W       one training step of a workload, a line when it is done, then 20 more: for startup.py
      --activations   tanh, GELU and mish, forward and backward, beside passes of TensorPrimitives, one JSON line each
      --gemm          matrix products as a share of the measured FMA peak, one JSON line each
      --conv          convolutions as a share of the measured FMA peak, one JSON line each
      --generator     the generator's own time: a network of 50 layers, warm, and ResNet-152, cold
    """;

var options = new Dictionary<string, string>();
for (var i = 0; i < args.Length; i++)
{
    if (args[i] is "--activations" or "--gemm" or "--conv" or "--generator")
        options[args[i]] = "";
    else if (args[i] is "--workload" or "--start" or "--mode" or "--threads" or "--secs" && i + 1 < args.Length)
        options[args[i]] = args[++i];
    else
        return Fail($"unknown option '{args[i]}'");
}

var seconds = options.TryGetValue("--secs", out var given) ? double.Parse(given, CultureInfo.InvariantCulture) : 0.8;
WorkerPool.Threads = options.TryGetValue("--threads", out var threads) ? int.Parse(threads, CultureInfo.InvariantCulture) : 1;
if (options.ContainsKey("--generator"))
    return GeneratorBenchmark.Run(seconds);
if (options.ContainsKey("--activations"))
    return ActivationBenchmark.Run(seconds);
if (options.ContainsKey("--gemm"))
    return GemmBenchmark.Run(seconds);
if (options.ContainsKey("--conv"))
    return ConvBenchmark.Run(seconds);
if (options.TryGetValue("--start", out var started) && Workloads.All.TryGetValue(started, out var make))
    return Start(make());
if (!options.TryGetValue("--workload", out var name) || !Workloads.All.TryGetValue(name, out var create))
    return Fail(name is null ? "no workload" : $"unknown workload '{name}'");
var mode = options.GetValueOrDefault("--mode", "train");
if (mode is not ("train" or "apart" or "infer" or "infer1"))
    return Fail($"unknown mode '{mode}'");

var workload = create();
var timing = Timing.Measure(workload.Create(mode), seconds);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $$"""{"peer": "netdsl", "workload": "{{name}}", "mode": "{{mode}}", "threads": {{WorkerPool.Threads}}, "batch": {{(mode == "infer1" ? 1 : workload.Batch)}}, "median_s": {{timing.MedianSeconds:G4}}, "min_s": {{timing.MinSeconds:G4}}, "reps": {{timing.Repetitions}}, "allocated_bytes_per_step": {{timing.AllocatedBytes:G4}}}"""));
return 0;

static int Start(IWorkload workload)
{
    var step = workload.Create("train");
    step();
    Console.WriteLine("first step");
    for (var i = 0; i < 20; i++)
        step();
    return 0;
}

static int Fail(string problem)
{
    Console.Error.WriteLine(problem);
    Console.Error.WriteLine(Usage);
    return 2;
}
