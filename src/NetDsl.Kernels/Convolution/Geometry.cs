namespace NetDsl.Kernels;

/// <summary>A convolution's sizes as the plans read them.</summary>
internal sealed class Geometry
{
    /// <exception cref="ArgumentException">This is no convolution.</exception>
    public Geometry(int inChannels, int outChannels, int groups, Axis depth, Axis height, Axis width)
    {
        if (groups < 1 || inChannels < 1 || outChannels < 1 || inChannels % groups != 0 || outChannels % groups != 0)
            throw new ArgumentException($"{inChannels} channels in and {outChannels} out do not fall into {groups} groups; groups divide both.");
        depth.Check("depth");
        height.Check("height");
        width.Check("width");
        Groups = groups;
        InChannels = inChannels / groups;
        OutChannels = outChannels / groups;
        InSize = depth.Size * height.Size * width.Size;
        OutSize = depth.Results * height.Results * width.Results;

        // A line of an image on which nothing happens along the width needs no end: 1×1 kernels run through the whole plane.
        if (width.IsTrivial && height.Stride == 1)
            (height, width) = (Axis.None, height.Over(width));
        if (height == Axis.None && width.IsTrivial && depth.Stride == 1)
            (depth, width) = (Axis.None, depth.Over(width));
        Depth = depth;
        Height = height;
        Width = width;
        Taps = depth.Kernel * height.Kernel * width.Kernel;
    }

    public int Groups { get; }

    /// <summary>Channels in of one group.</summary>
    public int InChannels { get; }

    /// <summary>Channels out of one group.</summary>
    public int OutChannels { get; }

    public Axis Depth { get; }

    public Axis Height { get; }

    public Axis Width { get; }

    /// <summary>Elements of an input channel.</summary>
    public int InSize { get; }

    /// <summary>Elements of an output channel.</summary>
    public int OutSize { get; }

    /// <summary>Elements of the kernel for one channel in and one out.</summary>
    public int Taps { get; }

    /// <exception cref="ArgumentException">The shape is no convolution.</exception>
    public static Geometry Of<TShape>()
        where TShape : struct, IConvolutionShape =>
        new(TShape.InChannels, TShape.OutChannels, TShape.Groups, DepthOf<TShape>(), HeightOf<TShape>(), WidthOf<TShape>());

    /// <summary>The shape with <paramref name="samples"/> of its samples as a further, innermost axis; null if it has three already.</summary>
    public static Geometry? Of<TShape>(int samples)
        where TShape : struct, IConvolutionShape =>
        DepthOf<TShape>() == Axis.None
            ? new(TShape.InChannels, TShape.OutChannels, TShape.Groups, HeightOf<TShape>(), WidthOf<TShape>(), Axis.None with { Size = samples })
            : null;

    private static Axis DepthOf<TShape>()
        where TShape : struct, IConvolutionShape =>
        new(TShape.Depth, TShape.KernelDepth, TShape.StrideDepth, TShape.DilationDepth, TShape.PadFront, TShape.PadBack);

    private static Axis HeightOf<TShape>()
        where TShape : struct, IConvolutionShape =>
        new(TShape.Height, TShape.KernelHeight, TShape.StrideHeight, TShape.DilationHeight, TShape.PadTop, TShape.PadBottom);

    private static Axis WidthOf<TShape>()
        where TShape : struct, IConvolutionShape =>
        new(TShape.Width, TShape.KernelWidth, TShape.StrideWidth, TShape.DilationWidth, TShape.PadLeft, TShape.PadRight);
}
