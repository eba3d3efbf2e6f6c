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
