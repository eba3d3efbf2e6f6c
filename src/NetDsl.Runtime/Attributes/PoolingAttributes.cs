namespace NetDsl;

/// <summary>The largest element of each window, channel by channel; of equal ones the first takes the gradient.</summary>
/// <param name="size">Extent of the window: one number for all axes behind the channels, or one for each.</param>
public sealed class MaxPoolAttribute(params object[] size) : LayerAttribute
{
    /// <summary>Extent of the window.</summary>
    public object[] Size { get; } = size;

    /// <summary>Step of the window: one number, or an array with one for each axis; the window's extent unless set.</summary>
    public object? Stride { get; set; }

    /// <summary>Distance of the window's elements: one number, or an array with one for each axis; 1 unless set.</summary>
    public object Dilation { get; set; } = 1;

    /// <summary>The rule by which the input is padded; not at all unless set.</summary>
    public Padding Padding { get; set; }

    /// <summary>Padding in place of the rule: one number for all sides, one for both sides of each axis, or before and after for each axis.</summary>
    public object? Pads { get; set; }

    /// <summary>Whether a last window counts that reaches over the end, if it starts in the input or in the padding before it.</summary>
    public object CeilMode { get; set; } = false;
}

/// <summary>The average of each window, channel by channel.</summary>
/// <param name="size">Extent of the window: one number for all axes behind the channels, or one for each.</param>
public sealed class AveragePoolAttribute(params object[] size) : LayerAttribute
{
    /// <summary>Extent of the window.</summary>
    public object[] Size { get; } = size;

    /// <summary>Step of the window: one number, or an array with one for each axis; the window's extent unless set.</summary>
    public object? Stride { get; set; }

    /// <summary>The rule by which the input is padded with zeros; not at all unless set.</summary>
    public Padding Padding { get; set; }

    /// <summary>Padding in place of the rule: one number for all sides, one for both sides of each axis, or before and after for each axis.</summary>
    public object? Pads { get; set; }

    /// <summary>Whether padding counts among the elements that an average divides by; true unless set, as in PyTorch.</summary>
    public object IncludePadding { get; set; } = true;

    /// <summary>Whether a last window counts that reaches over the end, if it starts in the input or in the padding before it.</summary>
    public object CeilMode { get; set; } = false;
}

/// <summary>The root of the sum of squares of each window, channel by channel.</summary>
/// <param name="size">Extent of the window: one number for all axes behind the channels, or one for each.</param>
/// <remarks>A sum, where some definitions take the mean. The gradient of a window of zeros is 0.</remarks>
public sealed class L2PoolAttribute(params object[] size) : LayerAttribute
{
    /// <summary>Extent of the window.</summary>
    public object[] Size { get; } = size;

    /// <summary>Step of the window: one number, or an array with one for each axis; the window's extent unless set.</summary>
    public object? Stride { get; set; }

    /// <summary>The rule by which the input is padded with zeros; not at all unless set.</summary>
    public Padding Padding { get; set; }

    /// <summary>Padding in place of the rule: one number for all sides, one for both sides of each axis, or before and after for each axis.</summary>
    public object? Pads { get; set; }

    /// <summary>Whether a last window counts that reaches over the end, if it starts in the input or in the padding before it.</summary>
    public object CeilMode { get; set; } = false;
}

/// <summary>The average of each channel: (channels, height, width) → (channels).</summary>
/// <remarks>Lin, Chen, Yan, "Network in network", 2014.</remarks>
public sealed class GlobalAveragePoolAttribute : LayerAttribute;

/// <summary>The largest element of each channel: (channels, height, width) → (channels); of equal ones the first takes the gradient.</summary>
public sealed class GlobalMaxPoolAttribute : LayerAttribute;
