using NetDsl;

namespace Architectures;

/// <summary>
/// LeNet-5: LeCun et al., "Gradient-based learning applied to document recognition", 1998, in its modern form. Left out of the original: the table of partial
/// connections before the second convolution, the learnt factors of subsampling, the radial basis functions at the end (60,000 numbers there).
/// </summary>
[Network, Input(1, 32, 32)]
[Conv(6, 5), ScaledTanh, AveragePool(2)]
[Conv(16, 5), ScaledTanh, AveragePool(2)]
[Conv(120, 5), ScaledTanh]
[Flatten, Dense(84), ScaledTanh]
[Dense(10), SoftmaxCrossEntropy]
public partial class LeNet5;
