using NetDsl;

Console.WriteLine(XorNet.Description);

[Network, Input(2)]
[Dense(8), Tanh]
[Dense(1), Sigmoid, BinaryCrossEntropy]
public partial class XorNet;

[Network, Input(784)]
[Dense(512, Name = "hidden"), ReLU, Dropout(0.5)]
[Dense(256), GELU, Dropout(0.2)]
[Dense(10), SoftmaxCrossEntropy]
public partial class Mlp;
