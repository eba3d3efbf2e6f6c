namespace NetDsl;

/// <summary>Writes files that are there as a whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>Writes to <c>path.tmp</c>, and gives that the name <paramref name="path"/> when all of it is on the disk; until then, what was there stays.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder is missing.</exception>
    /// <exception cref="IOException">It can't be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{path}: there is no folder {folder}; create it first, as by Directory.CreateDirectory.");
        var temporary = path + ".tmp";
        var stream = File.Create(temporary);
        try
        {
            using (stream)
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
