using System.Numerics;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Support;

/// <summary>What a network asks of a device, without anything being run: each kernel once.</summary>
internal sealed class DryRun : IDisposable
{
    private readonly HashSet<Type> _kernels = [];

    public DryRun() => Device.Core.Log = launch => _kernels.Add(launch.Kernel.GetType());

    /// <summary>The device that runs nothing.</summary>
    public GpuDevice Device { get; } = GpuDevice.Cpu();

    /// <summary>The kernels so far.</summary>
    public IReadOnlyCollection<Type> Kernels => _kernels;

    /// <summary>All passes of a network's half for devices, with each type of targets that it takes.</summary>
    /// <param name="network">The network.</param>
    /// <param name="samples">Samples of each batch: tiles follow from them. Of a network with too many elements for an arena a half or a quarter are taken.</param>
    public void Run(Type network, params ReadOnlySpan<int> samples)
    {
        var half = Activator.CreateInstance(network.GetNestedType("Gpu")!, Device)!;
        if (half is INetwork<float> single)
            Run(single, samples);
        else
            Run((INetwork<double>)half, samples);
    }

    private static void Run<T>(INetwork<T> network, ReadOnlySpan<int> samples)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (parameters, gradients) = (network.CreateParameters(1), network.CreateGradients());
        foreach (var batch in samples)
            Run(network, parameters, gradients, batch);
        new Adam<T>().Step(parameters, gradients);
    }

    private static void Run<T>(INetwork<T> network, ParameterArena<T> parameters, GradientArena<T> gradients, int batch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var workspace = Workspace(network, ref batch);
        T[] x = new T[batch * network.Description.InputSize], dx = new T[x.Length], y = new T[batch * network.Description.OutputSize];
        foreach (var training in new[] { false, true })
        {
            network.Forward(parameters, x, workspace, training);
            if (network is INetwork<T, int> labelled)
                labelled.Loss(workspace, new int[batch * labelled.TargetSize]);
            if (network is INetwork<T, T> compared)
                compared.Loss(workspace, [.. Enumerable.Repeat(T.One, batch * compared.TargetSize)]);
            if (network is not INetwork<T, int> and not INetwork<T, T>)
                network.OutputGradient(workspace, y);
            network.Backward(parameters, x, workspace, gradients, accumulate: false);
            network.BackwardInput(parameters, workspace, dx);
        }

        network.Predict(parameters, x, y, workspace);
        (workspace as IDisposable)?.Dispose();
    }

    private static Workspace<T> Workspace<T>(INetwork<T> network, ref int batch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        while (true)
        {
            try
            {
                return network.CreateWorkspace(batch);
            }
            catch (ArgumentOutOfRangeException) when (batch > 8)
            {
                batch /= 2;
            }
        }
    }

    public void Dispose()
    {
        Device.Dispose();
        Device.Core.Log = null;
    }
}
