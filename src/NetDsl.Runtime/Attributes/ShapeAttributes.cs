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

/// <summary>Repeats each element along the axes behind the channels: (channels, height, width) → (channels, factor·height, factor·width).</summary>
/// <param name="factor">How often: one number for all axes, or one for each.</param>
public sealed class UpsampleAttribute(params object[] factor) : LayerAttribute
{
    /// <summary>How often each element stands.</summary>
    public object[] Factor { get; } = factor;
}

/// <summary>Lays channels of zeros around those there are, as many before as behind them, and one more behind where their number is odd.</summary>
/// <param name="width">Channels of the result, at least those of the input; within a block also a parameter's name.</param>
public sealed class PadChannelsAttribute(object width) : LayerAttribute
{
    /// <summary>Channels of the result.</summary>
    public object Width { get; } = width;
}
