using NetDsl.Benchmarks;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Benchmarks;

/// <summary>A workload of tests/NetDsl.Benchmarks on a device: the same network, optimiser and batch.</summary>
internal interface IGpuWorkload
{
    /// <summary>Samples of a training step.</summary>
    int Batch { get; }

    /// <summary>One call of a mode on a device; training leaves the loss there.</summary>
    Action OnDevice(GpuDevice device, string mode, int batch);

    /// <summary>One training step on the CPU.</summary>
    Action OnCpu(int batch);
}

/// <summary>A workload of labels.</summary>
/// <param name="network">The network on the CPU.</param>
/// <param name="on">Its half for a device.</param>
/// <param name="evaluate">The loss, left on the device.</param>
internal sealed class GpuWorkload<TGpu, TWorkspace>(INetwork<float, int> network, Func<GpuDevice, TGpu> on, Action<TGpu, TWorkspace, int[]> evaluate, Func<Optimizer<float>> optimizer, int batch) : IGpuWorkload
    where TGpu : INetwork<float, int>
    where TWorkspace : DeviceWorkspace<float>
{
    public int Batch => batch;

    public Action OnDevice(GpuDevice device, string mode, int batch)
    {
        var half = on(device);
        if (mode != "train")
            return new Workload<int>(half, optimizer, batch, Label, gaussianInput: true).Create(mode);

        var (parameters, gradients, rule) = (half.CreateParameters(seed: 1), half.CreateGradients(), optimizer());
        var workspace = (TWorkspace)half.CreateWorkspace(batch);
        var random = new Random(1);
        var x = new float[batch * half.Description.InputSize];
        for (var i = 0; i < x.Length; i++)
            x[i] = random.NextSingle() - 0.5f;
        var labels = new int[batch];
        for (var i = 0; i < labels.Length; i++)
            labels[i] = Label(random.Next());
        return () =>
        {
            half.Forward(parameters, x, workspace, training: true);
            evaluate(half, workspace, labels);
            half.Backward(parameters, x, workspace, gradients, accumulate: false);
            rule.Step(parameters, gradients);
        };
    }

    public Action OnCpu(int batch) => new Workload<int>(network, optimizer, batch, Label, gaussianInput: true).Create("train");

    private static int Label(int number) => number % 10;
}

internal static class GpuWorkloads
{
    public static readonly IReadOnlyDictionary<string, IGpuWorkload> All = new Dictionary<string, IGpuWorkload>
    {
        ["mlp"] = Mlp(Momentum),
        ["mlp_adam"] = Mlp(() => new Adam<float>(learningRate: 1e-4)),
        ["ciresan"] = new GpuWorkload<CiresanNet.Gpu, CiresanNet.Gpu.Workspace>(new CiresanNet(), new CiresanNet().On, (network, workspace, labels) => network.Evaluate(workspace, labels), Momentum, 64),
        ["lenet64"] = new GpuWorkload<LenetNet.Gpu, LenetNet.Gpu.Workspace>(new LenetNet(), new LenetNet().On, (network, workspace, labels) => network.Evaluate(workspace, labels), Momentum, 64),
        ["vggish"] = new GpuWorkload<VggishNet.Gpu, VggishNet.Gpu.Workspace>(new VggishNet(), new VggishNet().On, (network, workspace, labels) => network.Evaluate(workspace, labels), Momentum, 32),
        ["resnet20"] = new GpuWorkload<Resnet20Net.Gpu, Resnet20Net.Gpu.Workspace>(new Resnet20Net(), new Resnet20Net().On, (network, workspace, labels) => network.Evaluate(workspace, labels), Momentum, 32),
    };

    private static GpuWorkload<MlpNet.Gpu, MlpNet.Gpu.Workspace> Mlp(Func<Optimizer<float>> optimizer) =>
        new(new MlpNet(), new MlpNet().On, (network, workspace, labels) => network.Evaluate(workspace, labels), optimizer, 64);

    private static Momentum<float> Momentum() => new(learningRate: 1e-3, momentum: 0.9);
}
