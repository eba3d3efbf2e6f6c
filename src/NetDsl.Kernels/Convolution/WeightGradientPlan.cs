namespace NetDsl.Kernels;

/// <summary>
/// What the gradient of the weights does in terms of places: dW[o, q] = Σₙ Σ dy[o, to] · planes[from + q's shift], vectors of neighbouring results being the
/// terms. Made once for each shape.
/// </summary>
internal sealed class WeightGradientPlan
{
    /// <summary>Vectors of terms of a block: enough to make adding it to the sums cheap, few enough for six rows to stay in the second cache.</summary>
    private const int BlockSteps = 128;

    /// <summary>Tasks that a layer falls into at least where its channels allow it.</summary>
    private const int Tasks = 8;

    /// <summary>Into how many blocks the channels in are cut where each block fills up the lines of dy anew.</summary>
    private const int FewBlocks = 3;

    /// <summary>Elements of a task's sums, lane by lane, at most: half of the second cache in floats.</summary>
    private const long MostSums = 1 << 17;

    public WeightGradientPlan(Geometry geometry, CorrelationPlan forward)
    {
        Forward = forward;
        var chunks = forward.Passes[0].Chunks;
        IsWhole = forward.IsWhole;
        InputsPerTask = Blocking.DivideUp(geometry.InChannels, Math.Min(IsWhole ? Tasks : FewBlocks, geometry.InChannels));
        InputBlocks = Blocking.DivideUp(geometry.InChannels, InputsPerTask);
        Taps = geometry.Taps;
        var sums = (long)geometry.OutChannels * InputsPerTask * Taps * forward.Lanes;
        var outputBlocks = Math.Max(Blocking.DivideUp(Tasks, InputBlocks), (sums + MostSums - 1) / MostSums);
        OutputBlocks = (int)Math.Min(Cut.Into(geometry.OutChannels, Blocking.TileRows).Tiles, outputBlocks);
        LinesSize = chunks.Count * forward.Lanes;
        SamplesPerBlock = Math.Max(1, BlockSteps / chunks.Count);
        StepsPerBlock = BlockSteps;

        var inputStep = forward.ReadsInPlace ? geometry.Groups * geometry.InChannels * forward.Planes.SourceSize : InputsPerTask * forward.Planes.ChannelSize;
        var steps = new List<TapStep>();
        for (var sample = 0; sample < SamplesPerBlock; sample++)
        {
            for (var chunk = 0; chunk < chunks.Count; chunk++)
            {
                var a = IsWhole
                    ? sample * (nint)geometry.Groups * geometry.OutChannels * geometry.OutSize + chunks[chunk].To
                    : sample * (nint)geometry.OutChannels * LinesSize + chunk * forward.Lanes;
                steps.Add(new(a, sample * inputStep + chunks[chunk].From));
            }
        }
        Steps = new(steps);
    }

    /// <summary>The plan of the convolution itself, whose planes and shifts these are.</summary>
    public CorrelationPlan Forward { get; }

    /// <summary>Whether lines of results are whole vectors, so that dy is read where it stands.</summary>
    public bool IsWhole { get; }

    /// <summary>Elements of a channel of dy with its lines filled up to whole vectors.</summary>
    public int LinesSize { get; }

    /// <summary>Channels in of a task.</summary>
    public int InputsPerTask { get; }

    public int InputBlocks { get; }

    public int OutputBlocks { get; }

    /// <summary>Elements of the kernel for one channel in and one out.</summary>
    public int Taps { get; }

    /// <summary>Samples whose planes stand beside each other.</summary>
    public int SamplesPerBlock { get; }

    /// <summary>Terms that are summed in registers before they are added to the sums in memory, which also bounds the error.</summary>
    public int StepsPerBlock { get; }

    /// <summary>The terms of a block of samples.</summary>
    public Table<TapStep> Steps { get; }
}
