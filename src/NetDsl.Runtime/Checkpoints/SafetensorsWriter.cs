using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;

namespace NetDsl;

/// <summary>Writes the safetensors format: the header, then the tensors in its order.</summary>
/// <remarks><see cref="SafetensorsReader"/> says what it is.</remarks>
internal static class SafetensorsWriter
{
    private const int Chunk = 1 << 16;

    /// <summary>Writes the header, with spaces behind it so that the data begins at a multiple of 8 bytes.</summary>
    /// <param name="stream">Takes it.</param>
    /// <param name="tensors">Name and shape of each tensor, in the order in which their numbers follow.</param>
    /// <param name="metadata">Texts by name; nothing is written for none.</param>
    public static void WriteHeader<T>(Stream stream, IEnumerable<TensorInfo> tensors, IReadOnlyDictionary<string, string> metadata)
        where T : unmanaged
    {
        var type = ElementType.Of<T>();
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            if (metadata.Count > 0)
            {
                writer.WriteStartObject(SafetensorsHeader.MetadataName);
                foreach (var (name, text) in metadata)
                    writer.WriteString(name, text);
                writer.WriteEndObject();
            }

            var start = 0L;
            foreach (var tensor in tensors)
            {
                var end = start + (long)tensor.Length * type.Size;
                writer.WriteStartObject(tensor.Name);
                writer.WriteString("dtype", type.Name);
                WriteNumbers(writer, "shape", tensor.Shape.Select(extent => (long)extent));
                WriteNumbers(writer, "data_offsets", [start, end]);
                writer.WriteEndObject();
                start = end;
            }

            writer.WriteEndObject();
        }

        var padding = -json.WrittenCount & 7;
        json.GetSpan(padding)[..padding].Fill((byte)' ');
        json.Advance(padding);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.WrittenCount);
        stream.Write(length);
        stream.Write(json.WrittenSpan);
    }

    /// <summary>Writes the numbers of the next tensor.</summary>
    public static void WriteValues<T>(Stream stream, ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var size = ElementType.Of<T>().Size;
        var buffer = new byte[(int)Math.Min((long)values.Length * size, Chunk)];
        while (!values.IsEmpty)
        {
            var count = Math.Min(values.Length, Chunk / size);
            for (var i = 0; i < count; i++)
            {
                if (size == sizeof(float))
                    BinaryPrimitives.WriteSingleLittleEndian(buffer.AsSpan(i * size), float.CreateTruncating(values[i]));
                else
                    BinaryPrimitives.WriteDoubleLittleEndian(buffer.AsSpan(i * size), double.CreateTruncating(values[i]));
            }

            stream.Write(buffer, 0, count * size);
            values = values[count..];
        }
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, IEnumerable<long> numbers)
    {
        writer.WriteStartArray(name);
        foreach (var number in numbers)
            writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }
}
