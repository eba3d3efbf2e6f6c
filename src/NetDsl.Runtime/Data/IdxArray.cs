namespace NetDsl;

/// <summary>Numbers read from an IDX file.</summary>
/// <typeparam name="T">Element type they were converted to.</typeparam>
/// <param name="Shape">Extents, outermost first: images are [n, height, width], labels [n].</param>
/// <param name="Values">The elements, row-major.</param>
public sealed record IdxArray<T>(IReadOnlyList<int> Shape, T[] Values)
{
    /// <summary>Number of images or labels: the first extent.</summary>
    public int Count => Shape[0];

    /// <summary>Elements of one image.</summary>
    public int SampleSize => Values.Length / Count;
}
