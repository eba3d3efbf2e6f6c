namespace NetDsl;

/// <summary>A filter that has a name, for use in a <see cref="FilterAttribute"/>; <see cref="Filters"/> has the weights with their formulas and sources.</summary>
/// <remarks>x grows to the right and y downwards, and filters aren't mirrored: SobelX answers with positive numbers where an image gets brighter to the right.</remarks>
public enum Filter
{
    /// <summary>Slope along x: <see cref="Filters.SobelX"/>, 3×3.</summary>
    SobelX,

    /// <summary>Slope along y: <see cref="Filters.SobelY"/>, 3×3.</summary>
    SobelY,

    /// <summary>Slope down to the right: <see cref="Filters.SobelDown"/>, 3×3.</summary>
    SobelDown,

    /// <summary>Slope up to the right: <see cref="Filters.SobelUp"/>, 3×3.</summary>
    SobelUp,

    /// <summary>Slope along x: <see cref="Filters.PrewittX"/>, 3×3.</summary>
    PrewittX,

    /// <summary>Slope along y: <see cref="Filters.PrewittY"/>, 3×3.</summary>
    PrewittY,

    /// <summary>Slope along x: <see cref="Filters.ScharrX"/>, 3×3.</summary>
    ScharrX,

    /// <summary>Slope along y: <see cref="Filters.ScharrY"/>, 3×3.</summary>
    ScharrY,

    /// <summary>Curvature from four neighbours: <see cref="Filters.Laplacian4"/>, 3×3.</summary>
    Laplacian4,

    /// <summary>Curvature from eight neighbours: <see cref="Filters.Laplacian8"/>, 3×3.</summary>
    Laplacian8,

    /// <summary>The image less its curvature: <see cref="Filters.Sharpen"/>, 3×3.</summary>
    Sharpen,

    /// <summary>Light from the upper left: <see cref="Filters.Emboss"/>, 3×3.</summary>
    Emboss,

    /// <summary>The mean: <see cref="Filters.Box"/>, of any number of axes, 3×3 unless a size is set.</summary>
    Box,

    /// <summary>A weighted mean that blurs: <see cref="Filters.Gaussian"/>, of any number of axes; takes Sigma.</summary>
    Gaussian,

    /// <summary>Curvature of the blurred image: <see cref="Filters.LaplacianOfGaussian"/>; takes Sigma.</summary>
    LaplacianOfGaussian,

    /// <summary>A wave in a window: <see cref="Filters.Gabor"/>; takes Wavelength, Orientation, Sigma, Aspect and Phase.</summary>
    Gabor,
}

/// <summary>
/// A convolution whose weights are given: <c>[Filter(Filter.SobelX, Filter.SobelY)]</c>, <c>[Filter(Filter.Gabor, Orientation = new[] { 0, 45, 90, 135 })]</c>, or
/// constants of one's own in <see cref="Weights"/>. Every channel gets every filter, so c channels and f filters give c·f channels, those of the first channel first.
/// </summary>
/// <param name="filters">The filters by name, all of one size; none where <see cref="Weights"/> are set.</param>
/// <remarks>As a <see cref="ConvAttribute"/>, Z[o, p] = Σ W[o, i, k]·X[i, stride·p + dilation·k − pad], the kernel not mirrored.</remarks>
public sealed class FilterAttribute(params Filter[] filters) : LayerAttribute
{
    /// <summary>The filters by name.</summary>
    public Filter[] Filters { get; } = filters;

    /// <summary>Constants of one's own, row-major: [filters × kernel], or [filters × channels × kernel] where <see cref="SumChannels"/> is set.</summary>
    public double[]? Weights { get; set; }

    /// <summary>
    /// Extent of the kernel: one number for an image, or an array with one for each axis. Needed for <see cref="Weights"/>; unless set, ⌈3σ⌉ elements on both sides of
    /// the middle for the filters that have a σ, 3×3 for the box.
    /// </summary>
    public object? Size { get; set; }

    /// <summary>Standard deviation σ of the filters that have one, in elements; 1 unless set, and 0.56·wavelength for <see cref="Filter.Gabor"/>, which answers to one octave.</summary>
    public double Sigma { get; set; }

    /// <summary>Wavelength of <see cref="Filter.Gabor"/> in elements; 4 unless set.</summary>
    public double Wavelength { get; set; } = 4;

    /// <summary>Direction of the wave of <see cref="Filter.Gabor"/> in degrees, from the x axis towards the y axis: a number, or an array, each of which is a filter. 0 unless set.</summary>
    public object Orientation { get; set; } = 0;

    /// <summary>Aspect of <see cref="Filter.Gabor"/>: its extent along the wave over that across it; 0.5 unless set.</summary>
    public double Aspect { get; set; } = 0.5;

    /// <summary>Phase of <see cref="Filter.Gabor"/> in degrees: 0 answers to lines, 90 to edges. 0 unless set.</summary>
    public double Phase { get; set; }

    /// <summary>Whether the answers of all channels to a filter are added up to one channel, as a <see cref="ConvAttribute"/> does.</summary>
    public bool SumChannels { get; set; }

    /// <summary>Whether the weights stay as they are, which is so unless set; otherwise they are where learning starts.</summary>
    public bool Frozen { get; set; } = true;

    /// <summary>Whether a layer that isn't frozen adds a bias for each channel of the result, from 0 on; false unless set.</summary>
    public bool Bias { get; set; }

    /// <summary>Step of the kernel: one number, or an array with one for each axis; 1 unless set.</summary>
    public object Stride { get; set; } = 1;

    /// <summary>Distance of the kernel's elements: one number, or an array with one for each axis; 1 unless set.</summary>
    public object Dilation { get; set; } = 1;

    /// <summary>The rule by which zeros are added around the input; none unless set.</summary>
    public Padding Padding { get; set; }

    /// <summary>Zeros around the input, in place of <see cref="Padding"/>: one number for all sides, one for both sides of each axis, or before and after for each axis.</summary>
    public object? Pads { get; set; }
}
