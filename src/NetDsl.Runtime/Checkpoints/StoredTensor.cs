namespace NetDsl;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Unique within the file.</param>
/// <param name="Type">Name of its element type, be it one that can be read or not.</param>
/// <param name="Shape">Extents, outermost first.</param>
/// <param name="Start">First byte, counted from the beginning of the data.</param>
/// <param name="End">The byte behind the last.</param>
internal sealed record StoredTensor(string Name, string Type, int[] Shape, long Start, long End)
{
    /// <summary>Name and shape as a network's tensor has them, to compare with one.</summary>
    public TensorInfo Info { get; } = new(Name, Shape, Offset: 0, Initializer.Zeros, FanIn: 0, FanOut: 0);
}
