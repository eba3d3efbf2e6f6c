using System.Runtime.CompilerServices;

namespace NetDsl;

/// <summary>A fixed block of memory whose first element stands on a 64-byte boundary, so that full vectors never straddle cache lines.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class AlignedBuffer<T>
    where T : unmanaged
{
    private const int Alignment = 64;

    private readonly T[] _array;
    private readonly int _start;

    /// <summary>Allocates <paramref name="length"/> elements, all zero.</summary>
    public unsafe AlignedBuffer(int length)
    {
        // Pinned, because a compacting collection would lose the alignment.
        _array = GC.AllocateArray<T>(length + Alignment / sizeof(T), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref _array[0]);
        _start = (int)((Alignment - address % Alignment) % Alignment) / sizeof(T);
        Length = length;
    }

    public int Length { get; }

    public Span<T> Span => _array.AsSpan(_start, Length);
}
