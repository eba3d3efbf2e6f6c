namespace NetDsl;

/// <summary>σ(x) = 1/(1 + e⁻ˣ).</summary>
public sealed class SigmoidAttribute : LayerAttribute;

/// <summary>tanh(x).</summary>
public sealed class TanhAttribute : LayerAttribute;

/// <summary>1.7159·tanh(2x/3), which keeps unit variance near unit variance.</summary>
/// <remarks>LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998.</remarks>
public sealed class ScaledTanhAttribute : LayerAttribute;

/// <summary>max(0, x); its derivative at 0 is 0.</summary>
public sealed class ReLUAttribute : LayerAttribute;

/// <summary>x where positive, else slope·x; its derivative at 0 is the slope.</summary>
/// <param name="slope">Slope of the negative side, at least 0.</param>
/// <remarks>Maas, Hannun, Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.</remarks>
public sealed class LeakyReLUAttribute(double slope = 0.01) : LayerAttribute
{
    /// <summary>Slope of the negative side.</summary>
    public double Slope { get; } = slope;
}

/// <summary>x where positive, else α(eˣ − 1).</summary>
/// <param name="alpha">Negative limit of the function, positive.</param>
/// <remarks>Clevert, Unterthiner, Hochreiter, "Fast and accurate deep network learning by exponential linear units", 2016.</remarks>
public sealed class ELUAttribute(double alpha = 1) : LayerAttribute
{
    /// <summary>Negative limit of the function, with its sign changed.</summary>
    public double Alpha { get; } = alpha;
}

/// <summary>λx where positive, else λα(eˣ − 1), with λ = 1.0507…, α = 1.6733…</summary>
/// <remarks>Klambauer, Unterthiner, Mayr, Hochreiter, "Self-normalizing neural networks", 2017.</remarks>
public sealed class SELUAttribute : LayerAttribute;

/// <summary>log(1 + e^(βx))/β, a smooth rectifier.</summary>
/// <param name="beta">Sharpness of the bend, positive.</param>
public sealed class SoftplusAttribute(double beta = 1) : LayerAttribute
{
    /// <summary>Sharpness of the bend.</summary>
    public double Beta { get; } = beta;
}

/// <summary>x·Φ(x) with the normal distribution function Φ.</summary>
/// <remarks>Hendrycks, Gimpel, "Gaussian error linear units", 2016.</remarks>
public sealed class GELUAttribute : LayerAttribute
{
    /// <summary>Whether to compute x/2·(1 + tanh(√(2/π)(x + 0.044715x³))) instead of the exact form.</summary>
    public bool TanhApproximation { get; set; }
}

/// <summary>x·σ(x), also known as swish.</summary>
/// <remarks>Elfwing, Uchibe, Doya, "Sigmoid-weighted linear units for neural network function approximation in reinforcement learning", 2018.</remarks>
public sealed class SiLUAttribute : LayerAttribute;

/// <summary>yᵢ = e^(xᵢ) / Σⱼ e^(xⱼ) along one axis.</summary>
/// <remarks>Before <see cref="SoftmaxCrossEntropyAttribute"/> it isn't needed: that loss contains it.</remarks>
public sealed class SoftmaxAttribute : LayerAttribute
{
    /// <summary>The axis whose elements sum to 1, batch left out: 0 is the outermost, −1 (as unless set) the last.</summary>
    public int Axis { get; set; } = -1;
}
