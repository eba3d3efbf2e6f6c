using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Oracle;

namespace NetDsl.Gpu.Oracle;

/// <summary>A device that cases' networks run on: their GPU halves, on memory of the device.</summary>
/// <param name="device">The device.</param>
/// <param name="precisions">The element types of the runs; by default those that the device has.</param>
internal sealed class DevicePlatform(GpuDevice device, IReadOnlyList<Precision>? precisions = null) : Platform
{
    public override IReadOnlyList<Precision> Precisions => precisions ?? (device.HasDoubles ? [Precision.Single, Precision.Double] : [Precision.Single]);

    // The generator writes GPU halves where it finds the kernels among the references.
    public override IEnumerable<string> References => [typeof(GpuDevice).Assembly.Location, typeof(ArrayView<>).Assembly.Location];

    /// <summary>Opens a device by name.</summary>
    /// <param name="name"><c>gpu</c> for the best one, <c>cuda</c>, <c>opencl</c>, or <c>cpu</c> for ILGPU's simulator.</param>
    /// <exception cref="ArgumentException">No device has that name.</exception>
    /// <exception cref="NotSupportedException">There is no such device here.</exception>
    public static GpuDevice Open(string name) => name switch
    {
        "gpu" => GpuDevice.Best(),
        "cuda" => GpuDevice.Cuda(),
        "opencl" => GpuDevice.OpenCL(),
        "cpu" => GpuDevice.Cpu(),
        _ => throw new ArgumentException($"There is no device '{name}': gpu, cuda, opencl and cpu are the ones to choose from."),
    };

    public override string OutputGradient(string type) => $"On(((NetDsl.Kernels.Ilgpu.DeviceWorkspace<{type}>)workspace).Device).OutputGradient((Gpu.Workspace)workspace, dy)";

    public override INetwork<T> Place<T>(INetwork<T> network) => (INetwork<T>)network.GetType().GetMethod("On")!.Invoke(network, [device])!;

    public override void Place<T>(ParameterArena<T> parameters, GradientArena<T> gradients)
    {
        parameters.Read(device);
        gradients.Read(device);
    }

    public override T[]? Read<T>(Workspace<T> workspace, string view)
    {
        if (Find(workspace, view) is not { } found)
            return null;
        var values = new T[found.Length];
        found.Download(values);
        return values;
    }

    public override void Write<T>(Workspace<T> workspace, string view, T[] values) => Find(workspace, view)!.Value.Upload(values);

    private static ArrayView<T>? Find<T>(Workspace<T> workspace, string view)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => (ArrayView<T>?)workspace.GetType().GetProperty(view)?.GetValue(workspace);
}
