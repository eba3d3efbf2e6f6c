namespace NetDsl.Kernels;

/// <summary>
/// The sizes of a pooling, for one sample, channels first: in [channels, depth, height, width]. A 2-D layer has depth 1, a 1-D layer depth and height 1. Global
/// pooling is the kernel that covers everything.
/// </summary>
public interface IPoolingShape
{
    /// <summary>Channels, each pooled on its own.</summary>
    static abstract int Channels { get; }

    /// <summary>Depth of the input.</summary>
    static virtual int Depth => 1;

    /// <summary>Height of the input.</summary>
    static virtual int Height => 1;

    /// <summary>Width of the input.</summary>
    static abstract int Width { get; }

    /// <summary>Depth of the window.</summary>
    static virtual int KernelDepth => 1;

    /// <summary>Height of the window.</summary>
    static virtual int KernelHeight => 1;

    /// <summary>Width of the window.</summary>
    static abstract int KernelWidth { get; }

    /// <summary>Step of the window along the depth.</summary>
    static virtual int StrideDepth => 1;

    /// <summary>Step of the window along the height.</summary>
    static virtual int StrideHeight => 1;

    /// <summary>Step of the window along the width.</summary>
    static virtual int StrideWidth => 1;

    /// <summary>Distance of the window's elements along the depth.</summary>
    static virtual int DilationDepth => 1;

    /// <summary>Distance of the window's elements along the height.</summary>
    static virtual int DilationHeight => 1;

    /// <summary>Distance of the window's elements along the width.</summary>
    static virtual int DilationWidth => 1;

    /// <summary>Elements added before the first plane.</summary>
    static virtual int PadFront => 0;

    /// <summary>Elements added after the last plane.</summary>
    static virtual int PadBack => 0;

    /// <summary>Elements added above the first line.</summary>
    static virtual int PadTop => 0;

    /// <summary>Elements added below the last line.</summary>
    static virtual int PadBottom => 0;

    /// <summary>Elements added left of the first column.</summary>
    static virtual int PadLeft => 0;

    /// <summary>Elements added right of the last column.</summary>
    static virtual int PadRight => 0;

    /// <summary>
    /// Whether a last window that reaches over the padded input's end counts, provided that it starts in the input or in the padding before it.
    /// </summary>
    static virtual bool CeilMode => false;

    /// <summary>Whether an average divides by the padding's elements too; those beyond the padded input never count.</summary>
    static virtual bool CountIncludesPadding => true;
}
