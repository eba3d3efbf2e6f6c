using System.Globalization;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>A device that this machine has.</summary>
/// <param name="Kind">The way to it.</param>
/// <param name="Index">Its number among those of its kind.</param>
/// <param name="Name">As its driver calls it.</param>
/// <param name="MemoryBytes">Its memory.</param>
/// <param name="Multiprocessors">Groups of threads that it works on at a time, at least.</param>
public sealed record GpuDeviceInfo(GpuDeviceKind Kind, int Index, string Name, long MemoryBytes, int Multiprocessors)
{
    /// <summary>Kind, name and memory in a line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind} {Index}: {Name}, {MemoryBytes / (double)(1L << 30):F1} GiB, {Multiprocessors} multiprocessor{(Multiprocessors == 1 ? "" : "s")}");
}
