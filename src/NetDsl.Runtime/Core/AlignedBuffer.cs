using System.Runtime.CompilerServices;

namespace NetDsl;

/// <summary>
/// A fixed block of memory whose first element stands on a 64-byte boundary, so that full vectors never straddle cache lines; from 2 MB on it stands on the boundary of a huge page.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class AlignedBuffer<T>
    where T : unmanaged
{
    private const int LineBytes = 64;

    private readonly T[] _array;
    private readonly int _start;

    /// <summary>Allocates <paramref name="length"/> elements, all zero.</summary>
    public unsafe AlignedBuffer(int length)
    {
        var bytes = (nuint)length * (nuint)sizeof(T);
        // The padding is never touched, so that it takes addresses but no memory.
        var alignment = HugePages.Serve(bytes) && length <= Array.MaxLength - HugePages.Size / sizeof(T) ? HugePages.Size : LineBytes;
        // Pinned, because a compacting collection would lose the alignment.
        _array = GC.AllocateArray<T>(length + alignment / sizeof(T), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref _array[0]);
        var padding = ((nuint)alignment - address % (nuint)alignment) % (nuint)alignment;
        _start = (int)padding / sizeof(T);
        Length = length;
        if (alignment == HugePages.Size)
            HugePages.Advise((byte*)(address + padding), bytes);
    }

    public int Length { get; }

    public Span<T> Span => _array.AsSpan(_start, Length);
}
