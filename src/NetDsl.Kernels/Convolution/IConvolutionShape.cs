namespace NetDsl.Kernels;

/// <summary>
/// The sizes of a convolution or of its pooling counterpart's window, for one sample, channels first: in [channels, depth, height, width].
/// A 2-D layer has depth 1, a 1-D layer depth and height 1: sizes and kernels 1, strides and dilations 1, pads 0.
/// </summary>
public interface IConvolutionShape
{
    /// <summary>Channels in.</summary>
    static abstract int InChannels { get; }

    /// <summary>Channels out.</summary>
    static abstract int OutChannels { get; }

    /// <summary>Groups of channels that don't see each other; divides both numbers of channels. As many groups as channels make it depthwise.</summary>
    static virtual int Groups => 1;

    /// <summary>Depth of the input.</summary>
    static virtual int Depth => 1;

    /// <summary>Height of the input.</summary>
    static virtual int Height => 1;

    /// <summary>Width of the input.</summary>
    static abstract int Width { get; }

    /// <summary>Depth of the kernel.</summary>
    static virtual int KernelDepth => 1;

    /// <summary>Height of the kernel.</summary>
    static virtual int KernelHeight => 1;

    /// <summary>Width of the kernel.</summary>
    static abstract int KernelWidth { get; }

    /// <summary>Step of the kernel along the depth.</summary>
    static virtual int StrideDepth => 1;

    /// <summary>Step of the kernel along the height.</summary>
    static virtual int StrideHeight => 1;

    /// <summary>Step of the kernel along the width.</summary>
    static virtual int StrideWidth => 1;

    /// <summary>Distance of the kernel's taps along the depth.</summary>
    static virtual int DilationDepth => 1;

    /// <summary>Distance of the kernel's taps along the height.</summary>
    static virtual int DilationHeight => 1;

    /// <summary>Distance of the kernel's taps along the width.</summary>
    static virtual int DilationWidth => 1;

    /// <summary>Zeros before the first plane.</summary>
    static virtual int PadFront => 0;

    /// <summary>Zeros after the last plane.</summary>
    static virtual int PadBack => 0;

    /// <summary>Zeros above the first line.</summary>
    static virtual int PadTop => 0;

    /// <summary>Zeros below the last line.</summary>
    static virtual int PadBottom => 0;

    /// <summary>Zeros left of the first column.</summary>
    static virtual int PadLeft => 0;

    /// <summary>Zeros right of the last column.</summary>
    static virtual int PadRight => 0;

    /// <summary>
    /// How many results there are, at least, for each element of their gradient that isn't 0: a max pooling behind a convolution leaves one in each window.
    /// 1 promises nothing. From 2 on the gradients look for zeros and leave them out where that is faster; a wrong promise costs time and nothing else.
    /// </summary>
    static virtual int ResultsPerGradient => 1;
}
