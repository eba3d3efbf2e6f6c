namespace NetDsl;

public abstract partial class ParameterArena<T>
{
    private const string Remedy = "Parameters.Save and Trainer.SaveCheckpoint write such files; check the folder and the name.";

    /// <summary>Writes all tensors, state included, as a safetensors file, with their names and shapes; numbers as they are, F32 or F64.</summary>
    /// <param name="path">The file, replaced if there is one. It is written beside that as <c>path.tmp</c> and renamed when it is complete, so that a process that dies leaves the old one.</param>
    /// <remarks>
    /// The format: https://github.com/huggingface/safetensors. Tensors are row-major and weights [outputs × inputs], as PyTorch has them.
    /// <see cref="Trainer{T, TTarget}.SaveCheckpoint"/> writes what going on with the training needs beside them.
    /// </remarks>
    /// <exception cref="IOException">The file can't be written, or its folder is missing.</exception>
    public void Save(string path) => AtomicFile.Write(path, Save);

    /// <summary>Writes what <see cref="Save(string)"/> writes, from the stream's position on.</summary>
    /// <param name="stream">Stays open.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        SafetensorsWriter.WriteHeader<T>(stream, Tensors, new Dictionary<string, string>());
        foreach (var tensor in Tensors)
            SafetensorsWriter.WriteValues<T>(stream, Slice(tensor.Offset, tensor.Length));
    }

    /// <summary>Takes all tensors, state included, from a safetensors file that has exactly these, by name and shape.</summary>
    /// <param name="path">A file of <see cref="Save(string)"/> or of other software; of a trainer's checkpoint, the parameters are taken.</param>
    /// <remarks>Numbers are of type F32, F64, F16 or BF16 and are converted: doubles are rounded to the nearest float where the network has floats.</remarks>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">No safetensors file, damaged, or with other tensors, which the message lists; nothing has changed.</exception>
    public void Load(string path)
    {
        using var stream = InputFile.Open(path, Remedy);
        Load(stream, path);
    }

    /// <summary>Takes what <see cref="Load(string)"/> takes from a stream, such as an embedded resource.</summary>
    /// <param name="stream">Read from its position to its end; stays open.</param>
    /// <exception cref="InvalidDataException">As for a file; nothing has changed.</exception>
    public void Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Load(stream, "the stream");
    }

    /// <summary>Takes each tensor that a safetensors file, be it of another network, has under the same name with the same shape; the others stay as they are.</summary>
    /// <param name="path">The file, as for <see cref="Load(string)"/>.</param>
    /// <param name="rename">The name in the file of a tensor of this network, or null to leave it out: <c>name => "encoder." + name</c>. Without it, names are the same.</param>
    /// <returns>What was taken, what wasn't and why.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">No safetensors file, damaged, or no tensor has its like in it; nothing has changed.</exception>
    public CopyReport LoadMatching(string path, Func<string, string?>? rename = null)
    {
        using var stream = InputFile.Open(path, Remedy);
        var file = new SafetensorsReader(stream, path);
        var report = CopyReport.Of(Tensors, Checkpoint.Parameters(file.Header), rename ?? (name => name));
        if (report.Copied.Count == 0)
            throw new InvalidDataException($"{path}: no tensor of {GetType().FullName} has its like here, by name and shape:\n{report}");
        Take(file, report);
        return report;
    }

    private void Load(Stream stream, string name)
    {
        var file = new SafetensorsReader(stream, name);
        var report = CopyReport.Of(Tensors, Checkpoint.Parameters(file.Header), name => name);
        if (report.Differences() is { Length: > 0 } differences)
            throw new InvalidDataException($"{name}: its tensors aren't those of {GetType().FullName}, nothing was loaded; LoadMatching takes those that have their like, under other names if wanted:\n{differences}");
        Take(file, report);
    }

    private void Take(SafetensorsReader file, CopyReport report)
    {
        var values = file.Read<T>(report.Copied.Select(copy => copy.Source!));
        foreach (var copy in report.Copied)
            values[copy.Source!.Name].CopyTo(Slice(copy.Tensor.Offset, copy.Tensor.Length));
    }
}
