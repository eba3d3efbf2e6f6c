using System.Buffers.Binary;

namespace NetDsl;

/// <summary>How a safetensors file stores a number, little-endian.</summary>
/// <param name="Name">Its name in the header.</param>
/// <param name="Size">Bytes of a number.</param>
/// <param name="Read">The number at the beginning of a span.</param>
internal sealed record ElementType(string Name, int Size, Func<ReadOnlySpan<byte>, double> Read)
{
    public static ElementType Double { get; } = new("F64", 8, BinaryPrimitives.ReadDoubleLittleEndian);

    public static ElementType Single { get; } = new("F32", 4, static bytes => BinaryPrimitives.ReadSingleLittleEndian(bytes));

    /// <summary>Those that can be read; NetDsl writes the first two.</summary>
    public static IReadOnlyList<ElementType> All { get; } =
    [
        Double,
        Single,
        new("F16", 2, static bytes => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes)),
        // The upper half of a float.
        new("BF16", 2, static bytes => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16)),
    ];

    /// <summary>The type that a network's numbers are written as.</summary>
    public static ElementType Of<T>()
        where T : unmanaged
        => typeof(T) == typeof(float) ? Single : Double;

    /// <summary>The type of that name, or null for one that can't be read.</summary>
    public static ElementType? Find(string name) => All.FirstOrDefault(type => type.Name == name);
}
