namespace NetDsl;

/// <summary>How a tensor starts, for use in attributes; <see cref="Initializer.From"/> gives the initialiser with its formula.</summary>
public enum Initialization
{
    /// <summary>What the layer takes by default: <see cref="GlorotUniform"/> for weights, <see cref="Zeros"/> for biases.</summary>
    Default,

    /// <summary>U(±√(6 / (fanIn + fanOut))).</summary>
    GlorotUniform,

    /// <summary>N(0, 2 / (fanIn + fanOut)).</summary>
    GlorotNormal,

    /// <summary>As <see cref="GlorotNormal"/>, cut off at two standard deviations.</summary>
    GlorotTruncatedNormal,

    /// <summary>U(±√(6 / fanIn)).</summary>
    HeUniform,

    /// <summary>N(0, 2 / fanIn).</summary>
    HeNormal,

    /// <summary>As <see cref="HeNormal"/>, cut off at two standard deviations.</summary>
    HeTruncatedNormal,

    /// <summary>N(0, 2 / fanOut).</summary>
    HeNormalFanOut,

    /// <summary>N(0, 2 / ((1 + slope²)·fanIn)); the value is the slope of the leaky ReLU.</summary>
    HeNormalLeaky,

    /// <summary>U(±√(3 / fanIn)).</summary>
    LeCunUniform,

    /// <summary>N(0, 1 / fanIn).</summary>
    LeCunNormal,

    /// <summary>As <see cref="LeCunNormal"/>, cut off at two standard deviations.</summary>
    LeCunTruncatedNormal,

    /// <summary>N(0, 1 / n), n = fanIn.</summary>
    OneOverSqrtNNormal,

    /// <summary>U(±√3 / √n), n = fanIn.</summary>
    Sqrt3OverSqrtNUniform,

    /// <summary>N(0, σ²); the value is the standard deviation σ.</summary>
    Normal,

    /// <summary>U(±bound); the value is the bound.</summary>
    Uniform,

    /// <summary>All zero.</summary>
    Zeros,

    /// <summary>All equal to the value.</summary>
    Constant,
}
