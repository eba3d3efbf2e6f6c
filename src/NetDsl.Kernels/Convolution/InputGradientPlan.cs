namespace NetDsl.Kernels;

/// <summary>
/// What <see cref="InputGradient{T,V,TEpilogue}"/> does in terms of places: planes[from(q) + shift of tap] += Σₒ weight[o, tap] · dy[o, q]. Made once for each shape.
/// </summary>
internal sealed class InputGradientPlan
{
    public InputGradientPlan(Geometry geometry, CorrelationPlan forward)
    {
        Forward = forward;
        Taps = geometry.Taps;
        nint row = forward.IsWhole ? forward.ResultSize : forward.Passes[0].Chunks.Count * forward.Lanes;
        var steps = new List<TapStep>();
        for (var channel = 0; channel < geometry.OutChannels; channel++)
            steps.Add(new(channel * forward.WeightRow, channel * row));
        Steps = new(steps);
        Channels = new([.. Enumerable.Range(0, Blocking.TileRows).Select(channel => new TapStep(0, channel * forward.Planes.ChannelSize))]);
    }

    /// <summary>The plan of the convolution itself, whose planes and shifts these are.</summary>
    public CorrelationPlan Forward { get; }

    /// <summary>Elements of the kernel for one channel in and one out.</summary>
    public int Taps { get; }

    /// <summary>Whether the rows of a tile are channels, which need not wait for each other's places, rather than the taps of a single one.</summary>
    public bool RowsAreChannels => Forward.Sources > Blocking.TileRows / 2;

    /// <summary>From the first channel of a tile to the others.</summary>
    public Table<TapStep> Channels { get; }

    /// <summary>The terms of a part: the channels out.</summary>
    public Table<TapStep> Steps { get; }

    /// <summary>
    /// Whether this is faster than a correlation, by measured costs: adding a vector of parts takes as long as some multiply-adds of vectors, and
    /// putting elements between those of other passes as long as some multiply-adds each.
    /// </summary>
    public bool IsBetterThan(CorrelationPlan correlation)
    {
        const int PartCost = 8, CollectCost = 8, SpreadCost = 24;
        var elements = (long)correlation.Rows * correlation.ResultSize;
        var parts = Forward.Work + Forward.Work * PartCost / Forward.Rows + (Forward.Planes.IsSource ? 0 : elements * CollectCost);
        return parts < correlation.Work + (correlation.Passes.Length == 1 ? 0 : elements * SpreadCost);
    }
}
