using NetDsl;

namespace Architectures;

/// <summary>The deep autoencoder of Hinton, Salakhutdinov, "Reducing the dimensionality of data with neural networks", 2006, as unrolled for fine-tuning.</summary>
[Network, Input(784)]
[Dense(1000), Sigmoid, Dense(500), Sigmoid, Dense(250), Sigmoid, Dense(30, Name = "code")]
[Dense(250), Sigmoid, Dense(500), Sigmoid, Dense(1000), Sigmoid]
[Dense(784), Sigmoid, BinaryCrossEntropy]
public partial class Autoencoder;
