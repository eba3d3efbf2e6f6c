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

[Network, Input(1, 28, 28)]
[Conv(20, 5), ReLU, MaxPool(2)]
[Conv(40, 5), ReLU, MaxPool(2)]
[Flatten, Dense(1000), ReLU]
[Dense(1000), ReLU]
[Dense(10), SoftmaxCrossEntropy]
internal sealed partial class LenetNet;
