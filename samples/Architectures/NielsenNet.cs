using NetDsl;

namespace Architectures;

/// <summary>The last network of Nielsen, "Neural networks and deep learning", 2015, chapter 6: 99.6 % on MNIST.</summary>
[Network, Input(1, 28, 28)]
[Conv(20, 5), ReLU, MaxPool(2)]
[Conv(40, 5), ReLU, MaxPool(2)]
[Flatten, Dense(1000), ReLU, Dropout(0.5)]
[Dense(1000), ReLU, Dropout(0.5)]
[Dense(10), SoftmaxCrossEntropy]
public partial class NielsenNet;
