namespace NetDsl;

/// <summary>The elements of a sample as one axis, row-major: (channels, height, width) → (features). Copies nothing.</summary>
public sealed class FlattenAttribute : LayerAttribute;
