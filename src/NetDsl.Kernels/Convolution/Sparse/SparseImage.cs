namespace NetDsl.Kernels;

/// <summary>Images, filters and their gradients, between channels first as networks have them and channels last.</summary>
internal static unsafe class SparseImage
{
    /// <summary>The padded image, channels last, of a sample.</summary>
    public static void Fill<T>(SparsePlan plan, T* x, T* image)
        where T : unmanaged
    {
        var (height, width, channels) = (plan.Geometry.Height, plan.Geometry.Width, plan.Geometry.InChannels);
        if (height.Before + height.After + width.Before + width.After > 0)
            new Span<T>(image, plan.SampleSize).Clear();
        for (var y = 0; y < height.Size; y++)
        {
            Turn.Block(
                x + y * width.Size, plan.Geometry.InSize, image + (height.Before + y) * plan.Pitch + width.Before * channels, channels, channels, width.Size);
        }
    }

    /// <summary>What stands in the padded image without its pads, channels first.</summary>
    public static void Collect<T>(SparsePlan plan, T* image, T* x)
        where T : unmanaged
    {
        var (height, width, channels) = (plan.Geometry.Height, plan.Geometry.Width, plan.Geometry.InChannels);
        for (var y = 0; y < height.Size; y++)
        {
            Turn.Block(
                image + (height.Before + y) * plan.Pitch + width.Before * channels, channels, x + y * width.Size, plan.Geometry.InSize, width.Size, channels);
        }
    }

    /// <summary>The filters, channels last, each row of a patch filled up with zeros to whole vectors.</summary>
    public static void FillFilters<T>(SparsePlan plan, T* weight, T* filters)
        where T : unmanaged
    {
        var (height, width, channels) = (plan.Geometry.Height, plan.Geometry.Width, plan.Geometry.InChannels);
        var row = plan.RowVectors * plan.Lanes;
        for (var filter = 0; filter < plan.Geometry.OutChannels; filter++, weight += channels * plan.Geometry.Taps)
        {
            for (var y = 0; y < height.Kernel; y++, filters += row)
            {
                new Span<T>(filters + plan.PatchRow, row - plan.PatchRow).Clear();
                Turn.Block(weight + y * width.Kernel, plan.Geometry.Taps, filters, channels, channels, width.Kernel);
            }
        }
    }
}
