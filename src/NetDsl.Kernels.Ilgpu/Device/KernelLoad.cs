namespace NetDsl.Kernels.Ilgpu;

/// <summary>A kernel that was compiled for a device, which happens once a process, when it is launched for the first time.</summary>
/// <param name="Device">The device.</param>
/// <param name="Kernel">What the kernel computes: <c>DenseForward&lt;Dense784To512, HiddenForward&gt;</c>.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Count">Kernels that the process has compiled for the device so far.</param>
public sealed record KernelLoad(GpuDeviceInfo Device, string Kernel, TimeSpan Duration, int Count);
