using ILGPU;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Support;

/// <summary>Puts arrays on a device and brings them back.</summary>
internal static class Operand
{
    public static ArrayView<T> Put<T>(this GpuDevice device, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var memory = device.Allocate<T>(values.Length);
        memory.View.Upload(values);
        return memory.View;
    }

    public static ArrayView<T> Put<T>(this GpuDevice device, T[] values)
        where T : unmanaged
        => device.Put((ReadOnlySpan<T>)values);

    public static T[] Get<T>(this ArrayView<T> view)
        where T : unmanaged
    {
        var values = new T[view.Length];
        view.Download(values);
        return values;
    }
}
