namespace NetDsl;

/// <summary>Random streams by purpose, so that one seed can serve several without their draws being the same; tensors take 0, 1, 2 …</summary>
internal static class RandomStreams
{
    public const ulong Dataset = 1UL << 32;
    public const ulong Epochs = 2UL << 32;
    public const ulong GradientCheck = 3UL << 32;

    /// <summary>The numbers that a sample is changed by in an epoch.</summary>
    public static ulong Augmentation(ulong epoch, int sample) => 1UL << 63 | epoch << 32 | (uint)sample;
}
