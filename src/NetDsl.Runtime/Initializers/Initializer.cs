using System.Numerics;

namespace NetDsl;

/// <summary>Fills a tensor with its first values. Immutable; equal settings are equal; <see cref="object.ToString"/> says the formula.</summary>
/// <remarks>
/// fanIn is the number of inputs that one output sums over, fanOut the number of outputs that one input reaches; a dense weight
/// [out × in] has fanIn = in, fanOut = out, a convolution multiplies both channel counts by the kernel's size.
/// </remarks>
public abstract record Initializer
{
    /// <summary>U(±√(6 / (fanIn + fanOut))): keeps the variance of activations and gradients in tanh-like layers. Glorot and Bengio 2010, equation 16.</summary>
    public static Initializer GlorotUniform { get; } = new VarianceScaling(Distribution.Uniform, Fan.Average, 1);

    /// <summary>N(0, 2 / (fanIn + fanOut)). Glorot and Bengio 2010, equation 12.</summary>
    public static Initializer GlorotNormal { get; } = new VarianceScaling(Distribution.Normal, Fan.Average, 1);

    /// <summary>As <see cref="GlorotNormal"/>, cut off at two standard deviations and widened to the same variance.</summary>
    public static Initializer GlorotTruncatedNormal { get; } = new VarianceScaling(Distribution.TruncatedNormal, Fan.Average, 1);

    /// <summary>U(±√(6 / fanIn)), for ReLU layers. He et al. 2015, section 2.2.</summary>
    public static Initializer HeUniform { get; } = new VarianceScaling(Distribution.Uniform, Fan.In, 2);

    /// <summary>N(0, 2 / fanIn): keeps the forward variance through ReLU layers. He et al. 2015, equation 10.</summary>
    public static Initializer HeNormal { get; } = new VarianceScaling(Distribution.Normal, Fan.In, 2);

    /// <summary>As <see cref="HeNormal"/>, cut off at two standard deviations and widened to the same variance.</summary>
    public static Initializer HeTruncatedNormal { get; } = new VarianceScaling(Distribution.TruncatedNormal, Fan.In, 2);

    /// <summary>N(0, 2 / fanOut): keeps the backward variance through ReLU layers. He et al. 2015, equation 14.</summary>
    public static Initializer HeNormalFanOut { get; } = new VarianceScaling(Distribution.Normal, Fan.Out, 2);

    /// <summary>U(±√(3 / fanIn)). LeCun et al. 1998, "Efficient BackProp", equation 16 as a uniform draw.</summary>
    public static Initializer LeCunUniform { get; } = new VarianceScaling(Distribution.Uniform, Fan.In, 1);

    /// <summary>N(0, 1 / fanIn). LeCun et al. 1998, "Efficient BackProp", equation 16.</summary>
    public static Initializer LeCunNormal { get; } = new VarianceScaling(Distribution.Normal, Fan.In, 1);

    /// <summary>As <see cref="LeCunNormal"/>, cut off at two standard deviations and widened to the same variance.</summary>
    public static Initializer LeCunTruncatedNormal { get; } = new VarianceScaling(Distribution.TruncatedNormal, Fan.In, 1);

    /// <summary>N(0, 1 / n) with n = fanIn: <see cref="LeCunNormal"/> by the name that Nielsen's book describes it with.</summary>
    public static Initializer OneOverSqrtNNormal => LeCunNormal;

    /// <summary>U(±√3 / √n) with n = fanIn: another name of <see cref="LeCunUniform"/>.</summary>
    public static Initializer Sqrt3OverSqrtNUniform => LeCunUniform;

    /// <summary>All zero, as biases start.</summary>
    public static Initializer Zeros { get; } = new ConstantValue(0);

    /// <summary>N(0, 2 / ((1 + slope²)·fanIn)), for leaky and parametric ReLU. He et al. 2015, equation 15.</summary>
    /// <param name="slope">Slope of the activation below 0, finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">The slope isn't finite.</exception>
    public static Initializer HeNormalLeaky(double slope) => new VarianceScaling(Distribution.Normal, Fan.In, 2 / (1 + Square(Finite(slope, nameof(slope)))));

    /// <summary>N(0, σ²), whatever the layer's size.</summary>
    /// <param name="standardDeviation">σ, finite and not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">σ is negative or not finite.</exception>
    public static Initializer Normal(double standardDeviation) => new VarianceScaling(Distribution.Normal, Fan.None, Square(NotNegative(standardDeviation, nameof(standardDeviation))));

    /// <summary>U(±bound), whatever the layer's size.</summary>
    /// <param name="bound">Largest magnitude, finite and not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bound is negative or not finite.</exception>
    public static Initializer Uniform(double bound) => new VarianceScaling(Distribution.Uniform, Fan.None, Square(NotNegative(bound, nameof(bound))) / 3);

    /// <summary>All equal to <paramref name="value"/>.</summary>
    /// <param name="value">Any finite number.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value isn't finite.</exception>
    public static Initializer Constant(double value) => new ConstantValue(Finite(value, nameof(value)));

    /// <summary>Given values, over and over, such as filters for each channel of an image.</summary>
    /// <param name="values">The values, all finite; their number divides the tensor's.</param>
    /// <param name="rows">Equal parts that the tensor and the values fall into, each of which is filled from its own; divides the number of values.</param>
    /// <exception cref="ArgumentException">No values, one that isn't finite, or rows that don't divide them.</exception>
    public static Initializer Given(ReadOnlySpan<double> values, int rows = 1)
    {
        if (rows < 1 || values.IsEmpty || values.Length % rows != 0)
            throw new ArgumentException($"There are {values.Length} values for {rows} rows; expected the same number of at least 1 for each of at least 1 row.", nameof(values));
        foreach (var value in values)
            Finite(value, nameof(values));
        return new GivenValues(values.ToArray(), rows);
    }

    /// <summary>The initialiser that an attribute names.</summary>
    /// <param name="scheme">The scheme; <see cref="Initialization.Default"/> is that of weights, Glorot uniform.</param>
    /// <param name="value">The number that <see cref="Initialization.HeNormalLeaky"/>, <see cref="Initialization.Normal"/>, <see cref="Initialization.Uniform"/> and <see cref="Initialization.Constant"/> need; the others ignore it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scheme isn't one of the enumeration, or the value doesn't suit it.</exception>
    public static Initializer From(Initialization scheme, double value = 0) => scheme switch
    {
        Initialization.Default or Initialization.GlorotUniform => GlorotUniform,
        Initialization.GlorotNormal => GlorotNormal,
        Initialization.GlorotTruncatedNormal => GlorotTruncatedNormal,
        Initialization.HeUniform => HeUniform,
        Initialization.HeNormal => HeNormal,
        Initialization.HeTruncatedNormal => HeTruncatedNormal,
        Initialization.HeNormalFanOut => HeNormalFanOut,
        Initialization.HeNormalLeaky => HeNormalLeaky(value),
        Initialization.LeCunUniform => LeCunUniform,
        Initialization.LeCunNormal => LeCunNormal,
        Initialization.LeCunTruncatedNormal => LeCunTruncatedNormal,
        Initialization.OneOverSqrtNNormal => OneOverSqrtNNormal,
        Initialization.Sqrt3OverSqrtNUniform => Sqrt3OverSqrtNUniform,
        Initialization.Normal => Normal(value),
        Initialization.Uniform => Uniform(value),
        Initialization.Zeros => Zeros,
        Initialization.Constant => Constant(value),
        _ => throw new ArgumentOutOfRangeException(nameof(scheme), scheme, $"Expected one of: {string.Join(", ", Enum.GetNames<Initialization>())}."),
    };

    /// <summary>Fills <paramref name="values"/>; the same seed and stream give the same bits.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="values">The tensor's elements, row-major.</param>
    /// <param name="fanIn">Inputs that one output sums over, at least 1.</param>
    /// <param name="fanOut">Outputs that one input reaches, at least 1.</param>
    /// <param name="seed">Seed of the whole network.</param>
    /// <param name="stream">Tells the tensors of a network apart.</param>
    /// <exception cref="ArgumentOutOfRangeException">A fan isn't positive.</exception>
    public abstract void Fill<T>(Span<T> values, int fanIn, int fanOut, ulong seed, ulong stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    private static double Square(double value) => value * value;

    private static double Finite(double value, string name) => double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "Expected a finite number.");

    private static double NotNegative(double value, string name) => Finite(value, name) >= 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "Expected a number that isn't negative.");
}
