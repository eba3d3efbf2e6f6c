using NetDsl;

namespace Architectures;

/// <summary>ResNet-152 in torchvision's layout: more of the blocks of <see cref="ResNet50"/>.</summary>
[Network, Input(3, 224, 224)]
[Conv(64, 7, Stride = 2, Pads = 3, Bias = false), BatchNorm, ReLU, MaxPool(3, Stride = 2, Pads = 1)]
[Bottleneck(64, 256, Repeat = 3)]
[Bottleneck(128, 512, 2), Bottleneck(128, 512, Repeat = 7)]
[Bottleneck(256, 1024, 2), Bottleneck(256, 1024, Repeat = 35)]
[Bottleneck(512, 2048, 2), Bottleneck(512, 2048, Repeat = 2)]
[GlobalAveragePool, Dense(1000), SoftmaxCrossEntropy]
public partial class ResNet152;
