using System.Numerics;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Support;

/// <summary>What a network asks of a device, without anything being run: each kernel once.</summary>
internal sealed class DryRun : IDisposable
{
    private const int Batch = 2;

    private readonly Dictionary<Type, Delegate> _kernels = [];

    public DryRun() => Device.Core.Log = launch => _kernels[launch.Kernel.GetType()] = launch.Entry;

    /// <summary>The device that runs nothing.</summary>
    public GpuDevice Device { get; } = GpuDevice.Cpu();

    /// <summary>The kernels so far.</summary>
    public IReadOnlyCollection<Delegate> Kernels => _kernels.Values;

    /// <summary>All passes of a network's half for devices, with each type of targets that it takes.</summary>
    public void Run(Type network)
    {
        var half = CompiledNetworks.On(network, Device);
        if (half is INetwork<float> single)
            Run(single);
        else
            Run((INetwork<double>)half);
    }

    private static void Run<T>(INetwork<T> network)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var description = network.Description;
        var (parameters, gradients, workspace) = (network.CreateParameters(1), network.CreateGradients(), network.CreateWorkspace(Batch));
        var (x, y) = (new T[Batch * description.InputSize], new T[Batch * description.OutputSize]);
        foreach (var training in new[] { false, true })
        {
            network.Forward(parameters, x, workspace, training);
            if (network is INetwork<T, int> labelled)
                labelled.Loss(workspace, new int[Batch * labelled.TargetSize]);
            if (network is INetwork<T, T> compared)
                compared.Loss(workspace, [.. Enumerable.Repeat(T.One, Batch * compared.TargetSize)]);
            if (network is not INetwork<T, int> and not INetwork<T, T>)
                network.OutputGradient(workspace, y);
            network.Backward(parameters, x, workspace, gradients, accumulate: false);
            network.BackwardInput(parameters, workspace, new T[x.Length]);
        }

        new Adam<T>().Step(parameters, gradients);
        network.Predict(parameters, x, y, workspace);
        (workspace as IDisposable)?.Dispose();
    }

    public void Dispose()
    {
        Device.Dispose();
        Device.Core.Log = null;
    }
}
