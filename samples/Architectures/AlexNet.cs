using NetDsl;

namespace Architectures;

/// <summary>
/// AlexNet in one tower: Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014, in torchvision's layout. The two towers and the
/// local response normalisation of 2012 are left out.
/// </summary>
[Network, Input(3, 224, 224)]
[Conv(64, 11, Stride = 4, Pads = 2), ReLU, MaxPool(3, Stride = 2)]
[Conv(192, 5, Padding = Padding.Same), ReLU, MaxPool(3, Stride = 2)]
[Conv(384, 3, Padding = Padding.Same), ReLU]
[Conv(256, 3, Padding = Padding.Same), ReLU]
[Conv(256, 3, Padding = Padding.Same), ReLU, MaxPool(3, Stride = 2)]
[Flatten, Dropout(0.5), Dense(4096), ReLU]
[Dropout(0.5), Dense(4096), ReLU]
[Dense(1000), SoftmaxCrossEntropy]
public partial class AlexNet;
