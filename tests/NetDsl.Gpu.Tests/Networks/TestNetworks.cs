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
