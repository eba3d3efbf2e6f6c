namespace NetDsl;

/// <summary>Normalises each channel over the batch and its places: y = γ·(x − mean)/√(variance + ε) + β.</summary>
/// <remarks>
/// <para>The channels are the first axis of a sample: (features), (channels, length), (channels, height, width) or (channels, depth, height, width).</para>
/// <para>A training pass takes mean and biased variance of its batch, at least two values a channel, and moves the running statistics towards
/// them; the running variance follows the unbiased one. These belong to the parameters but aren't learnt. Any other pass takes the running
/// statistics: Forward with training: false, whose backward pass then sees constants, and Predict, where the layer before does the work.</para>
/// <para>A bias before it has no effect: leave it out. Ioffe, Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate shift", 2015.</para>
/// </remarks>
public sealed class BatchNormAttribute : LayerAttribute
{
    /// <summary>Weight of the new batch in the running statistics, in [0, 1]; 0.1 unless set, as in PyTorch. Others call 1 − Momentum the momentum.</summary>
    public double Momentum { get; set; } = 0.1;

    /// <summary>ε, added to the variance under the root; 1e-5 unless set.</summary>
    public double Epsilon { get; set; } = 1e-5;

    /// <summary>Whether there are learnt γ and β [channels], which start at 1 and 0; true unless set.</summary>
    public bool Affine { get; set; } = true;

    /// <summary>Whether training leaves γ and β as they are, and the running statistics, which it normalises by then.</summary>
    public bool Frozen { get; set; }
}

/// <summary>Normalises the last axes of each sample: y = γ·(x − mean)/√(variance + ε) + β with the biased variance.</summary>
/// <remarks>Ba, Kiros, Hinton, "Layer normalization", 2016.</remarks>
public sealed class LayerNormAttribute : LayerAttribute
{
    /// <summary>
    /// How many of the last axes are normalised together, as the length of PyTorch's normalized_shape. Unless set, what [Dense] reads as one row:
    /// the features of (features) and of each step of (time, features), and all of a sample with more axes.
    /// </summary>
    public int Axes { get; set; }

    /// <summary>ε, added to the variance under the root; 1e-5 unless set.</summary>
    public double Epsilon { get; set; } = 1e-5;

    /// <summary>Whether there are learnt γ and β, one for each normalised element, which start at 1 and 0; true unless set.</summary>
    public bool Affine { get; set; } = true;

    /// <summary>Whether training leaves γ and β as they are.</summary>
    public bool Frozen { get; set; }
}

/// <summary>Divides the last axes of each sample by their root mean square: y = γ·x/√(mean(x²) + ε).</summary>
/// <remarks>Zhang, Sennrich, "Root mean square layer normalization", 2019.</remarks>
public sealed class RmsNormAttribute : LayerAttribute
{
    /// <summary>How many of the last axes are normalised together; unless set, those of [LayerNorm].</summary>
    public int Axes { get; set; }

    /// <summary>ε, added to the mean square under the root; 1e-6 unless set.</summary>
    public double Epsilon { get; set; } = 1e-6;

    /// <summary>Whether there is a learnt γ, one for each normalised element, which starts at 1; true unless set.</summary>
    public bool Affine { get; set; } = true;

    /// <summary>Whether training leaves γ and β as they are.</summary>
    public bool Frozen { get; set; }
}

/// <summary>Normalises groups of neighbouring channels of each sample: y = γ·(x − mean)/√(variance + ε) + β with the biased variance.</summary>
/// <param name="groups">Number of groups, which divides the channels.</param>
/// <remarks>Wu, He, "Group normalization", 2018.</remarks>
public sealed class GroupNormAttribute(int groups) : LayerAttribute
{
    /// <summary>Number of groups.</summary>
    public int Groups { get; } = groups;

    /// <summary>ε, added to the variance under the root; 1e-5 unless set.</summary>
    public double Epsilon { get; set; } = 1e-5;

    /// <summary>Whether there are learnt γ and β [channels], which start at 1 and 0; true unless set.</summary>
    public bool Affine { get; set; } = true;

    /// <summary>Whether training leaves γ and β as they are.</summary>
    public bool Frozen { get; set; }
}

/// <summary>Normalises each channel of each sample over its places: y = γ·(x − mean)/√(variance + ε) + β with the biased variance.</summary>
/// <remarks>
/// It keeps no running statistics. Ulyanov, Vedaldi, Lempitsky, "Instance normalization: the missing ingredient for fast stylization", 2016.
/// </remarks>
public sealed class InstanceNormAttribute : LayerAttribute
{
    /// <summary>ε, added to the variance under the root; 1e-5 unless set.</summary>
    public double Epsilon { get; set; } = 1e-5;

    /// <summary>Whether there are learnt γ and β [channels], which start at 1 and 0; true unless set, where PyTorch has none.</summary>
    public bool Affine { get; set; } = true;

    /// <summary>Whether training leaves γ and β as they are.</summary>
    public bool Frozen { get; set; }
}

/// <summary>Damps an element by its neighbours in other channels: y = x·(K + Alpha·Σ x²)^−Beta, the sum over the channels of a window around its own.</summary>
/// <param name="size">Channels of a window; an even one has its further channel before.</param>
/// <remarks>The constants are those of Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional neural networks", 2012.</remarks>
public sealed class LocalResponseNormAttribute(int size) : LayerAttribute
{
    /// <summary>Channels of a window.</summary>
    public int Size { get; } = size;

    /// <summary>Factor of the sum of squares; 1e-4 unless set.</summary>
    public double Alpha { get; set; } = 1e-4;

    /// <summary>Exponent; 0.75 unless set.</summary>
    public double Beta { get; set; } = 0.75;

    /// <summary>Constant, above 0; 2 unless set, as in the paper. PyTorch's is 1.</summary>
    public double K { get; set; } = 2;

    /// <summary>Whether Alpha is divided by the window's size, as in PyTorch; false unless set, as in the paper.</summary>
    public bool AlphaOverSize { get; set; }
}
