using NetDsl;

namespace Architectures;

/// <summary>Two convolutions and what goes past them: y = F(x) + x.</summary>
[Sum]
[Branch, Conv(nameof(width), 3, Stride = nameof(stride), Pads = 1, Bias = false), BatchNorm, ReLU]
[Conv(nameof(width), 3, Pads = 1, Bias = false), BatchNorm]
[Branch, Projection(nameof(width), Stride = nameof(stride), Kind = ProjectionKind.ZeroPadding)]
[End, ReLU]
public sealed class BasicAttribute(int width, int stride = 1) : BlockAttribute;

/// <summary>ResNet-20 for CIFAR-10: He et al., "Deep residual learning for image recognition", 2016, section 4.2, shortcuts of option A.</summary>
[Network, Input(3, 32, 32), Conv(16, 3, Pads = 1, Bias = false), BatchNorm, ReLU]
[Basic(16, Repeat = 3)]
[Basic(32, 2), Basic(32, Repeat = 2)]
[Basic(64, 2), Basic(64, Repeat = 2)]
[GlobalAveragePool, Dense(10), SoftmaxCrossEntropy]
public partial class ResNet20;
