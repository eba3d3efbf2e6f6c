namespace NetDsl;

/// <summary>A tensor and what a copy by names found for it.</summary>
/// <param name="Tensor">The tensor of the network that is copied to.</param>
/// <param name="SourceName">Its name in the source; null where it was left out on purpose.</param>
/// <param name="Source">The source's tensor of that name; null if there is none.</param>
public sealed record TensorCopy(TensorInfo Tensor, string? SourceName, TensorInfo? Source)
{
    /// <summary>Whether the source's tensor has the same shape, so that it was copied.</summary>
    public bool IsCopied { get; } = Source is not null && Source.Shape.SequenceEqual(Tensor.Shape);

    /// <summary>What became of the tensor, and why.</summary>
    public override string ToString() =>
        SourceName is null ? "left out"
        : Source is null ? $"kept: the source has no {SourceName}"
        : !IsCopied ? $"kept: the source's {SourceName} is {string.Join('×', Source.Shape)}"
        : SourceName == Tensor.Name ? "copied" : $"copied from {SourceName}";
}

/// <summary>What <see cref="ParameterArena{T}.CopyMatching"/> or <see cref="ParameterArena{T}.LoadMatching"/> has copied.</summary>
/// <param name="Tensors">All tensors of the network that is copied to, in arena order.</param>
/// <param name="Unused">Tensors of the source that went nowhere: a head that was cut off.</param>
public sealed record CopyReport(IReadOnlyList<TensorCopy> Tensors, IReadOnlyList<TensorInfo> Unused)
{
    /// <summary>What has its like in the source.</summary>
    public IReadOnlyList<TensorCopy> Copied { get; } = [.. Tensors.Where(tensor => tensor.IsCopied)];

    /// <summary>What stayed as it was: new layers, and those of another shape.</summary>
    public IReadOnlyList<TensorCopy> Kept { get; } = [.. Tensors.Where(tensor => !tensor.IsCopied)];

    /// <summary>One line a tensor.</summary>
    public override string ToString() => TextTable.Format(
    [
        ["tensor", "", "shape"],
        .. Tensors.Select(tensor => (string[])[tensor.Tensor.Name, tensor.ToString(), Shape(tensor.Tensor)]),
        .. Unused.Select(tensor => (string[])[tensor.Name, "unused, in the source alone", Shape(tensor)]),
    ], left: 2);

    /// <summary>One line for each tensor that only one side has, or both in different shapes; empty where all are alike.</summary>
    internal string Differences()
    {
        var unexpected = Unused.Where(tensor => !Tensors.Any(copy => copy.Source == tensor)).ToList();
        return Kept.Count + unexpected.Count == 0 ? "" : TextTable.Format(
        [
            ["tensor", "expected", "found"],
            .. Kept.Select(copy => (string[])[copy.Tensor.Name, Shape(copy.Tensor), copy.Source is null ? "none" : Shape(copy.Source)]),
            .. unexpected.Select(tensor => (string[])[tensor.Name, "none", Shape(tensor)]),
        ], left: 1);
    }

    internal static CopyReport Of(IReadOnlyList<TensorInfo> tensors, IReadOnlyList<TensorInfo> source, Func<string, string?> rename)
    {
        var copies = tensors.Select(tensor => (tensor, name: rename(tensor.Name)))
            .Select(pair => new TensorCopy(pair.tensor, pair.name, source.FirstOrDefault(other => other.Name == pair.name))).ToList();
        return new CopyReport(copies, [.. source.Where(tensor => !copies.Exists(copy => copy.IsCopied && copy.Source == tensor))]);
    }

    private static string Shape(TensorInfo tensor) => tensor.Shape.Count > 0 ? string.Join('×', tensor.Shape) : "scalar";
}
