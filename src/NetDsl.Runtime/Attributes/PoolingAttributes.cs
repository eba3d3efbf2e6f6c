namespace NetDsl;

/// <summary>The largest element of each window, channel by channel; of equal ones the first takes the gradient.</summary>
/// <param name="size">Extent of the window: one number for all axes behind the channels, or one for each.</param>
public sealed class MaxPoolAttribute(params int[] size) : LayerAttribute
{
    /// <summary>Extent of the window.</summary>
    public int[] Size { get; } = size;

    /// <summary>Step of the window: one number, or an array with one for each axis; the window's extent unless set.</summary>
    public object? Stride { get; set; }

    /// <summary>Distance of the window's elements: one number, or an array with one for each axis; 1 unless set.</summary>
    public object Dilation { get; set; } = 1;

    /// <summary>The rule by which the input is padded; not at all unless set.</summary>
    public Padding Padding { get; set; }

    /// <summary>Padding in place of the rule: one number for all sides, one for both sides of each axis, or before and after for each axis.</summary>
    public object? Pads { get; set; }

    /// <summary>Whether a last window counts that reaches over the end, if it starts in the input or in the padding before it.</summary>
    public bool CeilMode { get; set; }
}
