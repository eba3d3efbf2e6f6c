using ILGPU;
using ILGPU.Runtime;
using NetDsl.Kernels.Ilgpu.Device;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>A block of a device's memory. What is dropped instead of disposed is given back when the garbage collector has found that neither the block nor a view of it is in use.</summary>
public abstract class DeviceMemory : IDisposable
{
    /// <summary>Elements that a block holds at most: kernels count in 32 bits, and a thread's steps go beyond the end.</summary>
    internal const int MostElements = int.MaxValue - (1 << 20);

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
    private readonly MemoryBlock _block;

    internal DeviceMemory(GpuDevice device, long length)
        : base(device)
    {
        Length = length;
        // No driver allocates nothing.
        _block = MemoryBlock.Allocate<T>(device, Math.Max(length, 1));
    }

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <inheritdoc/>
    public override long Bytes => _block.Buffer.LengthInBytes;

    /// <summary>The elements, for kernels.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public ArrayView<T> View => Buffer.AsArrayView<T>(0, Length);

    /// <summary>ILGPU's object.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    internal MemoryBuffer Buffer
    {
        get
        {
            if (_block.Buffer.IsDisposed)
                throw new ObjectDisposedException(nameof(DeviceMemory<>), $"The workspace, or other memory on {Device.Info}, was disposed, or its GpuDevice was: keep both as long as passes use them.");
            return _block.Buffer;
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _block.Dispose();
}

/// <summary>Copies between the host and a device, in the order of the device's work.</summary>
public static class DeviceCopies
{
    /// <summary>Waits for the device and copies from the host; the source may change afterwards.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static unsafe void Upload<T>(this ArrayView<T> target, ReadOnlySpan<T> source)
        where T : unmanaged
    {
        Check(source.Length, target.Length);
        if (source.IsEmpty)
            return;
        var core = Work.On(target);
        using var turn = core.TakeTurn();
        fixed (T* pinned = source)
        {
            if (!core.Copies((long)source.Length * sizeof(T), up: true))
                return;
            // Pinned until the copy is done, which ILGPU only queues.
            target.CopyFromCPUUnsafeAsync(core.Accelerator.DefaultStream, ref *pinned, source.Length);
            core.Synchronize();
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
        var core = Work.On(source);
        using var turn = core.TakeTurn();
        fixed (T* pinned = target)
        {
            if (!core.Copies((long)target.Length * sizeof(T), up: false))
                return;
            source.CopyToCPUUnsafeAsync(core.Accelerator.DefaultStream, ref *pinned, target.Length);
            core.Synchronize();
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
