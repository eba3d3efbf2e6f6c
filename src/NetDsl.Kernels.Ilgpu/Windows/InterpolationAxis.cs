namespace NetDsl.Kernels.Ilgpu.Windows;

/// <summary>One axis of an interpolation, whose results stand at fractions, which are exact, between elements.</summary>
/// <param name="Size">Elements in.</param>
/// <param name="Factor">Results for each.</param>
/// <param name="AlignCorners">Whether the centres of the corner elements meet, or their outer edges.</param>
internal readonly record struct InterpolationAxis(int Size, int Factor, bool AlignCorners)
{
    /// <summary>Elements out.</summary>
    public int Results => Size * Factor;

    /// <summary>The fractions' denominator.</summary>
    public int Steps => !AlignCorners ? 2 * Factor : Results > 1 ? Results - 1 : 1;

    /// <summary>The element at or below a result, and by how many steps it lies below.</summary>
    public (int Below, int Above) At(int result)
    {
        var steps = AlignCorners ? result * (Size - 1) : Within(2 * result + 1 - Factor, 2 * Factor * (Size - 1));
        return (steps / Steps, steps % Steps);
    }

    /// <summary>How many of the steps an element's share in a result is.</summary>
    public int Share(int result, int element)
    {
        var (below, rest) = At(result);
        return below == element ? Steps - rest : below + 1 == element ? rest : 0;
    }

    /// <summary>No result before this one has a share of an element.</summary>
    public int First(int element) => Within(AlignCorners ? (element - 1) * (Results - 1) / Gaps : (element - 1) * Factor, Results - 1);

    /// <summary>No result behind this one has a share of an element.</summary>
    public int Last(int element) => Within(AlignCorners ? (element + 1) * (Results - 1) / Gaps : (element + 2) * Factor, Results - 1);

    private int Gaps => Size > 1 ? Size - 1 : 1;

    private static int Within(int value, int last) => value < 0 ? 0 : value > last ? last : value;
}

/// <summary>The axes of an upsampling.</summary>
internal static class InterpolationAxes<TShape>
    where TShape : struct, NetDsl.Kernels.IUpsamplingShape
{
    public static InterpolationAxis Depth => new(TShape.Depth, TShape.FactorDepth, TShape.AlignCorners);

    public static InterpolationAxis Height => new(TShape.Height, TShape.FactorHeight, TShape.AlignCorners);

    public static InterpolationAxis Width => new(TShape.Width, TShape.FactorWidth, TShape.AlignCorners);

    /// <summary>Elements of a channel.</summary>
    public static int Elements => Depth.Size * Height.Size * Width.Size;

    /// <summary>Results of a channel.</summary>
    public static int Places => Depth.Results * Height.Results * Width.Results;
}
