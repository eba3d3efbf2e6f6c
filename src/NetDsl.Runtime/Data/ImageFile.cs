using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;

namespace NetDsl;

/// <summary>Writes pictures, so that what a network sees can be looked at.</summary>
public static class ImageFile
{
    private static readonly uint[] Crc = [.. Enumerable.Range(0, 256).Select(value => CrcOf((uint)value))];

    /// <summary>Writes a picture as a PNG file of 8 bits a channel: grey for one channel, colours for three (red, green, blue).</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="pixels">[channels × height × width], row-major, as networks take it: 0 is black, 1 white; what lies beyond counts as the nearer one, NaN as 0.</param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="height">Lines, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <exception cref="ArgumentException">The number of channels isn't 1 or 3, an extent is below 1, or there are more or fewer pixels than they say.</exception>
    public static void SavePng<T>(string path, ReadOnlySpan<T> pixels, int channels, int height, int width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = Png(pixels, channels, height, width);
        File.WriteAllBytes(path, bytes);
    }

    // ISO/IEC 15948:2003, "Portable Network Graphics": a signature and chunks of length, type, data and checksum.
    private static byte[] Png<T>(ReadOnlySpan<T> pixels, int channels, int height, int width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (channels is not (1 or 3))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "A picture has 1 channel (grey) or 3 (red, green, blue).");
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (pixels.Length != (long)channels * height * width)
            throw new ArgumentException($"There are {pixels.Length} values; expected {channels}×{height}×{width} = {(long)channels * height * width}.", nameof(pixels));

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, (byte)(channels == 1 ? 0 : 2));

        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        WriteChunk(png, "IHDR"u8, header);
        WriteChunk(png, "IDAT"u8, Compressed(pixels, channels, height, width));
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    // Each line begins with its filter, 0 for none; the channels of a pixel stand side by side.
    private static byte[] Compressed<T>(ReadOnlySpan<T> pixels, int channels, int height, int width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Optimal))
        {
            var line = new byte[1 + channels * width];
            for (var y = 0; y < height; y++)
            {
                for (var i = 0; i < channels * width; i++)
                    line[1 + i] = Byte(pixels[(i % channels * height + y) * width + i / channels]);
                zlib.Write(line);
            }
        }

        return data.ToArray();
    }

    private static byte Byte<T>(T value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        T.IsNaN(value) ? (byte)0 : (byte)Math.Round(255 * Math.Clamp(double.CreateChecked(value), 0, 1));

    private static void WriteChunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        var start = (int)png.Position;
        png.Write(type);
        png.Write(data);
        var crc = uint.MaxValue;
        foreach (var value in png.GetBuffer().AsSpan(start, (int)png.Position - start))
            crc = Crc[(byte)(crc ^ value)] ^ crc >> 8;
        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        png.Write(number);
    }

    private static uint CrcOf(uint value)
    {
        for (var bit = 0; bit < 8; bit++)
            value = (value & 1) == 0 ? value >> 1 : 0xEDB88320 ^ value >> 1;
        return value;
    }
}
