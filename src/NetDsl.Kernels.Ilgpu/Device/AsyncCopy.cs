using System.Runtime.CompilerServices;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace NetDsl.Kernels.Ilgpu.Device;

/// <summary>Copies that are queued behind a device's work, with a mark that tells when they are done, which ILGPU's own copies lack.</summary>
internal static unsafe class AsyncCopy
{
    /// <summary>Queues a copy from the host, whose memory stays as it is until the copy is done.</summary>
    /// <returns>A mark for <see cref="Wait"/>; 0 where it is done already.</returns>
    public static nint Start(Accelerator accelerator, void* source, MemoryBuffer target, long offset, long bytes)
    {
        accelerator.Bind();
        nint mark = 0;
        switch (accelerator.DefaultStream)
        {
            case CudaStream stream:
                CudaException.ThrowIfFailed(CudaAPI.CurrentAPI.MemcpyAsync(target.NativePtr + (nint)offset, (nint)source, (nint)bytes, stream));
                CudaException.ThrowIfFailed(CudaAPI.CurrentAPI.CreateEvent(out mark, CudaEventFlags.CU_EVENT_DISABLE_TIMING));
                CudaException.ThrowIfFailed(CudaAPI.CurrentAPI.RecordEvent(mark, stream.StreamPtr));
                break;
            case CLStream stream:
                CLException.ThrowIfFailed(Write(CLAPI.CurrentAPI, stream.CommandQueue, target.NativePtr, false, (nint)offset, (nint)bytes, (nint)source, 0, null, &mark));
                break;
            default:
                // The simulator queues nothing.
                Buffer.MemoryCopy(source, (byte*)target.NativePtr + offset, bytes, bytes);
                break;
        }

        return mark;
    }

    /// <summary>Waits for a copy, whose mark is used up by that.</summary>
    public static void Wait(Accelerator accelerator, nint mark)
    {
        if (mark == 0)
            return;
        accelerator.Bind();
        if (accelerator is CudaAccelerator)
        {
            CudaException.ThrowIfFailed(CudaAPI.CurrentAPI.SynchronizeEvent(mark));
            CudaException.ThrowIfFailed(CudaAPI.CurrentAPI.DestroyEvent(mark));
        }
        else
        {
            CLException.ThrowIfFailed(WaitFor(CLAPI.CurrentAPI, 1, &mark));
            CLException.ThrowIfFailed(Release(CLAPI.CurrentAPI, mark));
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "clEnqueueWriteBuffer")]
    private static extern CLError Write(CLAPI api, nint queue, nint buffer, bool blocking, nint offset, nint size, nint source, int events, nint* waitFor, nint* mark);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "clWaitForEvents")]
    private static extern CLError WaitFor(CLAPI api, int events, nint* marks);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "clReleaseEvent")]
    private static extern CLError Release(CLAPI api, nint mark);
}
