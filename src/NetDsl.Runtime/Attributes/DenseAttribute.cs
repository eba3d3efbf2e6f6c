namespace NetDsl;

/// <summary>A fully connected layer: Z = X·Wᵀ + b with W [units × inputs] and b [units].</summary>
/// <param name="units">Number of outputs, at least 1; within a block also a parameter's name, as all arguments of type object.</param>
/// <remarks>
/// Input (features) gives (units). Input (time, features) is mapped step by step to (time, units). An input of more axes is
/// flattened first, row-major.
/// </remarks>
public sealed class DenseAttribute(object units) : LayerAttribute
{
    /// <summary>Number of outputs.</summary>
    public object Units { get; } = units;

    /// <summary>Whether the layer adds a bias; true unless set.</summary>
    public object Bias { get; set; } = true;

    /// <summary>Whether training leaves weights and bias as they are: no code is generated for their gradients, nor for any before them that nothing else needs.</summary>
    public bool Frozen { get; set; }

    /// <summary>How the weights start; Glorot uniform unless set. The bias starts at zero.</summary>
    public Initialization Weights { get; set; }

    /// <summary>The number that the initialisation takes: the constant, the slope of the leaky one, the standard deviation of the normal or the bound of the uniform one.</summary>
    public double WeightsValue { get; set; }
}

/// <summary>Sets elements to zero at random during training and scales the others by 1/(1 − rate); the identity at inference.</summary>
/// <param name="rate">Probability that an element is dropped, in [0, 1); within a block also a parameter's name.</param>
/// <remarks>Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014 (inverted form).</remarks>
public sealed class DropoutAttribute(object rate) : LayerAttribute
{
    /// <summary>Probability that an element is dropped.</summary>
    public object Rate { get; } = rate;
}

/// <summary>Sets whole channels of a sample to zero at random during training and scales the others by 1/(1 − rate); the identity at inference.</summary>
/// <param name="rate">Probability that a channel is dropped, in [0, 1).</param>
/// <remarks>
/// For feature maps, whose neighbouring elements say the same, so that dropping some of them would change little. Tompson et al., "Efficient
/// object localization using convolutional networks", 2015; SpatialDropout there and in Keras, Dropout1d to Dropout3d in PyTorch.
/// </remarks>
public sealed class ChannelDropoutAttribute(double rate) : LayerAttribute
{
    /// <summary>Probability that a channel is dropped.</summary>
    public double Rate { get; } = rate;
}
