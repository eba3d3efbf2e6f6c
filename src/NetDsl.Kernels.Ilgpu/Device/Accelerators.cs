using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace NetDsl.Kernels.Ilgpu.Device;

/// <summary>The accelerators of this machine. Each is opened once a process, so that its kernels are compiled once.</summary>
internal static class Accelerators
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<(GpuDeviceKind, int), DeviceCore> Open = [];
    private static GpuDeviceInfo[]? _all;

    /// <summary>Every device: CUDA's, OpenCL's, and the simulator last.</summary>
    public static IReadOnlyList<GpuDeviceInfo> All
    {
        get
        {
            lock (Gate)
                return _all ??= [.. Enum.GetValues<GpuDeviceKind>().SelectMany(Probe)];
        }
    }

    /// <summary>Opens a device, or finds it open.</summary>
    public static DeviceCore Get(GpuDeviceInfo info)
    {
        lock (Gate)
        {
            if (!Open.TryGetValue((info.Kind, info.Index), out var core))
            {
                // After one failed compilation a context fails at every later one, so devices don't share theirs.
                var context = Create(info.Kind);
                Open.Add((info.Kind, info.Index), core = new DeviceCore(info, Devices(context, info.Kind)[info.Index].CreateAccelerator(context), Open.Count));
            }

            return core;
        }
    }

    /// <summary>The device whose memory a view is of.</summary>
    public static DeviceCore Of(Accelerator accelerator)
    {
        lock (Gate)
        {
            // Called for every launch, so nothing is allocated.
            foreach (var core in Open.Values)
            {
                if (ReferenceEquals(core.Accelerator, accelerator))
                    return core;
            }
        }

        throw new ArgumentException("The accelerator belongs to none of the devices.", nameof(accelerator));
    }

    /// <summary>What contexts have in common; without O2 pointers are generic, which PoCL refuses.</summary>
    public static Context.Builder Configure(Context.Builder builder) => builder.EnableAlgorithms().Optimize(OptimizationLevel.O2).Math(MathMode.Default);

    private static IEnumerable<GpuDeviceInfo> Probe(GpuDeviceKind kind)
    {
        using var context = Create(kind);
        return [.. Devices(context, kind).Select((device, index) => kind == GpuDeviceKind.Cpu
            // ILGPU gives it the largest number there is.
            ? new GpuDeviceInfo(kind, index, "ILGPU's simulator", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, device.NumMultiprocessors)
            : new GpuDeviceInfo(kind, index, device.Name, device.MemorySize, device.NumMultiprocessors))];
    }

    // Every context has ILGPU's simulator, too.
    private static List<ILGPU.Runtime.Device> Devices(Context context, GpuDeviceKind kind)
    {
        var type = kind switch
        {
            GpuDeviceKind.Cuda => AcceleratorType.Cuda,
            GpuDeviceKind.OpenCL => AcceleratorType.OpenCL,
            _ => AcceleratorType.CPU,
        };
        return [.. context.Devices.Where(device => device.AcceleratorType == type)];
    }

    private static Context Create(GpuDeviceKind kind)
    {
        NativeLibraries.Register();
        return Context.Create(builder =>
        {
            Configure(builder);
            switch (kind)
            {
                case GpuDeviceKind.Cuda:
                    builder.Cuda();
                    break;
                case GpuDeviceKind.OpenCL:
                    builder.OpenCL(device =>
                    {
                        // ILGPU refuses devices without generic pointers, which O2 doesn't make.
                        SetGenericAddressSpace(device.Capabilities, true);
                        return true;
                    });
                    break;
                default:
                    // The default's groups of 16 threads hold no tile.
                    builder.CPU(CPUDeviceKind.Nvidia);
                    break;
            }
        });
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_GenericAddressSpace")]
    private static extern void SetGenericAddressSpace(CLCapabilityContext capabilities, bool value);
}
