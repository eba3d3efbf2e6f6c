namespace NetDsl.Kernels.Ilgpu;

/// <summary>What computes the matrix products of dense layers on a device.</summary>
public enum Products
{
    /// <summary>The library's own kernels, with the operators behind a product fused into them: one launch a layer.</summary>
    Tiles,

    /// <summary>NVIDIA's cuBLAS, with the operators as a launch of their own behind it.</summary>
    CuBlas,

    /// <summary>
    /// cuBLAS for those products for which it is faster, operators included: both are measured when a shape comes for the first time. Where there is no cuBLAS, tiles. Which one was
    /// faster may differ from run to run, and with it the last bits.
    /// </summary>
    Fastest,
}
