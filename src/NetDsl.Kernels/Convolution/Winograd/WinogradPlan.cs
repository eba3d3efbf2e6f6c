using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>
/// A 3×3 convolution of stride 1 by tiles of 2×2 results, F(2×2, 3×3): Y = Aᵀ[(G·g·Gᵀ) ⊙ (Bᵀ·d·B)]A takes 16 products for each tile and pair of channels where the sum
/// itself takes 36. Summed over channels, each of the 16 is a matrix product. Made once for each shape.
/// </summary>
/// <remarks>
/// Lavin and Gray, "Fast algorithms for convolutional neural networks", 2015. All factors are 0, ±1 and ½, so small integers stay exact. Results that an infinite
/// element is part of may be NaN where the sum is infinite; no others change.
/// </remarks>
internal sealed class WinogradPlan
{
    /// <summary>Elements of a transformed tile.</summary>
    public const int Products = 16;

    /// <summary>Elements of a kernel.</summary>
    public const int Taps = 9;

    /// <summary>Results along a tile's side.</summary>
    public const int TileSide = 2;

    /// <summary>Channels on either side from which on the transforms cost less than they save.</summary>
    private const int FewestChannels = 12;

    /// <summary>The same where samples can stand side by side, which fills the vectors without transforms.</summary>
    private const int FewestChannelsOverSamples = 32;

    /// <summary>The same of images with less than <see cref="SmallImage"/> results.</summary>
    private const int FewestChannelsOfSmallImages = 96;

    /// <summary>6×6 results: lines of tiles of smaller images fill no vector.</summary>
    private const int SmallImage = 36;

    /// <summary>Tiles of a batch from which on they save more than the transform of the weights costs.</summary>
    private const int FewestTiles = 64;

    /// <summary>Vectors of tiles of a block at least; a longer line is a block all the same.</summary>
    private const int FewestBlockVectors = 2;

    /// <summary>Vectors of tiles of a block at most.</summary>
    private const int MostBlockVectors = 8;

    /// <summary>Elements of a block's transformed tiles where it has more than the fewest: they stay in the second cache beside the sums.</summary>
    private const int BlockElements = 1 << 16;

    public WinogradPlan(Geometry geometry, bool isGradient, int lanes)
    {
        IsGradient = isGradient;
        Lanes = lanes;
        (Sources, Rows) = isGradient ? (geometry.OutChannels, geometry.InChannels) : (geometry.InChannels, geometry.OutChannels);
        (SourceHeight, SourceWidth) = isGradient ? (geometry.Height.Results, geometry.Width.Results) : (geometry.Height.Size, geometry.Width.Size);
        (Height, Width) = isGradient ? (geometry.Height.Size, geometry.Width.Size) : (geometry.Height.Results, geometry.Width.Results);
        (Top, Left) = isGradient ? (2 - geometry.Height.Before, 2 - geometry.Width.Before) : (geometry.Height.Before, geometry.Width.Before);
        TilesY = Blocking.DivideUp(Height, TileSide);
        TilesX = Blocking.DivideUp(Width, TileSide);
    }

    /// <summary>Whether this is the gradient of the input: the convolution of dy with the mirrored kernel, channels in and out exchanged.</summary>
    public bool IsGradient { get; }

    /// <summary>Elements of the products' vectors.</summary>
    public int Lanes { get; }

    /// <summary>Channels that are read.</summary>
    public int Sources { get; }

    /// <summary>Channels of the result.</summary>
    public int Rows { get; }

    public int SourceHeight { get; }

    public int SourceWidth { get; }

    public int SourceSize => SourceHeight * SourceWidth;

    /// <summary>Lines of the result.</summary>
    public int Height { get; }

    /// <summary>Columns of the result.</summary>
    public int Width { get; }

    public int ResultSize => Height * Width;

    /// <summary>Zeros before the first line.</summary>
    public int Top { get; }

    /// <summary>Zeros before the first column.</summary>
    public int Left { get; }

    /// <summary>Lines of tiles of a sample, the last one perhaps half empty.</summary>
    public int TilesY { get; }

    /// <summary>Tiles of a line.</summary>
    public int TilesX { get; }

    /// <summary>How the lines of a batch are cut into blocks: into <paramref name="fewest"/> at least where they are many.</summary>
    public TileBlocks Blocks(int samples, int fewest)
    {
        var lines = samples * TilesY;
        var vectors = Math.Min(MostBlockVectors, BlockElements / (Products * Math.Max(Sources, Rows) * Lanes));
        vectors = Math.Max(FewestBlockVectors, Math.Min(vectors, (int)((long)lines * TilesX / (fewest * Lanes))));
        var linesPerBlock = Math.Max(1, vectors * Lanes / TilesX);
        return new(lines, linesPerBlock, (Blocking.DivideUp(linesPerBlock * TilesX, Lanes) + 1) * Lanes);
    }

    /// <summary>
    /// Elements of the vectors of tiles that are transformed: as many as the products', fewer where a line of tiles would leave half of them empty or the processor
    /// can't take such vectors apart.
    /// </summary>
    public int TileLanes<T>()
        where T : unmanaged =>
        Fits<Simd512<T>, T>() ? Simd512<T>.Count : Fits<Simd256<T>, T>() ? Simd256<T>.Count : Simd128<T>.Count;

    /// <summary>Whether there are enough tiles for the transform of the weights to pay and, where samples could stand side by side, enough channels.</summary>
    public bool Pays(int samples, bool bySamples) =>
        samples * TilesY * TilesX >= FewestTiles && (!bySamples || Math.Min(Sources, Rows) >= (ResultSize < SmallImage ? FewestChannelsOfSmallImages : FewestChannelsOverSamples));

    /// <summary>Whether the shape has such tiles.</summary>
    public static bool Suits(Geometry geometry)
    {
        return geometry.Groups == 1 && geometry.Depth == Axis.None && Is(geometry.Height) && Is(geometry.Width);

        static bool Is(Axis axis) => axis is { Kernel: 3, Stride: 1, Dilation: 1, Before: <= 2, After: <= 2 };
    }

    /// <summary>The plan for the hardware's vectors, or null where tiles aren't faster.</summary>
    public static WinogradPlan? Of<T>(Geometry geometry, bool isGradient)
        where T : unmanaged
    {
        var lanes = ConvolutionLanes.Widest<T>();
        if (lanes < Simd128<T>.Count || !Pairs.AreFast<Simd128<T>, T>() || !Suits(geometry) || Math.Min(geometry.InChannels, geometry.OutChannels) < FewestChannels)
            return null;
        var plan = new WinogradPlan(geometry, isGradient, lanes);
        return plan.Saves ? plan : null;
    }

    // Half-empty tiles can take as many products as the sum: a third has to be saved.
    private bool Saves => 3L * Products * TilesY * TilesX <= 2L * Taps * ResultSize;

    private bool Fits<V, T>()
        where V : struct, ISimd<V, T>
        where T : unmanaged => V.Count <= Lanes && TilesX > V.Count / 2 && Pairs.AreFast<V, T>();
}

/// <summary>Lines of tiles, counted over all samples, cut into blocks that are transformed and multiplied together.</summary>
/// <param name="Lines">Lines of tiles of all samples.</param>
/// <param name="LinesPerBlock">Those of a block, perhaps of several samples; the last one may have fewer.</param>
/// <param name="Stride">From one channel's tiles of a block to the next one's: whole vectors, and one to write over.</param>
internal readonly record struct TileBlocks(int Lines, int LinesPerBlock, int Stride)
{
    /// <summary>How many.</summary>
    public int Count => Blocking.DivideUp(Lines, LinesPerBlock);

    /// <summary>The first line of a block.</summary>
    public int Start(int block) => block * LinesPerBlock;

    /// <summary>The line behind a block's last.</summary>
    public int End(int block) => Math.Min(Lines, (block + 1) * LinesPerBlock);
}

/// <summary>Lines of tiles of one sample, within a block.</summary>
/// <param name="Sample">The sample.</param>
/// <param name="First">The first of them, counted within the sample.</param>
/// <param name="Count">How many.</param>
/// <param name="At">The first of them, counted within the block.</param>
internal readonly record struct TileLines(int Sample, int First, int Count, int At)
{
    /// <summary>Those that begin <paramref name="at"/> lines behind the block's first, which is <paramref name="start"/> of all samples; <paramref name="end"/> is behind its last.</summary>
    public static TileLines Of(WinogradPlan plan, int start, int end, int at)
    {
        var (sample, first) = int.DivRem(start + at, plan.TilesY);
        return new(sample, first, Math.Min(plan.TilesY - first, end - start - at), at);
    }
}
