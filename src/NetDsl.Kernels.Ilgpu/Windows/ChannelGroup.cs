using NetDsl.Kernels.Ilgpu.Gemm;

namespace NetDsl.Kernels.Ilgpu.Windows;

/// <summary>Groups of channels of a convolution that don't see each other.</summary>
internal static class ChannelGroup<TShape>
    where TShape : struct, NetDsl.Kernels.IConvolutionShape
{
    // Of a product's tile of 32 rows, fewer would leave more than three quarters empty.
    private const int Tile = 8;

    /// <summary>Channels in of one group.</summary>
    public static int In => TShape.InChannels / TShape.Groups;

    /// <summary>Channels out of one group.</summary>
    public static int Out => TShape.OutChannels / TShape.Groups;

    /// <summary>Weights of one channel out.</summary>
    public static int Patch => In * Window<ConvolutionWindow<TShape>>.Taps;

    /// <summary>Whether groups have too few channels for the tiles of a product, as depthwise convolutions do.</summary>
    public static bool IsNarrow => TShape.Groups > 1 && In < Tile && Out < Tile;

    /// <summary>The first channel in of the group that a product's thread works on.</summary>
    public static int FirstIn => ProductShare.Group(TShape.Groups) * In;

    /// <summary>Its first channel out.</summary>
    public static int FirstOut => ProductShare.Group(TShape.Groups) * Out;
}
