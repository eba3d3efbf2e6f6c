using ILGPU;
using ILGPU.Runtime;
using NetDsl.Kernels.Ilgpu.Device;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>How work is cut into groups of threads.</summary>
internal static class Work
{
    /// <summary>Threads of a group where each has one element, or a share of a sum.</summary>
    public const int Threads = 256;

    /// <summary>The device that an operand lies on.</summary>
    public static DeviceCore On<T>(ArrayView<T> operand)
        where T : unmanaged
        => Accelerators.Of(operand.GetAccelerator());

    /// <summary>Groups for one thread an element.</summary>
    public static Index3D Groups(int elements) => new((elements + Threads - 1) / Threads, 1, 1);

    /// <summary>Groups in a row.</summary>
    public static Index3D Grid(int x, int y = 1, int z = 1) => new(x, y, z);
}
