namespace NetDsl.Kernels;

/// <summary>A convolution along one axis.</summary>
/// <param name="Size">Elements in.</param>
/// <param name="Kernel">Taps.</param>
/// <param name="Stride">From result to result.</param>
/// <param name="Dilation">From tap to tap.</param>
/// <param name="Before">Zeros before the first element.</param>
/// <param name="After">Zeros after the last element.</param>
internal readonly record struct Axis(int Size, int Kernel, int Stride, int Dilation, int Before, int After)
{
    /// <summary>An axis along which nothing happens.</summary>
    public static Axis None => new(1, 1, 1, 1, 0, 0);

    /// <summary>Elements out: ⌊(size + pads − dilation·(kernel − 1) − 1) / stride⌋ + 1.</summary>
    public int Results => (Size + Before + After - Dilation * (Kernel - 1) - 1) / Stride + 1;

    /// <summary>How many results further the last tap's element stands, for the first tap of its phase.</summary>
    public int Reach => (Kernel - 1) * Dilation / Stride;

    /// <summary>Whether results are the elements.</summary>
    public bool IsTrivial => Kernel == 1 && Stride == 1 && Before == 0 && After == 0;

    /// <summary>This axis and the trivial one inside it as a single one: what was a step along this one becomes a step over all of <paramref name="inner"/>.</summary>
    public Axis Over(Axis inner) => new(Size * inner.Size, Kernel, 1, Dilation * inner.Size, Before * inner.Size, After * inner.Size);

    /// <summary>Says what is wrong with the axis, if something is.</summary>
    /// <exception cref="ArgumentException">A size is out of its range, or the kernel is larger than the padded input.</exception>
    public void Check(string name)
    {
        if (Size < 1 || Kernel < 1 || Stride < 1 || Dilation < 1)
            throw new ArgumentException($"Along the {name} the input has {Size} elements, the kernel {Kernel}, stride {Stride} and dilation {Dilation}; each is at least 1.");
        if (Before < 0 || After < 0)
            throw new ArgumentException($"The pads along the {name} are {Before} and {After}; they are at least 0.");
        var span = (Kernel - 1) * Dilation + 1;
        if (Size + Before + After < span)
            throw new ArgumentException($"Along the {name} the kernel covers {span} elements, but the padded input has {Size + Before + After}; pad more or take a smaller kernel.");
    }

    /// <summary>⌊value / divisor⌋, also of negative values.</summary>
    public static int Floor(int value, int divisor) => value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor);

    /// <summary>⌈value / divisor⌉, also of negative values.</summary>
    public static int Ceiling(int value, int divisor) => -Floor(-value, divisor);
}
