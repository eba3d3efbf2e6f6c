using System.Runtime.InteropServices;

namespace NetDsl.Kernels;

/// <summary>A thread's working memory for packed operands and partial sums: it only grows, so that a repeated product allocates nothing.</summary>
internal sealed unsafe class PackBuffer
{
    /// <summary>Cache line, and the widest vector.</summary>
    private const int Alignment = 64;

    [ThreadStatic]
    private static PackBuffer?[]? _ofThread;

    private void* _memory;
    private nuint _bytes;

    private PackBuffer()
    {
    }

    ~PackBuffer() => NativeMemory.AlignedFree(_memory);

    /// <summary>What a buffer holds. Those of one thread are in use at the same time.</summary>
    public enum Use
    {
        /// <summary>Operand a, packed or transformed whole for all tasks.</summary>
        A,

        /// <summary>Operand b, packed whole for all tasks, or the sums of all tasks.</summary>
        B,

        /// <summary>The last, incomplete panel of b of one task.</summary>
        Edge,

        /// <summary>Sums that are not finished, or transformed gradients, of one task.</summary>
        Sums,

        /// <summary>Sums turned to the result's orientation, or gradients turned channels last, of one task.</summary>
        Turned,

        /// <summary>The channels that a convolution reads, padded or in transformed tiles, of one task.</summary>
        Planes,

        /// <summary>Lines filled up to whole vectors, of one task.</summary>
        Lines,
    }

    /// <summary>Memory for <paramref name="length"/> elements, aligned to 64 bytes, with any content. It belongs to the calling thread until its next call for the same use.</summary>
    public static T* Rent<T>(Use use, nint length)
        where T : unmanaged
    {
        var buffers = _ofThread ??= new PackBuffer?[Enum.GetValues<Use>().Length];
        var buffer = buffers[(int)use] ??= new PackBuffer();
        var bytes = (nuint)length * (nuint)sizeof(T);
        if (buffer._bytes < bytes)
            buffer.Grow(bytes);
        return (T*)buffer._memory;
    }

    private void Grow(nuint bytes)
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
        _bytes = 0;
        _memory = NativeMemory.AlignedAlloc(bytes, Alignment);
        _bytes = bytes;
    }
}
