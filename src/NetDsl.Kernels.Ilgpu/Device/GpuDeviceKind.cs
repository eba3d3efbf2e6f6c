namespace NetDsl.Kernels.Ilgpu;

/// <summary>The way to a device.</summary>
public enum GpuDeviceKind
{
    /// <summary>NVIDIA's driver.</summary>
    Cuda,

    /// <summary>Any OpenCL driver: AMD, Intel, PoCL on a processor.</summary>
    OpenCL,

    /// <summary>ILGPU's simulator, for tests and debuggers: thousands of times slower than a device.</summary>
    Cpu,
}
