using System.Numerics;
using NetDsl.Kernels.Ilgpu.Device;

namespace NetDsl.Kernels.Ilgpu.Gemm;

/// <summary>Launches products: the tile and the parts of the depth follow from the extents alone, so that results are the same on every device.</summary>
internal static class Product
{
    // Groups that keep a large device busy, and the shortest depth that is worth a group.
    private const int Busy = 128;
    private const int PartDepth = 128;

    /// <summary>Computes a product.</summary>
    public static void Run<T, TProduct>(DeviceCore device, TProduct product)
        where T : unmanaged, INumber<T>
        where TProduct : struct, IProduct<T>
    {
        if (product.Rows == 0 || product.Columns == 0)
            return;
        // 64 doubles would take more registers than a thread has without spilling.
        if (typeof(T) == typeof(float) && Tiles<T, TProduct>(product, 128) >= Busy)
            Run<T, TProduct, Block8<T>, Side16>(device, product);
        else if (Tiles<T, TProduct>(product, 64) >= Busy / 2 || Tiles<T, TProduct>(product, 32) >= 4 * Busy)
            Run<T, TProduct, Block4<T>, Side16>(device, product);
        else
            Run<T, TProduct, Block4<T>, Side8>(device, product);
    }

    private static void Run<T, TProduct, TBlock, TSide>(DeviceCore device, TProduct product)
        where T : unmanaged, INumber<T>
        where TProduct : struct, IProduct<T>
        where TBlock : struct, IRegisterBlock<TBlock, T>
        where TSide : struct, IGroupSide
    {
        var tile = TSide.Threads * TBlock.Size;
        var parts = (int)Math.Clamp(Math.Min(Busy / Tiles<T, TProduct>(product, tile), product.Depth / PartDepth), 1, 1 << 15);
        var partDepth = RoundUp(Math.Max((product.Depth + parts - 1) / parts, 1), 4 * TSide.Threads / TBlock.Size);
        parts = Math.Max((product.Depth + partDepth - 1) / partDepth, 1);
        var columnTiles = (product.Columns + tile - 1) / tile;
        // All tiles along the one axis that takes more than 65,535 groups.
        var grid = Work.Grid(columnTiles * ((product.Rows + tile - 1) / tile), 1, parts * TProduct.Groups);
        var size = product.Rows * product.Columns;
        using (device.TakeTurn())
        {
            var partial = parts == 1 ? default : device.Scratch<T>((long)parts * TProduct.Groups * size);
            device.Launch(grid, TSide.Threads * TSide.Threads, new ProductKernel<T, TProduct, TBlock, TSide>(product, partial, partDepth, columnTiles));
            if (parts > 1)
                device.Launch(Work.Grid((size + Work.Threads - 1) / Work.Threads, 1, TProduct.Groups), Work.Threads, new PartSumKernel<T, TProduct>(product, partial, parts));
        }
    }

    private static long Tiles<T, TProduct>(TProduct product, int tile)
        where T : unmanaged
        where TProduct : struct, IProduct<T>
        => (long)((product.Columns + tile - 1) / tile) * ((product.Rows + tile - 1) / tile) * TProduct.Groups;

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
