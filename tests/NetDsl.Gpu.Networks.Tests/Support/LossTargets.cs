using NetDsl.Kernels.Ilgpu;
using NetDsl.Kernels.Ilgpu.Losses;

namespace NetDsl.Gpu.Tests.Support;

/// <summary>Places for losses outside of workspaces.</summary>
internal static class LossTargets
{
    public static LossTarget<float> LossTarget(this GpuDevice device) => new(device, device.Allocate<float>(1).View);
}
