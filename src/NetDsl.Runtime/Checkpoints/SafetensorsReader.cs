using System.Buffers.Binary;
using System.Numerics;

namespace NetDsl;

/// <summary>Reads the safetensors format from first to last byte: the header when it is made, then the data.</summary>
/// <remarks>
/// The header's length as a little-endian 64-bit number, the header as JSON with each tensor's type, shape and place, then the numbers, little-endian, row-major:
/// https://github.com/huggingface/safetensors#format.
/// </remarks>
internal sealed class SafetensorsReader
{
    // The bound of the format's own implementation.
    private const int MaxHeader = 100_000_000;
    private const int Chunk = 1 << 16;

    private readonly Stream _stream;
    private readonly string _name;

    /// <summary>Reads the header.</summary>
    /// <param name="stream">Stands at the file's beginning.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InvalidDataException">No safetensors file, or damaged; the message names what was expected and what came.</exception>
    public SafetensorsReader(Stream stream, string name)
    {
        (_stream, _name) = (stream, name);
        Span<byte> prefix = stackalloc byte[8];
        var got = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
        if (got < prefix.Length)
            throw new InvalidDataException($"{name}: {got} bytes; a safetensors file begins with 8 bytes that tell the header's length: the file is empty or cut off.");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length is < 2 or > MaxHeader)
            throw new InvalidDataException($"{name}: begins with {Convert.ToHexString(prefix)}, which announces a header of {length} bytes; expected 2 to {MaxHeader}: this is no safetensors file. PyTorch writes one by safetensors.torch.save_file.");
        Header = SafetensorsHeader.Parse(ReadHeader((int)length), name);
    }

    public SafetensorsHeader Header { get; }

    /// <summary>Reads the data to its end, converts it, and leaves out what isn't asked for.</summary>
    /// <param name="tensors">The tensors to read, of those in the header.</param>
    /// <returns>Their numbers by name.</returns>
    /// <exception cref="InvalidDataException">A tensor is of a type that can't be read, or the data has another length than the header says.</exception>
    public IReadOnlyDictionary<string, T[]> Read<T>(IEnumerable<TensorInfo> tensors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var wanted = tensors.Select(tensor => tensor.Name).ToHashSet();
        if (Header.Tensors.Where(tensor => wanted.Contains(tensor.Name) && ElementType.Find(tensor.Type) is null).ToList() is { Count: > 0 } foreign)
            throw new InvalidDataException($"{_name}: {string.Join(", ", foreign.Select(tensor => $"{tensor.Name} is of type {tensor.Type}"))}; expected {string.Join(", ", ElementType.All.Select(type => type.Name))}: convert before saving.");

        var values = new Dictionary<string, T[]>();
        var buffer = new byte[Chunk];
        foreach (var tensor in Header.Tensors)
        {
            var (type, target) = (ElementType.Find(tensor.Type), wanted.Contains(tensor.Name) ? new T[tensor.Info.Length] : []);
            var done = 0;
            for (var left = tensor.End - tensor.Start; left > 0;)
            {
                var bytes = buffer.AsSpan(0, (int)Math.Min(left, Chunk));
                left -= bytes.Length;
                var got = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
                if (got < bytes.Length)
                    throw new InvalidDataException($"{_name}: cut off in the data of '{tensor.Name}', {left + bytes.Length - got} of its {tensor.End - tensor.Start} bytes are missing: get the file again.");
                for (; target.Length > 0 && bytes.Length > 0; bytes = bytes[type!.Size..])
                    target[done++] = T.CreateTruncating(type!.Read(bytes));
            }

            if (wanted.Contains(tensor.Name))
                values.Add(tensor.Name, target);
        }

        if (_stream.ReadByte() >= 0)
            throw new InvalidDataException($"{_name}: more data follows than the {Header.Tensors.LastOrDefault()?.End ?? 0} bytes that the header announces: the file is damaged.");
        return values;
    }

    // By and by, so that a wrong length allocates no more than there is.
    private byte[] ReadHeader(int length)
    {
        var (bytes, got) = (Array.Empty<byte>(), 0);
        while (got < length)
        {
            Array.Resize(ref bytes, (int)Math.Min(length, Math.Max(Chunk, 2L * got)));
            got += _stream.ReadAtLeast(bytes.AsSpan(got), bytes.Length - got, throwOnEndOfStream: false);
            if (got < bytes.Length)
                throw new InvalidDataException($"{_name}: cut off in the header: {got} bytes, expected {length}; get the file again. If it isn't cut off, it is no safetensors file.");
        }

        return bytes;
    }
}
