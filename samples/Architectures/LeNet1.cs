using NetDsl;

namespace Architectures;

/// <summary>
/// LeNet-1: LeCun et al., "Handwritten digit recognition with a back-propagation network", 1990. Every map of the second convolution sees all four maps
/// before it, where the original's see one or two by a table; its subsampling with learnt factors is plain averaging here (2,578 numbers there).
/// </summary>
[Network, Input(1, 28, 28)]
[Conv(4, 5), Tanh, AveragePool(2)]
[Conv(12, 5), Tanh, AveragePool(2)]
[Flatten, Dense(10), SoftmaxCrossEntropy]
public partial class LeNet1;
