using ILGPU;
using NetDsl.Kernels.Ilgpu.Device;

namespace NetDsl.Kernels.Ilgpu.Losses;

/// <summary>Memory on a device that grows with the batches, and takes them from the host without waiting for the device.</summary>
internal sealed class LossMemory<T>(GpuDevice device) : IDisposable
    where T : unmanaged
{
    private DeviceMemory<T>? _memory;
    private Staging? _staging;

    /// <summary>Memory for so many elements, whatever they are.</summary>
    public ArrayView<T> Room(int length)
    {
        if (_memory is null || _memory.Length < length)
        {
            _memory?.Dispose();
            _memory = device.Allocate<T>(length);
        }

        return _memory.View.SubView(0, length);
    }

    /// <summary>Takes values, which the caller may change afterwards.</summary>
    public ArrayView<T> Upload(ReadOnlySpan<T> values)
    {
        var view = Room(values.Length);
        (_staging ??= new Staging(device.Core)).Upload(values, _memory!.Buffer, 0);
        return view;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory?.Dispose();
        _staging?.Dispose();
    }
}
