using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Support;

/// <summary>The devices that tests run on: the simulator always, the others where there is a driver.</summary>
internal static class Devices
{
    /// <summary>All kinds that are here, for small shapes.</summary>
    public static TheoryData<GpuDeviceKind> Small => [.. GpuDevice.All.Select(device => device.Kind).Distinct()];

    /// <summary>Kinds other than the simulator, which takes minutes for a large shape; the simulator where there is nothing else, so that no theory is empty.</summary>
    public static bool Simulates(GpuDeviceKind kind) => kind == GpuDeviceKind.Cpu;

    public static GpuDevice Open(GpuDeviceKind kind) => kind switch
    {
        GpuDeviceKind.Cuda => GpuDevice.Cuda(),
        GpuDeviceKind.OpenCL => GpuDevice.OpenCL(),
        _ => GpuDevice.Cpu(),
    };
}
