using System.Globalization;
using ILGPU;
using ILGPU.Runtime;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>A block of a device's memory.</summary>
public abstract class DeviceMemory : IDisposable
{
    private protected DeviceMemory(GpuDevice device) => Device = device;

    /// <summary>The device whose memory it is.</summary>
    public GpuDevice Device { get; }

    /// <summary>Its size.</summary>
    public abstract long Bytes { get; }

    /// <summary>Gives the memory back.</summary>
    public abstract void Dispose();
}

/// <summary>A block of elements in a device's memory.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class DeviceMemory<T> : DeviceMemory
    where T : unmanaged
{
    private readonly MemoryBuffer1D<T, Stride1D.Dense> _buffer;

    internal DeviceMemory(GpuDevice device, long length)
        : base(device)
    {
        Length = length;
        lock (device.Core.Gate)
        {
            try
            {
                // No driver allocates nothing.
                _buffer = device.Core.Accelerator.Allocate1D<T>(Math.Max(length, 1));
            }
            catch (Exception exception) when (exception is AcceleratorException or OutOfMemoryException)
            {
                throw new InsufficientMemoryException(
                    string.Create(CultureInfo.InvariantCulture, $"{device.Info} gave no {1e-6 * length * Interop.SizeOf<T>():F1} MB beside the {1e-6 * device.AllocatedBytes:F1} MB that are taken: choose a smaller capacity, or dispose workspaces that aren't needed."), exception);
            }

            if (device.Core.Log is null)
                _buffer.MemSetToZero();
        }
    }

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <inheritdoc/>
    public override long Bytes => _buffer.LengthInBytes;

    /// <summary>The elements, for kernels.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public ArrayView<T> View
    {
        get
        {
            if (_buffer.IsDisposed)
                throw new ObjectDisposedException(nameof(DeviceMemory<>), $"The workspace, or other memory on {Device.Info}, was disposed, or its GpuDevice was: keep both as long as passes use them.");
            return _buffer.View.BaseView.SubView(0, Length);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Device.Forget(this);
        lock (Device.Core.Gate)
        {
            if (!_buffer.IsDisposed)
                _buffer.Dispose();
        }
    }
}

/// <summary>Copies between the host and a device, in the order of the device's work.</summary>
public static class DeviceCopies
{
    /// <summary>Copies from the host; the source may change afterwards.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static unsafe void Upload<T>(this ArrayView<T> target, ReadOnlySpan<T> source)
        where T : unmanaged
    {
        Check(source.Length, target.Length);
        if (source.IsEmpty)
            return;
        var stream = target.GetAccelerator().DefaultStream;
        var core = Work.On(target);
        lock (core.Gate)
        fixed (T* pinned = source)
        {
            if (!core.Copies((long)source.Length * sizeof(T), up: true))
                return;
            // Pinned until the copy is done, which ILGPU only queues.
            target.CopyFromCPUUnsafeAsync(stream, ref *pinned, source.Length);
            stream.Synchronize();
        }
    }

    /// <summary>Waits for the device and copies to the host.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static unsafe void Download<T>(this ArrayView<T> source, Span<T> target)
        where T : unmanaged
    {
        Check(target.Length, source.Length);
        if (target.IsEmpty)
            return;
        var stream = source.GetAccelerator().DefaultStream;
        var core = Work.On(source);
        lock (core.Gate)
        fixed (T* pinned = target)
        {
            if (!core.Copies((long)target.Length * sizeof(T), up: false))
                return;
            source.CopyToCPUUnsafeAsync(stream, ref *pinned, target.Length);
            stream.Synchronize();
        }
    }

    /// <summary>Writes one value everywhere.</summary>
    public static void Fill<T>(this ArrayView<T> view, T value)
        where T : unmanaged
        => Ilgpu.Fill.Run(view, value);

    /// <summary>Writes zeros.</summary>
    public static void Clear<T>(this ArrayView<T> view)
        where T : unmanaged
        // ILGPU's own needs offsets that OpenCL's fill can start at.
        => Ilgpu.Fill.Run(view, default);

    private static void Check(int host, long device)
    {
        if (host != device)
            throw new ArgumentException($"The host has {host} elements, the device {device}: copy pieces of the same length.");
    }
}
