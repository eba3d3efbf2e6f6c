using System.ComponentModel.DataAnnotations;

namespace NetDsl;

/// <summary>σ(x) = 1/(1 + e⁻ˣ).</summary>
public sealed class SigmoidAttribute : ActivationAttribute
{
    /// <summary>σ(x).</summary>
    public static double Value(double x) => 1 / (1 + Math.Exp(-x));
}

/// <summary>tanh(x).</summary>
public sealed class TanhAttribute : ActivationAttribute
{
    /// <summary>tanh(x).</summary>
    public static double Value(double x) => Math.Tanh(x);
}

/// <summary>1.7159·tanh(2x/3), which keeps unit variance near unit variance.</summary>
/// <remarks>LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998.</remarks>
public sealed class ScaledTanhAttribute : ActivationAttribute
{
    /// <summary>1.7159·tanh(2x/3).</summary>
    public static double Value(double x) => 1.7159 * Math.Tanh(2.0 / 3 * x);
}

/// <summary>max(0, x); its derivative at 0 is 0.</summary>
/// <remarks>Nair, Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010.</remarks>
public sealed class ReLUAttribute : ActivationAttribute
{
    /// <summary>max(x, 0).</summary>
    public static double Value(double x) => Math.Max(x, 0);
}

/// <summary>x where positive, else slope·x; its derivative at 0 is the slope.</summary>
/// <param name="slope">Slope of the negative side, at least 0.</param>
/// <remarks>Maas, Hannun, Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.</remarks>
public sealed class LeakyReLUAttribute([Range(0, double.MaxValue)] double slope = 0.01) : ActivationAttribute
{
    /// <summary>x, or slope·x on the negative side.</summary>
    public static double Value(double x, double slope) => x > 0 ? x : slope * x;
}

/// <summary>x where positive, else slope·x with a slope that is learnt: one for all, or one for each channel with <see cref="ActivationAttribute.PerChannel"/>.</summary>
/// <param name="slope">Where the slope starts.</param>
/// <remarks>He, Zhang, Ren, Sun, "Delving deep into rectifiers", 2015.</remarks>
public sealed class PReLUAttribute(double slope = 0.25) : ActivationAttribute
{
    /// <summary>x, or slope·x on the negative side.</summary>
    public static double Value(double x, [Learnable] double slope) => x > 0 ? x : slope * x;
}

/// <summary>x where positive, else α(eˣ − 1).</summary>
/// <param name="alpha">Negative limit of the function with its sign changed, positive.</param>
/// <remarks>Clevert, Unterthiner, Hochreiter, "Fast and accurate deep network learning by exponential linear units", 2016.</remarks>
public sealed class ELUAttribute([Range(0, double.MaxValue, MinimumIsExclusive = true)] double alpha = 1) : ActivationAttribute
{
    /// <summary>x, or α(eˣ − 1) on the negative side.</summary>
    public static double Value(double x, double alpha) => x > 0 ? x : alpha * Functions.ExpM1(x);
}

/// <summary>λx where positive, else λα(eˣ − 1), with λ = 1.0507…, α = 1.6733…</summary>
/// <remarks>Klambauer, Unterthiner, Mayr, Hochreiter, "Self-normalizing neural networks", 2017.</remarks>
public sealed class SELUAttribute : ActivationAttribute
{
    private const double Lambda = 1.0507009873554804934193349852946;
    private const double Alpha = 1.6732632423543772848170429916717;

    /// <summary>λx, or λα(eˣ − 1) on the negative side.</summary>
    public static double Value(double x) => Lambda * (x > 0 ? x : Alpha * Functions.ExpM1(x));
}

/// <summary>log(1 + e^(βx))/β, a smooth rectifier.</summary>
/// <param name="beta">Sharpness of the bend, positive.</param>
/// <remarks>Dugas, Bengio, Bélisle, Nadeau, Garcia, "Incorporating second-order functional knowledge for better option pricing", 2001.</remarks>
public sealed class SoftplusAttribute([Range(0, double.MaxValue, MinimumIsExclusive = true)] double beta = 1) : ActivationAttribute
{
    /// <summary>log(1 + e^(βx))/β.</summary>
    public static double Value(double x, double beta) => Functions.Softplus(beta * x) / beta;
}

/// <summary>log σ(x) = −log(1 + e⁻ˣ).</summary>
public sealed class LogSigmoidAttribute : ActivationAttribute
{
    /// <summary>log σ(x).</summary>
    public static double Value(double x) => Functions.LogSigmoid(x);
}

/// <summary>x·Φ(x) with the normal distribution function Φ.</summary>
/// <remarks>Hendrycks, Gimpel, "Gaussian error linear units", 2016.</remarks>
public sealed class GELUAttribute : ActivationAttribute
{
    /// <summary>Whether to compute x/2·(1 + tanh(√(2/π)(x + 0.044715x³))) instead of the exact form.</summary>
    public bool TanhApproximation { get; set; }

    /// <summary>x·Φ(x) or its approximation.</summary>
    public static double Value(double x, bool tanhApproximation) =>
        tanhApproximation ? 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * Math.Pow(x, 3)))) : x * Functions.NormalCdf(x);
}

/// <summary>x·σ(x), also known as swish.</summary>
/// <remarks>Elfwing, Uchibe, Doya, "Sigmoid-weighted linear units for neural network function approximation in reinforcement learning", 2018.</remarks>
public sealed class SiLUAttribute : ActivationAttribute
{
    /// <summary>x·σ(x).</summary>
    public static double Value(double x) => x * Functions.Sigmoid(x);
}

/// <summary>x·σ(βx).</summary>
/// <param name="beta">Sharpness: 0 gives x/2, large ones approach the ReLU.</param>
/// <remarks>Ramachandran, Zoph, Le, "Searching for activation functions", 2017.</remarks>
public sealed class SwishAttribute(double beta = 1) : ActivationAttribute
{
    /// <summary>x·σ(βx).</summary>
    public static double Value(double x, double beta) => x * Functions.Sigmoid(beta * x);
}

/// <summary>x·σ(βx) with a sharpness that is learnt: one for all, or one for each channel with <see cref="ActivationAttribute.PerChannel"/>.</summary>
/// <param name="beta">Where the sharpness starts.</param>
/// <remarks>Ramachandran, Zoph, Le, "Searching for activation functions", 2017.</remarks>
public sealed class ParametricSwishAttribute(double beta = 1) : ActivationAttribute
{
    /// <summary>x·σ(βx).</summary>
    public static double Value(double x, [Learnable] double beta) => x * Functions.Sigmoid(beta * x);
}

/// <summary>x·tanh(log(1 + eˣ)).</summary>
/// <remarks>Misra, "Mish: a self regularized non-monotonic activation function", 2019.</remarks>
public sealed class MishAttribute : ActivationAttribute
{
    /// <summary>x·tanh(log(1 + eˣ)).</summary>
    public static double Value(double x) => x * Math.Tanh(Functions.Softplus(x));
}

/// <summary>x/(1 + |x|).</summary>
/// <remarks>Bergstra, Desjardins, Lamblin, Bengio, "Quadratic polynomials learn better image features", 2009.</remarks>
public sealed class SoftsignAttribute : ActivationAttribute
{
    /// <summary>x/(1 + |x|).</summary>
    public static double Value(double x) => x / (1 + Math.Abs(x));
}

/// <summary>A sigmoid of three lines: 0 up to −3, x/6 + ½, 1 from 3 on.</summary>
/// <remarks>Howard et al., "Searching for MobileNetV3", 2019; with <see cref="Keras"/>, Courbariaux, Bengio, David, "BinaryConnect", 2015, with a slope of 0.2.</remarks>
public sealed class HardSigmoidAttribute : ActivationAttribute
{
    /// <summary>Whether to compute 0.2x + ½ between 0 and 1 instead, as Keras did before its version 3.</summary>
    public bool Keras { get; set; }

    /// <summary>The three lines.</summary>
    public static double Value(double x, bool keras)
    {
        if (keras)
            return Math.Clamp(0.2 * x + 0.5, 0, 1);
        if (x <= -3)
            return 0;
        return x >= 3 ? 1 : x / 6 + 0.5;
    }
}

/// <summary>x·hardSigmoid(x): 0 below −3, x(x + 3)/6, x from 3 on.</summary>
/// <remarks>Howard et al., "Searching for MobileNetV3", 2019.</remarks>
public sealed class HardSwishAttribute : ActivationAttribute
{
    /// <summary>0, x(x + 3)/6 or x.</summary>
    public static double Value(double x)
    {
        if (x < -3)
            return 0;
        return x < 3 ? x * (x + 3) / 6 : x;
    }
}

/// <summary>x between two bounds, else the nearer bound.</summary>
/// <param name="min">Lower bound.</param>
/// <param name="max">Upper bound, above the lower one.</param>
/// <remarks>Collobert, "Large scale machine learning", 2004.</remarks>
public sealed class HardTanhAttribute(double min = -1, [Above(nameof(min))] double max = 1) : ActivationAttribute
{
    /// <summary>x between the bounds.</summary>
    public static double Value(double x, double min, double max) => Math.Clamp(x, min, max);
}

/// <summary>yᵢ = e^(xᵢ) / Σⱼ e^(xⱼ) along one axis.</summary>
/// <remarks>Before <see cref="SoftmaxCrossEntropyAttribute"/> it isn't needed: that loss contains it.</remarks>
public sealed class SoftmaxAttribute : LayerAttribute
{
    /// <summary>The axis whose elements sum to 1, batch left out: 0 is the outermost, −1 (as unless set) the last.</summary>
    public int Axis { get; set; } = -1;
}

/// <summary>yᵢ = xᵢ − log Σⱼ e^(xⱼ) along one axis: the logarithm of the softmax, which never overflows.</summary>
public sealed class LogSoftmaxAttribute : LayerAttribute
{
    /// <summary>The axis along which the probabilities sum to 1, batch left out: 0 is the outermost, −1 (as unless set) the last.</summary>
    public int Axis { get; set; } = -1;
}

/// <summary>The largest of each group of neighbouring channels, of which it leaves one for each group.</summary>
/// <param name="pieces">Channels in a group, at least 1; divides their number.</param>
/// <remarks>Goodfellow, Warde-Farley, Mirza, Courville, Bengio, "Maxout networks", 2013.</remarks>
public sealed class MaxoutAttribute(object pieces) : LayerAttribute
{
    /// <summary>Channels in a group.</summary>
    public object Pieces { get; } = pieces;

    /// <summary>The axis of the channels, batch left out: 0 unless set; negative axes count from the end.</summary>
    public int Axis { get; set; }
}
