using NetDsl;

namespace Architectures;

/// <summary>Twice the height and width, normalised, and its activation.</summary>
[TransposedConv(nameof(width), 4, Stride = 2, Crop = 1, Bias = false), BatchNorm, ReLU]
public sealed class GrowAttribute(int width) : BlockAttribute;

/// <summary>Half the height and width, normalised, and its activation.</summary>
[Conv(nameof(width), 4, Stride = 2, Pads = 1, Bias = false), BatchNorm, LeakyReLU(0.2)]
public sealed class ShrinkAttribute(int width) : BlockAttribute;

/// <summary>
/// DCGAN's generator: Radford, Metz, Chintala, "Unsupervised representation learning with deep convolutional generative adversarial networks", 2016, in the layout
/// of PyTorch's tutorial, for images of 64×64. It has no loss of its own: the discriminator's gradient goes to OutputGradient.
/// </summary>
[Network, Input(100, 1, 1)]
[TransposedConv(512, 4, Bias = false), BatchNorm, ReLU]
[Grow(256), Grow(128), Grow(64)]
[TransposedConv(3, 4, Stride = 2, Crop = 1, Bias = false), Tanh]
public partial class DcganGenerator;

/// <summary>DCGAN's discriminator.</summary>
[Network, Input(3, 64, 64)]
[Conv(64, 4, Stride = 2, Pads = 1, Bias = false), LeakyReLU(0.2)]
[Shrink(128), Shrink(256), Shrink(512)]
[Conv(1, 4, Bias = false), Flatten, Sigmoid, BinaryCrossEntropy]
public partial class DcganDiscriminator;
