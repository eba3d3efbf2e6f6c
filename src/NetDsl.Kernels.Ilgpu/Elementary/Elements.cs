using ILGPU;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>Single elements in the place of the CPU's vectors, for generated operators.</summary>
public static class Elements
{
    /// <summary>Writes an element of a device's memory.</summary>
    public static void Store<T>(this T value, ArrayView<T> destination, int index)
        where T : unmanaged
        => destination[index] = value;
}
