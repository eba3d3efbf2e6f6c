using System.Buffers.Binary;
using System.Text;

namespace NetDsl.Tests.Checkpoints;

/// <summary>Files put together by hand.</summary>
internal static class Safetensors
{
    /// <summary>The header's length, the header as it stands there, the data.</summary>
    public static byte[] File(string header, params byte[] data) => [.. Length((ulong)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. data];

    public static byte[] Length(ulong length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        return bytes;
    }

    /// <summary>Little-endian numbers.</summary>
    public static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    public static byte[] Doubles(params double[] values) => [.. values.SelectMany(BitConverter.GetBytes)];
}
