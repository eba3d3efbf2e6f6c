using NetDsl;

namespace Architectures;

/// <summary>A convolution between two 1×1 ones that narrow and widen again, with the stride at the 3×3 one, as in torchvision.</summary>
[Sum]
[Branch, Conv(nameof(narrow), 1, Bias = false), BatchNorm, ReLU]
[Conv(nameof(narrow), 3, Stride = nameof(stride), Pads = 1, Bias = false), BatchNorm, ReLU]
[Conv(nameof(wide), 1, Bias = false), BatchNorm]
[Branch, Projection(nameof(wide), Stride = nameof(stride))]
[End, ReLU]
public sealed class BottleneckAttribute(int narrow, int wide, int stride = 1) : BlockAttribute;

/// <summary>ResNet-50: He et al., "Deep residual learning for image recognition", 2016, in torchvision's layout (v1.5), shortcuts of option B.</summary>
[Network, Input(3, 224, 224)]
[Conv(64, 7, Stride = 2, Pads = 3, Bias = false), BatchNorm, ReLU, MaxPool(3, Stride = 2, Pads = 1)]
[Bottleneck(64, 256, Repeat = 3)]
[Bottleneck(128, 512, 2), Bottleneck(128, 512, Repeat = 3)]
[Bottleneck(256, 1024, 2), Bottleneck(256, 1024, Repeat = 5)]
[Bottleneck(512, 2048, 2), Bottleneck(512, 2048, Repeat = 2)]
[GlobalAveragePool, Dense(1000), SoftmaxCrossEntropy]
public partial class ResNet50;
