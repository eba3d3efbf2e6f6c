using NetDsl;

namespace Architectures;

/// <summary>A convolution that keeps the size, normalised, and its activation.</summary>
[Conv(nameof(width), nameof(kernel), Stride = nameof(stride), Padding = Padding.Same, Bias = false), BatchNorm(Epsilon = 1e-3), ReLU]
public sealed class ConvNormReluAttribute(object width, int kernel, int stride = 1) : BlockAttribute;

/// <summary>An Inception module: four views of the same maps, side by side.</summary>
[Concat]
[Branch, ConvNormRelu(nameof(ones), 1)]
[Branch, ConvNormRelu(nameof(reduce3), 1), ConvNormRelu(nameof(threes), 3)]
[Branch, ConvNormRelu(nameof(reduce5), 1), ConvNormRelu(nameof(fives), 3)]
[Branch, MaxPool(3, Stride = 1, Padding = Padding.Same), ConvNormRelu(nameof(pooled), 1)]
[End]
public sealed class InceptionAttribute(int ones, int reduce3, int threes, int reduce5, int fives, int pooled) : BlockAttribute;

/// <summary>GoogLeNet up to the first auxiliary classifier.</summary>
[ConvNormRelu(64, 7, 2), MaxPool(3, Stride = 2, CeilMode = true)]
[ConvNormRelu(64, 1), ConvNormRelu(192, 3), MaxPool(3, Stride = 2, CeilMode = true)]
[Inception(64, 96, 128, 16, 32, 32)]
[Inception(128, 128, 192, 32, 96, 64), MaxPool(3, Stride = 2, CeilMode = true)]
[Inception(192, 96, 208, 16, 48, 64)]
public sealed class GoogLeNetBottomAttribute : BlockAttribute;

/// <summary>Between the two.</summary>
[Inception(160, 112, 224, 24, 64, 64)]
[Inception(128, 128, 256, 24, 64, 64)]
[Inception(112, 144, 288, 32, 64, 64)]
public sealed class GoogLeNetMiddleAttribute : BlockAttribute;

/// <summary>Behind the second one, up to the scores.</summary>
[Inception(256, 160, 320, 32, 128, 128), MaxPool(2)]
[Inception(256, 160, 320, 32, 128, 128)]
[Inception(384, 192, 384, 48, 128, 128)]
[GlobalAveragePool, Dropout(0.2), Dense(1000)]
public sealed class GoogLeNetTopAttribute : BlockAttribute;

/// <summary>
/// GoogLeNet: Szegedy et al., "Going deeper with convolutions", 2015, in torchvision's layout: with batch normalisation in place of local response normalisation
/// and biases, and with 3×3 filters in the branch of the 5×5 ones.
/// </summary>
[Network, Input(3, 224, 224)]
[GoogLeNetBottom(Name = "bottom"), GoogLeNetMiddle(Name = "middle"), GoogLeNetTop(Name = "top")]
[SoftmaxCrossEntropy]
public partial class GoogLeNet;

/// <summary>An auxiliary classifier, which hands a gradient to the layers before it.</summary>
[AveragePool(5, Stride = 3), ConvNormRelu(128, 1), Flatten, Dense(1024), ReLU, Dropout(0.7), Dense(1000)]
public sealed class AuxiliaryAttribute : BlockAttribute;

/// <summary>GoogLeNet as it is trained, with two auxiliary classifiers; <see cref="GoogLeNet"/> takes over what it has learnt by CopyMatching.</summary>
[Network, Input(3, 224, 224)]
[GoogLeNetBottom(Name = "bottom"), GoogLeNetMiddle(Name = "middle"), GoogLeNetTop(Name = "top")]
[SoftmaxCrossEntropy]
public partial class GoogLeNetInTraining
{
    /// <summary>Behind module 4a.</summary>
    [Auxiliary(From = "bottom"), SoftmaxCrossEntropy(Weight = 0.3)]
    public partial LayerDescription First { get; }

    /// <summary>Behind module 4d.</summary>
    [Auxiliary(From = "middle"), SoftmaxCrossEntropy(Weight = 0.3)]
    public partial LayerDescription Second { get; }
}
