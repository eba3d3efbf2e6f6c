using System.Buffers.Binary;

namespace NetDsl;

/// <summary>Element type of an IDX file, by its code in the third byte.</summary>
internal enum IdxType : byte
{
    Byte = 0x08,
    SByte = 0x09,
    Int16 = 0x0B,
    Int32 = 0x0C,
    Single = 0x0D,
    Double = 0x0E,
}

/// <summary>What an IDX file says about its data, checked against the data that follows.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Extents, outermost first, all positive.</param>
/// <param name="Elements">Product of the extents.</param>
/// <param name="Length">Bytes of the header.</param>
internal sealed record IdxHeader(IdxType Type, int[] Shape, int Elements, int Length)
{
    public int ElementSize => SizeOf(Type);

    /// <summary>Reads the header and checks that exactly the data that it announces follows.</summary>
    /// <exception cref="InvalidDataException">It isn't so.</exception>
    public static IdxHeader Parse(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.Length < 4)
            throw new InvalidDataException($"{name}: {bytes.Length} bytes; an IDX file begins with 4 bytes of magic number: the file is empty or cut off, get it again.");
        if (bytes is not [0, 0, var code, > 0 and var dimensions, ..] || SizeOf((IdxType)code) == 0)
            throw new InvalidDataException($"{name}: begins with {Convert.ToHexString(bytes[..4])}; expected the magic number of an IDX file, such as 00000803 for images and 00000801 for labels: this is another kind of file.");

        var length = 4 + 4 * dimensions;
        if (bytes.Length < length)
            throw new InvalidDataException($"{name}: cut off in the header: {bytes.Length} bytes, expected {length} for {dimensions} dimensions; get the file again.");
        var shape = new int[dimensions];
        long elements = 1;
        for (var i = 0; i < dimensions; i++)
        {
            var extent = BinaryPrimitives.ReadUInt32BigEndian(bytes[(4 + 4 * i)..]);
            if (extent == 0)
                throw new InvalidDataException($"{name}: extent {i + 1} of {dimensions} is 0; expected at least one element in every dimension.");
            // The product before was at most the largest array, so this one can't overflow.
            elements *= extent;
            if (elements > Array.MaxLength)
                throw new InvalidDataException($"{name}: the header announces more than {Array.MaxLength} elements (extent {i + 1} of {dimensions} is {extent}): the header is damaged, or the file must be split.");
            shape[i] = (int)extent;
        }

        var type = (IdxType)code;
        var expected = length + elements * SizeOf(type);
        if (bytes.Length != expected)
            throw new InvalidDataException($"{name}: {bytes.Length} bytes; expected {expected} for [{string.Join(", ", shape)}] elements of type {type}: the file is {(bytes.Length < expected ? "cut off" : "too long")}, get it again.");
        return new IdxHeader(type, shape, (int)elements, length);
    }

    private static int SizeOf(IdxType type) => type switch
    {
        IdxType.Byte or IdxType.SByte => 1,
        IdxType.Int16 => 2,
        IdxType.Int32 or IdxType.Single => 4,
        IdxType.Double => 8,
        _ => 0,
    };
}
