namespace NetDsl.Kernels.Ilgpu.Windows;

/// <summary>How a window moves over a sample's channel, for convolutions and poolings alike; constants for the compiler.</summary>
internal interface IWindowShape
{
    static abstract WindowAxis Depth { get; }

    static abstract WindowAxis Height { get; }

    static abstract WindowAxis Width { get; }
}

/// <summary>One axis of a window's way.</summary>
/// <param name="Size">Elements in.</param>
/// <param name="Results">Elements out.</param>
/// <param name="Kernel">Taps.</param>
/// <param name="Stride">From result to result.</param>
/// <param name="Dilation">From tap to tap.</param>
/// <param name="Before">Padding before the first element.</param>
/// <param name="After">Padding behind the last one.</param>
internal readonly record struct WindowAxis(int Size, int Results, int Kernel, int Stride, int Dilation, int Before, int After)
{
    /// <summary>Results whose windows fit into the padded input, or, with the ceiling mode, start in it or in the padding before it.</summary>
    public static WindowAxis Of(int size, int kernel, int stride, int dilation, int before, int after, bool ceilMode)
    {
        var rest = size + before + after - dilation * (kernel - 1) - 1;
        var results = rest / stride + 1;
        if (ceilMode && rest % stride != 0 && results * stride < size + before)
            results++;
        return new(size, results, kernel, stride, dilation, before, after);
    }

    /// <summary>The element that a tap reads at a place; it may lie in the padding.</summary>
    public int Source(int place, int tap) => place * Stride + tap * Dilation - Before;

    /// <summary>The place at which a tap reads an element, or −1.</summary>
    public int Place(int element, int tap)
    {
        var way = element + Before - tap * Dilation;
        var place = way / Stride;
        return way >= 0 && place * Stride == way && place < Results ? place : -1;
    }

    /// <summary>Whether an element is one of the input's, or of its padding's.</summary>
    public bool Counts(int element, bool withPadding) => withPadding ? element >= -Before && element < Size + After : element >= 0 && element < Size;
}

/// <summary>The window of a convolution.</summary>
internal readonly struct ConvolutionWindow<TShape> : IWindowShape
    where TShape : struct, NetDsl.Kernels.IConvolutionShape
{
    public static WindowAxis Depth => WindowAxis.Of(TShape.Depth, TShape.KernelDepth, TShape.StrideDepth, TShape.DilationDepth, TShape.PadFront, TShape.PadBack, ceilMode: false);

    public static WindowAxis Height => WindowAxis.Of(TShape.Height, TShape.KernelHeight, TShape.StrideHeight, TShape.DilationHeight, TShape.PadTop, TShape.PadBottom, ceilMode: false);

    public static WindowAxis Width => WindowAxis.Of(TShape.Width, TShape.KernelWidth, TShape.StrideWidth, TShape.DilationWidth, TShape.PadLeft, TShape.PadRight, ceilMode: false);
}

/// <summary>The window of a pooling.</summary>
internal readonly struct PoolingWindow<TShape> : IWindowShape
    where TShape : struct, NetDsl.Kernels.IPoolingShape
{
    public static WindowAxis Depth => WindowAxis.Of(TShape.Depth, TShape.KernelDepth, TShape.StrideDepth, TShape.DilationDepth, TShape.PadFront, TShape.PadBack, TShape.CeilMode);

    public static WindowAxis Height => WindowAxis.Of(TShape.Height, TShape.KernelHeight, TShape.StrideHeight, TShape.DilationHeight, TShape.PadTop, TShape.PadBottom, TShape.CeilMode);

    public static WindowAxis Width => WindowAxis.Of(TShape.Width, TShape.KernelWidth, TShape.StrideWidth, TShape.DilationWidth, TShape.PadLeft, TShape.PadRight, TShape.CeilMode);
}

/// <summary>Places, taps and elements of a channel by number, row-major.</summary>
internal static class Window<TWindow>
    where TWindow : struct, IWindowShape
{
    /// <summary>Elements of a channel.</summary>
    public static int Elements => TWindow.Depth.Size * TWindow.Height.Size * TWindow.Width.Size;

    /// <summary>Results of a channel.</summary>
    public static int Places => TWindow.Depth.Results * TWindow.Height.Results * TWindow.Width.Results;

    /// <summary>Taps of the kernel.</summary>
    public static int Taps => TWindow.Depth.Kernel * TWindow.Height.Kernel * TWindow.Width.Kernel;

    /// <summary>The element that a tap reads at a place, or −1 in the padding.</summary>
    public static int Source(int place, int tap)
    {
        var (z, y, x) = Sources(place, tap);
        return z >= 0 && z < TWindow.Depth.Size && y >= 0 && y < TWindow.Height.Size && x >= 0 && x < TWindow.Width.Size
            ? (z * TWindow.Height.Size + y) * TWindow.Width.Size + x
            : -1;
    }

    /// <summary>The place at which a tap reads an element, or −1.</summary>
    public static int Place(int element, int tap)
    {
        var line = element / TWindow.Width.Size;
        var (kernelLine, kernelX) = (tap / TWindow.Width.Kernel, tap % TWindow.Width.Kernel);
        var x = TWindow.Width.Place(element % TWindow.Width.Size, kernelX);
        var y = TWindow.Height.Place(line % TWindow.Height.Size, kernelLine % TWindow.Height.Kernel);
        var z = TWindow.Depth.Place(line / TWindow.Height.Size, kernelLine / TWindow.Height.Kernel);
        return x >= 0 && y >= 0 && z >= 0 ? (z * TWindow.Height.Results + y) * TWindow.Width.Results + x : -1;
    }

    /// <summary>Whether an average counts what a tap reads at a place.</summary>
    public static bool Counts(int place, int tap, bool withPadding)
    {
        var (z, y, x) = Sources(place, tap);
        return TWindow.Depth.Counts(z, withPadding) && TWindow.Height.Counts(y, withPadding) && TWindow.Width.Counts(x, withPadding);
    }

    private static (int Z, int Y, int X) Sources(int place, int tap)
    {
        var (line, kernelLine) = (place / TWindow.Width.Results, tap / TWindow.Width.Kernel);
        return (
            TWindow.Depth.Source(line / TWindow.Height.Results, kernelLine / TWindow.Height.Kernel),
            TWindow.Height.Source(line % TWindow.Height.Results, kernelLine % TWindow.Height.Kernel),
            TWindow.Width.Source(place % TWindow.Width.Results, tap % TWindow.Width.Kernel));
    }
}
