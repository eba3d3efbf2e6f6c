using System.Runtime.CompilerServices;
using ILGPU.Runtime;

namespace NetDsl.Kernels.Ilgpu.Device;

/// <summary>An allocation of a device, which lives as long as somebody has it or a view of it.</summary>
internal sealed class MemoryBlock : DeviceResource
{
    private readonly GpuDevice _device;

    private MemoryBlock(GpuDevice device, MemoryBuffer buffer)
        : base(device.Core)
    {
        (_device, Buffer) = (device, buffer);
        device.AllocatedBytes += buffer.LengthInBytes;
    }

    /// <summary>ILGPU's object, which views refer to.</summary>
    public MemoryBuffer Buffer { get; }

    /// <summary>Allocates elements, all zero.</summary>
    public static MemoryBlock Allocate<T>(GpuDevice device, long length)
        where T : unmanaged
    {
        var core = device.Core;
        using var turn = core.TakeTurn();
        var buffer = core.Accelerator.AllocateRaw(length, Unsafe.SizeOf<T>());
        // It would free the memory at any time.
        GC.SuppressFinalize(buffer);
        if (core.Log is null)
            buffer.MemSet(core.Accelerator.DefaultStream, 0, 0, buffer.LengthInBytes);
        var block = new MemoryBlock(device, buffer);
        device.Add(block);
        return block;
    }

    protected override void Free()
    {
        _device.AllocatedBytes -= Buffer.LengthInBytes;
        Buffer.Dispose();
    }
}
