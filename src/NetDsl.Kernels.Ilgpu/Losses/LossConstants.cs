using System.Runtime.InteropServices;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Losses;

/// <summary>Numbers that mostly stay as they are: a device's copy, made anew where they have changed.</summary>
internal sealed class LossConstants<T>(GpuDevice device) : IDisposable
    where T : unmanaged
{
    private T[] _values = [];
    private DeviceMemory<T>? _memory;

    /// <summary>The device's copy.</summary>
    public ArrayView<T> Of(ReadOnlySpan<T> values)
    {
        if (_memory?.Length != values.Length)
        {
            _memory?.Dispose();
            (_memory, _values) = (device.Allocate<T>(values.Length), values.ToArray());
            _memory.View.Upload(values);
        }
        else if (!MemoryMarshal.AsBytes(values).SequenceEqual(MemoryMarshal.AsBytes(_values.AsSpan())))
        {
            values.CopyTo(_values);
            _memory.View.Upload(values);
        }

        return _memory.View;
    }

    /// <inheritdoc/>
    public void Dispose() => _memory?.Dispose();
}
