namespace NetDsl.Gpu.Tests.Networks;

/// <summary>x where x ≥ 0, else tanh(x/2): a branch and an elementary function.</summary>
public sealed class BentAttribute : ActivationAttribute
{
    public static float Value(float x) => x < 0 ? MathF.Tanh(0.5f * x) : x + 0.25f * x * x;
}

/// <summary>Dense layers, dropout, softmax cross-entropy over labels.</summary>
[Network, Input(20)]
[Dense(32, Name = "hidden"), ReLU, Dropout(0.5)]
[Dense(24), GELU, Dropout(0.2)]
[Dense(5), SoftmaxCrossEntropy(LabelSmoothing = 0.1)]
public partial class Classifier;

/// <summary>Layers whose weights are large enough to take their step within the CPU's backward pass.</summary>
[Network, Input(257)]
[Dense(257, Name = "first"), Tanh]
[Dense(257, Name = "second"), Tanh]
[Dense(5), SoftmaxCrossEntropy]
public partial class Large;

/// <summary>One layer, whose input's gradient needs no other, and a penalty.</summary>
[Network, Input(4), Dense(3), L2(0.5), SoftmaxCrossEntropy]
public partial class OneLayer;

/// <summary>The user's own function, learnable slopes by channel, a gate, a penalty, an elementwise loss behind an activation.</summary>
[Network, Input(6)]
[Dense(12), L2(0.001f), Bent, Dense(10), PReLU, Dense(16), SwiGLU]
[Dense(4), Sigmoid, BinaryCrossEntropy]
public partial class Laboratory;

/// <summary>A residual sum, shared weights, a softmax in the middle, a loss by element whose gradient goes through tanh.</summary>
[Network, Input(8)]
[Dense(8, Name = "first"), Sum, Branch, Dense(8), Mish, Branch, End, Softmax]
[Shared("first"), Tanh, SquaredError]
public partial class Joined;

/// <summary>Without a loss of its own.</summary>
[Network, Input(4), Dense(6), Softplus, Dense(3), Swish]
public partial class Encoder;

/// <summary>Convolutions with padding and without, all poolings, channel dropout, slopes by channel, a convolutional branch.</summary>
[Network, Input(1, 10, 10)]
[Conv(4, 3, Padding = Padding.Same), PReLU, MaxPool(2)]
[Sum, Branch, Conv(4, 3, Padding = Padding.Same), Branch, End, ReLU, ChannelDropout(0.25)]
[Conv(6, 2), GELU, AveragePool(2), L2Pool(2, Stride = 1), Flatten]
[Dense(5), SoftmaxCrossEntropy]
public partial class Convolutional;

/// <summary>Branches side by side along the channels, groups of few channels and of many, filters given and learnt, a shortcut with channels of zeros.</summary>
[Network, Input(2, 8, 8)]
[Filter(Filter.SobelX, Filter.SobelY, Padding = Padding.Same)]
[Concat, Branch, Conv(4, 1), ReLU, Branch, Conv(8, 3, Padding = Padding.Same, Groups = 4), Branch, Filter(Filter.Gaussian, Size = 3, Padding = Padding.Same, Frozen = false, Bias = true), Tanh, End]
[Sum, Branch, PadChannels(20), Branch, Conv(20, 3, Padding = Padding.Same, Groups = 2), End, ReLU]
[AveragePool(2), Conv(6, 1), Concat(Axis = 1), Branch, Branch, MaxPool(2, 1, Stride = 1), End, Flatten]
[Dense(5), SoftmaxCrossEntropy]
public partial class Inception;

/// <summary>All that makes an image larger: transposed convolutions, elements repeated, elements interpolated.</summary>
[Network, Input(2, 3, 3)]
[TransposedConv(4, 3, Stride = 2, OutputPadding = 1), Mish, Upsample(2), Conv(3, 2), ReLU]
[Upsample(2, Mode = UpsampleMode.Linear), TransposedConv(6, 2, Groups = 3, Crop = 1), Softplus]
[Upsample(2, 1, Mode = UpsampleMode.Linear, AlignCorners = true), Conv(1, 3, Stride = 3, Padding = Padding.Valid), MeanSquaredError]
public partial class Decoder;
