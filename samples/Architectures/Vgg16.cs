using NetDsl;

namespace Architectures;

/// <summary>A convolution that keeps the size, and its activation.</summary>
[Conv(nameof(width), 3, Padding = Padding.Same), ReLU]
public sealed class ConvReluAttribute(int width) : BlockAttribute;

/// <summary>VGG-16, configuration D: Simonyan, Zisserman, "Very deep convolutional networks for large-scale image recognition", 2015.</summary>
[Network, Input(3, 224, 224)]
[ConvRelu(64, Repeat = 2), MaxPool(2)]
[ConvRelu(128, Repeat = 2), MaxPool(2)]
[ConvRelu(256, Repeat = 3), MaxPool(2)]
[ConvRelu(512, Repeat = 3), MaxPool(2)]
[ConvRelu(512, Repeat = 3), MaxPool(2)]
[Flatten, Dense(4096), ReLU, Dropout(0.5)]
[Dense(4096), ReLU, Dropout(0.5)]
[Dense(1000), SoftmaxCrossEntropy]
public partial class Vgg16;
