namespace NetDsl.Training.Tests;

[Network, Input(64)]
[Dense(64), ReLU, Dropout(0.2)]
[Dense(32), Tanh]
[Dense(10), SoftmaxCrossEntropy]
internal sealed partial class SmallDigits;

/// <summary>Sizes off every vector and tile width.</summary>
[Network, Input(301)]
[Dense(403), GELU, Dropout(0.3)]
[Dense(77), ReLU]
[Dense(5, Bias = false), MeanSquaredError]
internal sealed partial class Wide;

/// <summary>Filters that stay as they are, and one that learning starts from.</summary>
[Network, Input(1, 8, 8)]
[Filter(Filter.SobelX, Filter.SobelY, Filter.Laplacian4, Padding = Padding.Same, Name = "edges"), ReLU]
[Filter(Filter.Gaussian, Size = 3, Frozen = false, Bias = true, Name = "blur"), ReLU]
[Flatten, Dense(32), ReLU]
[Dense(10), SoftmaxCrossEntropy]
internal sealed partial class FilteredDigits;

[Network, Input(4)]
[Dense(16), ReLU]
[Dense(3), SoftmaxCrossEntropy]
internal sealed partial class SmallRelu;

[Network, Input(3)]
[Dense(1), Hinge]
internal sealed partial class Perceptron;

[Network, Input(4)]
[Dense(1), Sigmoid, BinaryCrossEntropy]
internal sealed partial class LogisticRegression;

[Network(Precision = Precision.Double), Input(6)]
[Dense(7, Name = "hidden"), SiLU]
[Dense(4), SoftmaxCrossEntropy(LabelSmoothing = 0.1)]
internal sealed partial class DoubleNet
{
    public List<double[]> HiddenGradients { get; } = [];

    partial void OnGradientHidden(Span<double> gradient) => HiddenGradients.Add(gradient.ToArray());
}

[Network, Input(2, 7, 6)]
[Conv(5, 3, Bias = false), BatchNorm, ReLU]
[Conv(3, 2, Bias = false), BatchNorm(Momentum = 0.3), Tanh, ChannelDropout(0.2)]
[Flatten, Dense(3), SoftmaxCrossEntropy]
internal sealed partial class Normalised;

[Network(Precision = Precision.Double), Input(2, 7, 6)]
[Conv(5, 3, Bias = false), BatchNorm, Tanh]
[Conv(4, 2, Bias = false), GroupNorm(2), SiLU, ChannelDropout(0.2)]
[LayerNorm, LocalResponseNorm(3, Alpha = 0.3), Flatten, Dense(6), RmsNorm]
[Dense(3), SoftmaxCrossEntropy]
internal sealed partial class NormalisedInDouble;

[Network, Input(3)]
[BatchNorm, Dense(2), MeanSquaredError]
internal sealed partial class NormalisedFeatures;

/// <summary>Layers whose weights take their step within the backward pass, between smaller ones that don't.</summary>
[Network, Input(260)]
[Dense(275, Name = "first"), ReLU, Dropout(0.2)]
[Dense(251, Bias = false, Name = "second"), Tanh]
[Dense(33, Name = "third"), GELU]
[Dense(7, Name = "fourth"), SoftmaxCrossEntropy]
internal sealed partial class WideLayers;

/// <summary>A shared one, one with a penalty and one alone, in steps of a sequence.</summary>
[Network(Precision = Precision.Double), Input(3, 260)]
[Dense(260, Name = "shared"), Tanh, Shared("shared"), Tanh]
[Dense(260, Name = "alone"), Tanh, Flatten]
[L2(0.01), Dense(85, Name = "penalised"), Tanh]
[Dense(7), SoftmaxCrossEntropy]
internal sealed partial class WideInDouble;

/// <summary>Large layers in blocks that share a method.</summary>
[Network, Input(257)]
[WideBlock(257, Repeat = 4)]
[Dense(7), SoftmaxCrossEntropy]
internal sealed partial class WideBlocks;

[Sum, Branch, Dense(nameof(width)), Tanh, Branch, End]
internal sealed class WideBlockAttribute(int width) : BlockAttribute;

/// <summary>A method of one's own runs between the steps of its layers.</summary>
[Network, Input(260)]
[Dense(260, Name = "first"), Tanh]
[Dense(260, Name = "second"), Tanh]
[Dense(260, Name = "third"), Tanh]
[Dense(7), SoftmaxCrossEntropy]
internal sealed partial class Watched
{
    public Action? OnGradient { get; set; }

    partial void OnGradientFirst(Span<float> gradient) => OnGradient?.Invoke();
}
