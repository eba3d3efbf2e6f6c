using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Support;

/// <summary>The devices that tests run on: the simulator always, the others where there is a driver.</summary>
internal static class Devices
{
    /// <summary>All kinds that are here, for small shapes.</summary>
    public static TheoryData<GpuDeviceKind> Small => [.. Kinds];

    /// <summary>The real devices, for networks of many kernels; the simulator where there is none, so that something runs everywhere.</summary>
    public static TheoryData<GpuDeviceKind> Large => [.. Real.DefaultIfEmpty(GpuDeviceKind.Cpu)];

    /// <summary>One of them.</summary>
    public static GpuDeviceKind Default => Real.DefaultIfEmpty(GpuDeviceKind.Cpu).First();

    private static IEnumerable<GpuDeviceKind> Real => Kinds.Where(kind => !Simulates(kind));

    private static IEnumerable<GpuDeviceKind> Kinds => GpuDevice.All.Select(device => device.Kind).Distinct();

    /// <summary>Whether it is the simulator, which takes minutes for a large shape.</summary>
    public static bool Simulates(GpuDeviceKind kind) => kind == GpuDeviceKind.Cpu;

    public static GpuDevice Open(GpuDeviceKind kind) => kind switch
    {
        GpuDeviceKind.Cuda => GpuDevice.Cuda(),
        GpuDeviceKind.OpenCL => GpuDevice.OpenCL(),
        _ => GpuDevice.Cpu(),
    };
}
