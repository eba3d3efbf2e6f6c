namespace NetDsl.Kernels;

/// <summary>
/// The sizes of an upsampling, for one sample, channels first: in [channels, depth, height, width], out the factors times as much along each axis. A 2-D layer
/// has depth 1, a 1-D layer depth and height 1.
/// </summary>
public interface IUpsamplingShape
{
    /// <summary>Channels, each upsampled on its own.</summary>
    static abstract int Channels { get; }

    /// <summary>Depth of the input.</summary>
    static virtual int Depth => 1;

    /// <summary>Height of the input.</summary>
    static virtual int Height => 1;

    /// <summary>Width of the input.</summary>
    static abstract int Width { get; }

    /// <summary>Planes of the result for each of the input.</summary>
    static virtual int FactorDepth => 1;

    /// <summary>Lines of the result for each of the input.</summary>
    static virtual int FactorHeight => 1;

    /// <summary>Columns of the result for each of the input.</summary>
    static virtual int FactorWidth => 1;

    /// <summary>
    /// Whether the centres of the corner elements meet, so that result i stands at i·(in − 1)/(out − 1). Otherwise their outer edges do, and result i stands at
    /// (i + ½)/factor − ½, or at the nearest element where that lies outside.
    /// </summary>
    static virtual bool AlignCorners => false;
}
