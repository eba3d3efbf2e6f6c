using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace NetDsl.Kernels.Ilgpu.Device;

/// <summary>
/// Page-locked memory of the host, twice: a batch is copied to one, where the device fetches it when it has come so far, while the batch before it still lies in the other. So the host waits
/// for a device that is two batches behind, and for none that is nearer.
/// </summary>
internal sealed unsafe class Staging(DeviceCore core) : DeviceResource(core)
{
    private const int Page = 4096;

    private Side _next;
    private Side _other;

    /// <summary>Queues a copy to the device; the source may change afterwards.</summary>
    public void Upload<T>(ReadOnlySpan<T> source, MemoryBuffer target, long offset)
        where T : unmanaged
    {
        if (source.IsEmpty)
            return;
        using var turn = Core.TakeTurn();
        var bytes = MemoryMarshal.AsBytes(source);
        if (!Core.Copies(bytes.Length, up: true))
            return;
        (_next, _other) = (_other, _next);
        AsyncCopy.Wait(Core.Accelerator, _next.Mark);
        _next.Mark = 0;
        if (_next.Length < bytes.Length)
        {
            _next.Free();
            _next = new Side(Core.Accelerator, bytes.Length);
        }

        bytes.CopyTo(new Span<byte>(_next.Memory, bytes.Length));
        _next.Mark = AsyncCopy.Start(Core.Accelerator, _next.Memory, target, offset * Unsafe.SizeOf<T>(), bytes.Length);
    }

    protected override void Free()
    {
        AsyncCopy.Wait(Core.Accelerator, _next.Mark);
        AsyncCopy.Wait(Core.Accelerator, _other.Mark);
        _next.Free();
        _other.Free();
    }

    private struct Side
    {
        private readonly PageLockScope<byte>? _lock;

        public Side(Accelerator accelerator, int length)
        {
            Memory = NativeMemory.AlignedAlloc((nuint)length, Page);
            Length = length;
            if (accelerator is not CudaAccelerator)
                return;
            _lock = accelerator.CreatePageLockFromPinned<byte>((nint)Memory, length);
            // It would unlock memory that the device may be fetching from.
            GC.SuppressFinalize(_lock);
        }

        public void* Memory { get; }

        public int Length { get; }

        /// <summary>The last copy's.</summary>
        public nint Mark { get; set; }

        public readonly void Free()
        {
            _lock?.Dispose();
            NativeMemory.AlignedFree(Memory);
        }
    }
}
