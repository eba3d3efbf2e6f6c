using System.Globalization;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>A kernel that was compiled for a device, which happens once a process, when it is launched for the first time.</summary>
/// <param name="Device">The device.</param>
/// <param name="Kernel">What the kernel computes: <c>ProductKernel&lt;Single, DenseForward&lt;Single, Dense784To512, HiddenForward&gt;, Block4&lt;Single&gt;, Side16&gt;</c>.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Count">Kernels that the process has compiled for the device so far.</param>
public sealed record KernelLoad(GpuDeviceInfo Device, string Kernel, TimeSpan Duration, int Count)
{
    /// <summary>Number, time and kernel in a line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"kernel {Count,2}  {Duration.TotalSeconds:F2} s  {Kernel}");
}
