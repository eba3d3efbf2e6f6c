using System.Buffers.Binary;
using System.IO.Compression;

namespace NetDsl;

/// <summary>Opens data files that may be compressed.</summary>
internal static class InputFile
{
    /// <summary>The whole content, unpacked if it begins with gzip's magic bytes.</summary>
    /// <param name="stream">Read from its position to its end.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InvalidDataException">The compressed data is damaged or cut off.</exception>
    public static byte[] ReadAll(Stream stream, string name)
    {
        using var raw = new MemoryStream();
        stream.CopyTo(raw);
        var bytes = raw.GetBuffer().AsSpan(0, (int)raw.Length);
        if (bytes is not [0x1F, 0x8B, ..])
            return bytes.ToArray();

        // A member has at least 10 bytes before its data and 8 behind it: a checksum and the unpacked length.
        if (bytes.Length < 18)
            throw Damaged(name, null);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]);
        raw.Position = 0;
        using var unpacked = new MemoryStream();
        try
        {
            using var gzip = new GZipStream(raw, CompressionMode.Decompress);
            gzip.CopyTo(unpacked);
        }
        catch (InvalidDataException inner)
        {
            throw Damaged(name, inner);
        }

        // The stream class takes data that is cut off for shorter data.
        if (length != (uint)unpacked.Length)
            throw Damaged(name, null);
        return unpacked.ToArray();
    }

    /// <summary>The whole content of a file, unpacked if it begins with gzip's magic bytes.</summary>
    /// <exception cref="FileNotFoundException">There is no such file; the message adds <paramref name="remedy"/>.</exception>
    /// <exception cref="InvalidDataException">The compressed data is damaged or cut off.</exception>
    public static byte[] ReadAll(string path, string remedy)
    {
        using var stream = Open(path, remedy);
        return ReadAll(stream, path);
    }

    /// <summary>The file as it is.</summary>
    /// <exception cref="FileNotFoundException">There is no such file; the message adds <paramref name="remedy"/>.</exception>
    public static FileStream Open(string path, string remedy)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return File.Exists(path) ? File.OpenRead(path) : throw new FileNotFoundException($"{path}: no such file. {remedy}", path);
    }

    private static InvalidDataException Damaged(string name, Exception? inner) =>
        new($"{name}: begins as a gzip file, but its compressed data is damaged or cut off: get the file again. (A file of several gzip members must be packed anew as one.)", inner);
}
