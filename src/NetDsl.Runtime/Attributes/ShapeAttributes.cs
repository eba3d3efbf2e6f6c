namespace NetDsl;

/// <summary>The elements of a sample as one axis, row-major: (channels, height, width) → (features). Copies nothing.</summary>
public sealed class FlattenAttribute : LayerAttribute;

/// <summary>The elements of a sample with other extents, row-major. Copies nothing.</summary>
/// <param name="shape">The new extents, outermost first; one of them may be −1, which takes what the others leave.</param>
public sealed class ReshapeAttribute(params object[] shape) : LayerAttribute
{
    /// <summary>The new extents.</summary>
    public object[] Shape { get; } = shape;
}

/// <summary>How an <see cref="UpsampleAttribute"/> fills the places between elements.</summary>
public enum UpsampleMode
{
    /// <summary>Each element repeated.</summary>
    Nearest,

    /// <summary>Linear interpolation along each axis: bilinear over an image, trilinear over a volume.</summary>
    Linear,
}

/// <summary>Enlarges the axes behind the channels: (channels, height, width) → (channels, factor·height, factor·width).</summary>
/// <param name="factor">How much: one number for all axes, or one for each.</param>
/// <remarks>
/// Linear interpolation puts result i at (i + ½)/factor − ½ of the input, or at the nearest element where that lies outside, as PyTorch, TensorFlow and OpenCV do.
/// </remarks>
public sealed class UpsampleAttribute(params object[] factor) : LayerAttribute
{
    /// <summary>How many elements come of each, along each axis.</summary>
    public object[] Factor { get; } = factor;

    /// <summary>Repeats elements unless set.</summary>
    public UpsampleMode Mode { get; set; }

    /// <summary>Whether interpolation puts result i at i·(in − 1)/(out − 1), so that the outermost elements stay the outermost ones; false unless set.</summary>
    public bool AlignCorners { get; set; }
}

/// <summary>Lays channels of zeros around those there are, as many before as behind them, and one more behind where their number is odd.</summary>
/// <param name="width">Channels of the result, at least those of the input; within a block also a parameter's name.</param>
public sealed class PadChannelsAttribute(object width) : LayerAttribute
{
    /// <summary>Channels of the result.</summary>
    public object Width { get; } = width;
}
