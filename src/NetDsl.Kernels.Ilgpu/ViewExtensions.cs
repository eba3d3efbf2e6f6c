using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>What kernels do with views.</summary>
internal static class ViewExtensions
{
    /// <summary>Writes an element, or adds to it.</summary>
    /// <param name="view">Where it is.</param>
    /// <param name="index">Its place.</param>
    /// <param name="value">The value.</param>
    /// <param name="accumulate">1 where the value is added; kernels take no booleans.</param>
    public static void Put<T>(this ArrayView<T> view, int index, T value, int accumulate)
        where T : unmanaged, INumber<T>
        => view[index] = accumulate != 0 ? view[index] + value : value;
}
