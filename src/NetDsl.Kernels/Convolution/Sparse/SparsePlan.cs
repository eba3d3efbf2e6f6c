using System.Runtime.CompilerServices;

namespace NetDsl.Kernels;

/// <summary>
/// How the gradients of a convolution go about when most of dy is 0, as behind a max pooling: each element of dy that isn't meets the patch of the input
/// that its result was made of. Channels stand last there, so that a row of the patch is one stretch of memory.
/// </summary>
internal sealed class SparsePlan
{
    /// <summary>Accumulators of one loop: enough to hide the latency of their sums.</summary>
    public const int LoopVectors = 8;

    /// <summary>How much longer a multiply-add takes here than in tiles, which load one operand for several of them.</summary>
    private const int CostOfWeights = 2;

    /// <summary>The same for the input's gradient.</summary>
    private const int CostOfInput = 3;

    /// <summary>A usual L2 cache.</summary>
    private const int ChunkBytes = 1 << 20;

    /// <summary>Most of the smallest L1 cache in use.</summary>
    private const int BlockBytes = 24 << 10;

    /// <summary>What of the L2 cache the rows of a larger image may take.</summary>
    private const int RowsBytes = 256 << 10;

    /// <summary>Elements of the widest vector.</summary>
    private const int WidestVector = 16;

    public SparsePlan(Geometry geometry, int resultsPerGradient, int lanes, int elementSize)
    {
        Geometry = geometry;
        Lanes = lanes;
        PatchRow = geometry.Width.Kernel * geometry.InChannels;
        RowVectors = Blocking.DivideUp(PatchRow, lanes);
        Vectors = geometry.Height.Kernel * RowVectors;
        Cut = Cut.Into(Vectors, LoopVectors);

        // A row of a patch ends with a vector that may reach over its end, though never into the next row.
        var (height, width) = (geometry.Height, geometry.Width);
        Pitch = Math.Max((width.Before + width.Size + width.After) * geometry.InChannels, RowVectors * lanes);
        SampleSize = (height.Before + height.Size + height.After) * Pitch + RowVectors * lanes;

        var places = new int[geometry.OutSize];
        for (var y = 0; y < height.Results; y++)
        {
            for (var x = 0; x < width.Results; x++)
                places[y * width.Results + x] = y * height.Stride * Pitch + x * width.Stride * geometry.InChannels;
        }
        Places = new(places);
        Filters = new([.. Enumerable.Range(0, geometry.OutChannels).Select(filter => filter * Vectors * lanes)]);
        InImage = new([.. Enumerable.Range(0, Vectors).Select(vector => (nint)(vector / RowVectors * height.Dilation * Pitch + vector % RowVectors * lanes))]);
        InFilter = new([.. Enumerable.Range(0, Vectors).Select(vector => (nint)vector * lanes)]);
        SampleWork = (long)geometry.OutChannels * geometry.OutSize / resultsPerGradient * Vectors * lanes;
        SamplesPerChunk = Math.Max(1, ChunkBytes / elementSize / SampleSize);
        SamplesPerBlock = Math.Clamp(BlockBytes / elementSize / SampleSize, 1, SamplesPerChunk);
        var span = (height.Kernel - 1) * height.Dilation + 1;
        RowsPerBlock = Math.Clamp((RowsBytes / elementSize / Pitch - span) / height.Stride + 1, 1, height.Results);
    }

    public Geometry Geometry { get; }

    public int Lanes { get; }

    /// <summary>Elements of a row of a patch: the kernel's width times the channels in.</summary>
    public int PatchRow { get; }

    /// <summary>Vectors of a row of a patch.</summary>
    public int RowVectors { get; }

    /// <summary>Vectors of a patch.</summary>
    public int Vectors { get; }

    /// <summary>The vectors of a patch cut into loops.</summary>
    public Cut Cut { get; }

    /// <summary>Elements from row to row of the padded image, channels last.</summary>
    public int Pitch { get; }

    /// <summary>Elements of a padded image.</summary>
    public int SampleSize { get; }

    /// <summary>Where the patch of each result begins in the image.</summary>
    public Table<int> Places { get; }

    /// <summary>Where each filter begins among the filters, channels last.</summary>
    public Table<int> Filters { get; }

    /// <summary>Where the vectors of a patch stand in an image, from the patch's place on.</summary>
    public Table<nint> InImage { get; }

    /// <summary>Where they stand in a filter.</summary>
    public Table<nint> InFilter { get; }

    /// <summary>Multiply-adds of a sample.</summary>
    public long SampleWork { get; }

    /// <summary>Samples whose images are kept at a time.</summary>
    public int SamplesPerChunk { get; }

    /// <summary>Samples whose images stay in the L1 cache.</summary>
    public int SamplesPerBlock { get; }

    /// <summary>Rows of results whose patches stay in the L2 cache: all of them where a block has several samples.</summary>
    public int RowsPerBlock { get; }

    /// <summary>Results of so many rows.</summary>
    public int PlacesPerBlock => RowsPerBlock * Geometry.Width.Results;

    /// <summary>Whether the input's gradient is faster this way, too: it turns dy and its result, and has less to do at a place.</summary>
    public bool IsForInput { get; init; }

    /// <summary>Whether there is such a plan: for planes and lines without groups, where a row of a patch has no gaps, as long as places are numbers of 32 bits.</summary>
    public static bool Suits(Geometry geometry) =>
        geometry.Groups == 1 && geometry.Depth == Axis.None && (geometry.Width.Dilation == 1 || geometry.Width.Kernel == 1)
        && (Padded(geometry.Height) + 1) * (Padded(geometry.Width) + WidestVector) * geometry.InChannels <= int.MaxValue;

    /// <summary>The plan, or null where another way is faster or the shape doesn't suit.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="resultsPerGradient">Results for each element of dy that isn't 0, at least.</param>
    public static SparsePlan? Of<T>(Geometry geometry, int resultsPerGradient)
        where T : unmanaged
    {
        if (resultsPerGradient <= 1 || !Suits(geometry))
            return null;
        var patchRow = geometry.Width.Kernel * geometry.InChannels;
        // Time goes into loads, of which wide vectors take half as many: that's worth an eighth of the lanes.
        var widest = ConvolutionLanes.Widest<T>();
        var lanes = Blocking.DivideUp(patchRow, widest) * widest <= patchRow + patchRow / 8 ? widest : ConvolutionLanes.Choose<T>(patchRow);
        var computed = Blocking.DivideUp(patchRow, lanes) * lanes;
        return CostOfWeights * computed < patchRow * resultsPerGradient
            ? new(geometry, resultsPerGradient, lanes, Unsafe.SizeOf<T>()) { IsForInput = CostOfInput * computed < patchRow * resultsPerGradient }
            : null;
    }

    private static long Padded(Axis axis) => (long)axis.Before + axis.Size + axis.After;
}
