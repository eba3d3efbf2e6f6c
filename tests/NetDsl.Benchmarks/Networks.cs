namespace NetDsl.Benchmarks;

[Network, Input(2)]
[Dense(8), Tanh]
[Dense(1), Sigmoid, BinaryCrossEntropy]
internal sealed partial class XorNet;

[Network, Input(960)]
[Dense(4), Sigmoid]
[Dense(30), Sigmoid, MeanSquaredError]
internal sealed partial class AlvinnNet;

[Network, Input(784)]
[Dense(512), ReLU]
[Dense(256), ReLU]
[Dense(10), SoftmaxCrossEntropy]
internal sealed partial class MlpNet;

[Network, Input(784)]
[Dense(2500), Tanh]
[Dense(2000), Tanh]
[Dense(1500), Tanh]
[Dense(1000), Tanh]
[Dense(500), Tanh]
[Dense(10), SoftmaxCrossEntropy]
internal sealed partial class CiresanNet;

// An activation alone: each of the passes that ActivationBenchmark times is one call of its generated operator.
[Network, Input(1000), Tanh, MeanSquaredError]
internal sealed partial class TanhNet1000;

[Network, Input(1024), Tanh, MeanSquaredError]
internal sealed partial class TanhNet1024;

[Network, Input(1000), GELU, MeanSquaredError]
internal sealed partial class GeluNet1000;

[Network, Input(1024), GELU, MeanSquaredError]
internal sealed partial class GeluNet1024;

[Network, Input(1000), Mish, MeanSquaredError]
internal sealed partial class MishNet1000;

[Network, Input(1024), Mish, MeanSquaredError]
internal sealed partial class MishNet1024;

[Network, Input(1, 28, 28)]
[Conv(20, 5), ReLU, MaxPool(2)]
[Conv(40, 5), ReLU, MaxPool(2)]
[Flatten, Dense(1000), ReLU]
[Dense(1000), ReLU]
[Dense(10), SoftmaxCrossEntropy]
internal sealed partial class LenetNet;

[Network, Input(3, 32, 32)]
[Conv(32, 3, Padding = Padding.Same, Bias = false), BatchNorm, ReLU]
[Conv(32, 3, Padding = Padding.Same, Bias = false), BatchNorm, ReLU, MaxPool(2)]
[Conv(64, 3, Padding = Padding.Same, Bias = false), BatchNorm, ReLU]
[Conv(64, 3, Padding = Padding.Same, Bias = false), BatchNorm, ReLU, MaxPool(2)]
[Flatten, Dense(256), ReLU, Dropout(0.5)]
[Dense(10), SoftmaxCrossEntropy]
internal sealed partial class VggishNet;

/// <summary>A residual block whose shortcut takes every second place and pads channels (option A).</summary>
[Sum]
[Branch, Conv(nameof(width), 3, Stride = nameof(stride), Pads = 1, Bias = false), BatchNorm, ReLU]
[Conv(nameof(width), 3, Pads = 1, Bias = false), BatchNorm]
[Branch, Projection(nameof(width), Stride = nameof(stride), Kind = ProjectionKind.ZeroPadding)]
[End, ReLU]
internal sealed class PaddedAttribute(int width, int stride = 1) : BlockAttribute;

/// <summary>A residual block whose shortcut is a 1×1 convolution with batch normalisation where the shapes differ (option B).</summary>
[Sum]
[Branch, Conv(nameof(width), 3, Stride = nameof(stride), Pads = 1, Bias = false), BatchNorm, ReLU]
[Conv(nameof(width), 3, Pads = 1, Bias = false), BatchNorm]
[Branch, Projection(nameof(width), Stride = nameof(stride))]
[End, ReLU]
internal sealed class ProjectedAttribute(int width, int stride = 1) : BlockAttribute;

[Network, Input(3, 32, 32), Conv(16, 3, Pads = 1, Bias = false), BatchNorm, ReLU]
[Padded(16, Repeat = 3)]
[Padded(32, 2), Padded(32, Repeat = 2)]
[Padded(64, 2), Padded(64, Repeat = 2)]
[GlobalAveragePool, Dense(10), SoftmaxCrossEntropy]
internal sealed partial class Resnet20Net;

[Network, Input(3, 32, 32), Conv(16, 3, Pads = 1, Bias = false), BatchNorm, ReLU]
[Projected(16, Repeat = 3)]
[Projected(32, 2), Projected(32, Repeat = 2)]
[Projected(64, 2), Projected(64, Repeat = 2)]
[GlobalAveragePool, Dense(10), SoftmaxCrossEntropy]
internal sealed partial class Resnet20bNet;
