using System.Runtime.InteropServices;

namespace NetDsl.Kernels.Ilgpu.Device;

/// <summary>What is said where a device is asked for that isn't there: what was looked for, what was found, and how to mend it.</summary>
internal static class MissingDevice
{
    private const string Simulator = "GpuDevice.Cpu() simulates a device, far slower than the network itself on the CPU.";

    /// <summary>There is none of that kind.</summary>
    /// <param name="kind">CUDA or OpenCL.</param>
    /// <param name="all">The devices that there are.</param>
    /// <param name="hasLibrary">Whether the library of the kind's drivers could be loaded.</param>
    public static string NoneOf(GpuDeviceKind kind, IEnumerable<GpuDeviceInfo> all, bool hasLibrary) =>
        $"No {Written(kind)} device found: {Reason(kind, hasLibrary)}.{Others(all)} {Simulator}";

    /// <summary>There is neither a CUDA nor an OpenCL device.</summary>
    /// <param name="hasCuda">Whether CUDA's library could be loaded.</param>
    /// <param name="hasOpenCL">Whether OpenCL's could.</param>
    public static string None(bool hasCuda, bool hasOpenCL) =>
        $"No CUDA device found: {Reason(GpuDeviceKind.Cuda, hasCuda)}. No OpenCL device found: {Reason(GpuDeviceKind.OpenCL, hasOpenCL)}. {Simulator}";

    /// <summary>There are some of that kind, but none of that number.</summary>
    public static string NoNumber(GpuDeviceKind kind, int index, IReadOnlyList<GpuDeviceInfo> ofKind) =>
        $"There is no {Written(kind)} device {index}; {(ofKind.Count == 1 ? "the only one is number 0" : $"there are {ofKind.Count}, from number 0 on")}: {string.Join("; ", ofKind)}.";

    /// <summary>Whether the library that all drivers of a kind come with can be loaded.</summary>
    public static bool HasLibrary(GpuDeviceKind kind)
    {
        if (!NativeLibrary.TryLoad(Library(kind), out var handle))
            return false;
        NativeLibrary.Free(handle);
        return true;
    }

    private static string Library(GpuDeviceKind kind) => (kind, OperatingSystem.IsWindows()) switch
    {
        (GpuDeviceKind.Cuda, true) => "nvcuda.dll",
        (GpuDeviceKind.Cuda, false) => "libcuda.so.1",
        (_, true) => "OpenCL.dll",
        _ => "libOpenCL.so.1",
    };

    private static string Reason(GpuDeviceKind kind, bool hasLibrary) => (kind, hasLibrary) switch
    {
        (GpuDeviceKind.Cuda, false) => $"{Library(kind)} can't be loaded, which NVIDIA's driver brings (a container sees it if started with the GPU)",
        (GpuDeviceKind.Cuda, true) => "NVIDIA's driver is there, but shows none (nvidia-smi lists them; CUDA_VISIBLE_DEVICES may hide them)",
        (_, false) => $"the loader {Library(kind)} can't be loaded (Debian's package ocl-icd-libopencl1), and a driver is needed beside it",
        _ => $"the loader {Library(kind)} is there, but no driver for it shows a device (clinfo lists them)",
    };

    private static string Others(IEnumerable<GpuDeviceInfo> all) => string.Concat(all.Where(device => device.Kind != GpuDeviceKind.Cpu).GroupBy(device => device.Kind).Select(kind =>
        $" {Written(kind.Key)} has {string.Join(" and ", kind.Select(device => device.Name))}: use GpuDevice.{kind.Key}()."));

    private static string Written(GpuDeviceKind kind) => kind == GpuDeviceKind.Cuda ? "CUDA" : kind.ToString();
}
