using System.Runtime.CompilerServices;

namespace NetDsl;

/// <summary>
/// A fixed block of memory whose first element stands on a 64-byte boundary, so that full vectors never straddle cache lines; from 2 MB on it stands near the boundary of a huge page.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class AlignedBuffer<T>
    where T : unmanaged
{
    private const int LineBytes = 64;
    private const int ShiftBytes = 512;

    // Of those in huge pages, of this type.
    private static int _largeBlocks;

    private readonly T[] _array;
    private readonly int _start;

    /// <summary>Allocates <paramref name="length"/> elements, all zero.</summary>
    public unsafe AlignedBuffer(int length)
    {
        var bytes = (nuint)length * (nuint)sizeof(T);
        var isLarge = HugePages.Serve(bytes) && length <= Array.MaxLength - 2 * HugePages.Size / sizeof(T);
        // The padding is never touched, so that it takes addresses but no memory.
        var alignment = isLarge ? HugePages.Size : LineBytes;
        // Parameters, gradients and states are read side by side: at one place of their pages, they would be in each other's way (addresses whose last twelve bits agree).
        var shift = isLarge ? (Interlocked.Increment(ref _largeBlocks) & 7) * ShiftBytes : 0;
        // Pinned, because a compacting collection would lose the alignment.
        _array = GC.AllocateArray<T>(length + (alignment + shift) / sizeof(T), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref _array[0]);
        var padding = (int)(((nuint)alignment - address % (nuint)alignment) % (nuint)alignment);
        _start = (padding + shift) / sizeof(T);
        Length = length;
        if (isLarge)
            HugePages.Advise((byte*)address + padding, bytes + (nuint)shift);
    }

    public int Length { get; }

    public Span<T> Span => _array.AsSpan(_start, Length);
}
