namespace NetDsl;

/// <summary>
/// A convolution over the axes behind the channels: (channels, length), (channels, height, width) or (channels, depth, height, width).
/// Z[o, p] = b[o] + Σ W[o, i, k]·X[i, stride·p + dilation·k − pad], the kernel not mirrored.
/// </summary>
/// <param name="filters">Channels of the result, at least 1; within a block also a parameter's name, as all arguments of type object.</param>
/// <param name="kernel">Extent of the kernel: one number for all axes, or one for each.</param>
/// <remarks>W is [filters × channels / groups × kernel], as PyTorch has it. LeCun et al., "Gradient-based learning applied to document recognition", 1998.</remarks>
public sealed class ConvAttribute(object filters, params object[] kernel) : LayerAttribute
{
    /// <summary>Channels of the result.</summary>
    public object Filters { get; } = filters;

    /// <summary>Extent of the kernel.</summary>
    public object[] Kernel { get; } = kernel;

    /// <summary>Step of the kernel: one number, or an array with one for each axis; 1 unless set.</summary>
    public object Stride { get; set; } = 1;

    /// <summary>Distance of the kernel's elements: one number, or an array with one for each axis; 1 unless set.</summary>
    public object Dilation { get; set; } = 1;

    /// <summary>Groups of channels that don't see each other; divides the channels on both sides. As many as channels make it depthwise. 1 unless set.</summary>
    public object Groups { get; set; } = 1;

    /// <summary>The rule by which zeros are added around the input; none unless set.</summary>
    public Padding Padding { get; set; }

    /// <summary>Zeros around the input, in place of <see cref="Padding"/>: one number for all sides, one for both sides of each axis, or before and after for each axis.</summary>
    public object? Pads { get; set; }

    /// <summary>Whether the layer adds a bias for each filter; true unless set.</summary>
    public object Bias { get; set; } = true;

    /// <summary>Whether training leaves weights and bias as they are: no code is generated for their gradients, nor for any before them that nothing else needs.</summary>
    public bool Frozen { get; set; }

    /// <summary>How the weights start; Glorot uniform unless set. The bias starts at zero.</summary>
    public Initialization Weights { get; set; }

    /// <summary>The number that the initialisation takes: the constant, the slope of the leaky one, the standard deviation of the normal or the bound of the uniform one.</summary>
    public double WeightsValue { get; set; }
}

/// <summary>
/// The convolution that leads back: the transposed product of a <see cref="ConvAttribute"/> from the result to the input, which spreads each element over the
/// kernel's places. Along an axis the result has (size − 1)·stride − 2·crop + dilation·(kernel − 1) + 1 + outputPadding elements.
/// </summary>
/// <param name="filters">Channels of the result, at least 1; within a block also a parameter's name, as all arguments of type object.</param>
/// <param name="kernel">Extent of the kernel: one number for all axes, or one for each.</param>
/// <remarks>W is [channels × filters / groups × kernel], as PyTorch has it. Zeiler et al., "Deconvolutional networks", 2010.</remarks>
public sealed class TransposedConvAttribute(object filters, params object[] kernel) : LayerAttribute
{
    /// <summary>Channels of the result.</summary>
    public object Filters { get; } = filters;

    /// <summary>Extent of the kernel.</summary>
    public object[] Kernel { get; } = kernel;

    /// <summary>Distance of the places that neighbouring elements are spread to: one number, or an array with one for each axis; 1 unless set.</summary>
    public object Stride { get; set; } = 1;

    /// <summary>Distance of the kernel's elements: one number, or an array with one for each axis; 1 unless set.</summary>
    public object Dilation { get; set; } = 1;

    /// <summary>Groups of channels that don't see each other; divides the channels on both sides. 1 unless set.</summary>
    public object Groups { get; set; } = 1;

    /// <summary>What is cut off both ends of the result, the padding of the convolution back: one number, or an array with one for each axis; 0 unless set.</summary>
    public object Crop { get; set; } = 0;

    /// <summary>Elements more behind the end, below the stride: one number, or an array with one for each axis; 0 unless set.</summary>
    public object OutputPadding { get; set; } = 0;

    /// <summary>Whether the layer adds a bias for each filter; true unless set.</summary>
    public object Bias { get; set; } = true;

    /// <summary>Whether training leaves weights and bias as they are: no code is generated for their gradients, nor for any before them that nothing else needs.</summary>
    public bool Frozen { get; set; }

    /// <summary>How the weights start; Glorot uniform unless set. The bias starts at zero.</summary>
    public Initialization Weights { get; set; }

    /// <summary>The number that the initialisation takes: the constant, the slope of the leaky one, the standard deviation of the normal or the bound of the uniform one.</summary>
    public double WeightsValue { get; set; }
}
