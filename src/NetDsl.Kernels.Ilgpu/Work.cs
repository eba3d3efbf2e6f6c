using ILGPU;
using ILGPU.Runtime;
using NetDsl.Kernels.Ilgpu.Device;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>How work is cut into groups of threads.</summary>
internal static class Work
{
    /// <summary>Threads of a group where each has one element, or a share of a sum.</summary>
    public const int Threads = 256;

    // CUDA's limit on y and z, which have what doesn't grow with the batch.
    private const int MostGroups = 65_535;

    /// <summary>The device that an operand lies on.</summary>
    public static DeviceCore On<T>(ArrayView<T> operand)
        where T : unmanaged
        => Accelerators.Of(operand.GetAccelerator());

    /// <summary>Groups for one thread an element.</summary>
    public static Index3D Groups(int elements) => new((elements + Threads - 1) / Threads, 1, 1);

    /// <summary>Groups along three axes.</summary>
    /// <exception cref="NotSupportedException">There are more along the second or third axis than CUDA takes.</exception>
    public static Index3D Grid(int x, int y = 1, int z = 1) =>
        Math.Max(y, z) <= MostGroups ? new(x, y, z) : throw new NotSupportedException($"The work has {y} × {z} pieces along its second and third axes, and devices take {MostGroups} of each.");
}
