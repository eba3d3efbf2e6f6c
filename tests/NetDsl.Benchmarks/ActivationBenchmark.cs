using System.Globalization;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Threading;

namespace NetDsl.Benchmarks;

/// <summary>
/// Generated activations beside passes of System.Numerics.Tensors, in three modes: <c>infer</c>, y alone; <c>forward</c>, y and what backward needs;
/// <c>backward</c>, dx from dy and what forward kept.
/// </summary>
internal static class ActivationBenchmark
{
    // The tanh approximation of GELU is 5e-4 off, its derivative 2e-3.
    private const float Tolerance = 4e-3f;

    public static int Run(double seconds)
    {
        Measure("tanh_64x1000", new TanhNet1000(), 64, new TanhPasses(64 * 1000), seconds);
        Measure("gelu_64x1000", new GeluNet1000(), 64, new GeluPasses(64 * 1000), seconds);
        Measure("mish_64x1000", new MishNet1000(), 64, new MishPasses(64 * 1000), seconds);
        Measure("tanh_1024x1024", new TanhNet1024(), 1024, new TanhPasses(1024 * 1024), seconds);
        Measure("gelu_1024x1024", new GeluNet1024(), 1024, new GeluPasses(1024 * 1024), seconds);
        Measure("mish_1024x1024", new MishNet1024(), 1024, new MishPasses(1024 * 1024), seconds);
        return 0;
    }

    private static void Measure(string name, INetwork<float, float> network, int batch, TensorPasses passes, double seconds)
    {
        var length = batch * network.TargetSize;
        var random = new Random(1);
        Memory<float> x = Aligned(length), y = Aligned(length), dy = Aligned(length), dx = Aligned(length);
        foreach (ref var value in x.Span)
            value = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

        // Targets of 0 leave the gradient 2y/length, on which BackwardInput is the activation's backward pass and nothing else.
        var parameters = network.CreateParameters(seed: 1);
        var (training, inference) = (network.CreateWorkspace(batch), network.CreateWorkspace(batch, training: false));
        network.Predict(parameters, x.Span, y.Span, inference);
        for (var i = 0; i < length; i++)
            dy.Span[i] = 2 * y.Span[i] / length;
        network.Forward(parameters, x.Span, training, training: true);
        network.Loss(training, new float[length]);
        network.Backward(parameters, x.Span, training, network.CreateGradients(), accumulate: false);
        network.BackwardInput(parameters, training, dx.Span);

        Memory<float> passesY = Aligned(length), passesDx = Aligned(length);
        passes.Forward(x.Span, passesY.Span);
        passes.Backward(x.Span, passesY.Span, dy.Span, passesDx.Span);
        RequireEqual(y.Span, passesY.Span, 1);
        RequireEqual(dx.Span, passesDx.Span, 2.0f / length);

        Report("netdsl", "infer", () => network.Predict(parameters, x.Span, y.Span, inference));
        Report("netdsl", "backward", () => network.BackwardInput(parameters, training, dx.Span));
        Report("netdsl", "forward", () => network.Forward(parameters, x.Span, training, training: true));
        if (WorkerPool.Threads > 1)
            return;
        Report("tensors", "infer", () => passes.Forward(x.Span, passesY.Span));
        Report("tensors", "forward", () => passes.Forward(x.Span, passesY.Span));
        Report("tensors", "backward", () => passes.Backward(x.Span, passesY.Span, dy.Span, passesDx.Span));

        void RequireEqual(Span<float> ours, Span<float> theirs, float scale)
        {
            for (var i = 0; i < length; i++)
            {
                if (!(Math.Abs(ours[i] - theirs[i]) <= Tolerance * scale * (1 + Math.Abs(x.Span[i]))))
                    throw new InvalidOperationException($"{name}, x = {x.Span[i]}: NetDsl gives {ours[i]}, the passes of System.Numerics.Tensors {theirs[i]}.");
            }
        }

        void Report(string peer, string mode, Action pass)
        {
            var timing = Timing.Measure(pass, seconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $$"""{"peer": "{{peer}}", "workload": "{{name}}", "mode": "{{mode}}", "threads": {{WorkerPool.Threads}}, "elements": {{length}}, "median_s": {{timing.MedianSeconds:G4}}, "min_s": {{timing.MinSeconds:G4}}, "ns_per_element": {{1e9 * timing.MedianSeconds / length:G3}}}"""));
        }
    }

    /// <summary>From a 64-byte boundary on, as workspaces and PyTorch's tensors are.</summary>
    /// <remarks>
    /// A kilobyte more keeps arrays of 2ⁿ elements apart: a load a little beyond a store in all but the upper address bits waits for it, and passes take up to 1.3 times as long.
    /// </remarks>
    private static unsafe Memory<float> Aligned(int length)
    {
        var array = GC.AllocateArray<float>(length + 16 + 256, pinned: true);
        return array.AsMemory((int)(64 - (nuint)Unsafe.AsPointer(ref array[0]) % 64) % 64 / sizeof(float), length);
    }
}
