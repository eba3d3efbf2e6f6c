namespace NetDsl.Training.Tests;

/// <summary>Focal loss: Lin, Goyal, Girshick, He, Dollár, "Focal loss for dense object detection", 2017.</summary>
public sealed class FocalAttribute(double gamma = 2) : ElementwiseLossAttribute
{
    public static double Value(double prediction, double target, double gamma) =>
        -target * Math.Pow(1 - prediction, gamma) * Math.Log(prediction) - (1 - target) * Math.Pow(prediction, gamma) * Math.Log(1 - prediction);
}

[Network, Input(1), Sigmoid, Focal]
public partial class FocalNet;

[Network, Input(1), Sigmoid, BinaryCrossEntropy(PositiveWeights = new[] { 3.0 })]
public partial class WeightedNet;

/// <summary>log(e^p + e^t).</summary>
public sealed class LogSumAttribute : ElementwiseLossAttribute
{
    public static double Value(double prediction, double target) => Math.Log(Math.Exp(prediction) + Math.Exp(target));
}

/// <summary>log(e^(2p) + e^(−p)), and a target that counts nothing.</summary>
public sealed class LogSumOfMultiplesAttribute : ElementwiseLossAttribute
{
    public static double Value(double prediction, double target) => Math.Log(Math.Exp(2 * prediction) + Math.Exp(-prediction)) + target;
}

[Network, Input(1), LogSum]
public partial class LogSumNet;

[Network, Input(1), LogSumOfMultiples]
public partial class LogSumOfMultiplesNet;

/// <summary>Its conditions differ by output.</summary>
public sealed class SignedAttribute : ElementwiseLossAttribute
{
    public bool[]? IsSigned { get; set; }

    public static double Value(double prediction, double target, bool isSigned = true) => isSigned ? prediction - target : Math.Abs(prediction - target);
}

[Network, Input(2), Signed(IsSigned = new[] { true, false }, Reduction = Reduction.Sum)]
public partial class SignedNet;

[Network, Input(1), LogCosh]
public partial class LogCoshNet;

/// <summary>Losses far from where they were wrong keep their digits, although they are computed from logits or differences in single precision.</summary>
public class StableFormTests
{
    // Values and slopes at 50 digits; 1 − σ(z) at z = 10 has three digits left in single precision, and they are squared.
    [Theory]
    [InlineData(5f, 1f, 3.0080902253e-7, -8.9739276607e-7)]
    [InlineData(10f, 1f, 9.3565609638e-14, -2.8068620970e-13)]
    [InlineData(-5f, 0f, 3.0080902253e-7, 8.9739276607e-7)]
    public void A_focal_loss_that_is_nearly_nothing_is_nearly_nothing(float z, float t, double value, double slope) =>
        Check(new FocalNet(), new FocalNet.Parameters(), new FocalNet.Workspace(1), z, t, value, slope, 5e-3);

    [Theory]
    [InlineData(10f, 1f, 1.3619669765e-4, -1.3619360611e-4)]
    [InlineData(30f, 1f, 2.8072868907e-13, -2.8072868907e-13)]
    [InlineData(-30f, 0f, 9.3576229688e-14, 9.3576229688e-14)]
    public void Weighted_cross_entropy_of_a_sure_answer_keeps_its_digits(float z, float t, double value, double slope) =>
        Check(new WeightedNet(), new WeightedNet.Parameters(), new WeightedNet.Workspace(1), z, t, value, slope, 1e-5);

    [Theory]
    [InlineData(1e-3f, 0f, 4.9999996416e-7, 9.9999971416e-4)]
    [InlineData(0.5f, 0f, 0.12011450695827751, 0.46211715726000975)]
    [InlineData(100f, 0f, 99.306852819440055, 1.0)]
    public void The_logarithm_of_a_hyperbolic_cosine_keeps_its_digits_near_0_and_far_from_it(float p, float t, double value, double slope) =>
        Check(new LogCoshNet(), new LogCoshNet.Parameters(), new LogCoshNet.Workspace(1), p, t, value, slope, 1e-5);

    /// <summary>The limits, where an argument is infinite.</summary>
    [Theory]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity)]
    [InlineData(float.NegativeInfinity, float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.PositiveInfinity, 1f, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, 1f, 1f)]
    [InlineData(2f, float.NegativeInfinity, 2f)]
    [InlineData(3f, 3f, 3.6931472f)]
    [InlineData(200f, 199f, 200.31326f)]
    [InlineData(float.NaN, 1f, float.NaN)]
    public void The_logarithm_of_a_sum_of_exponentials_has_its_limit(float p, float t, float value) => Value(new LogSumNet(), new LogSumNet.Parameters(), new LogSumNet.Workspace(1), [p], [t]).ShouldBe(value);

    [Theory]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, float.PositiveInfinity)]
    [InlineData(-200f, 200f)]
    [InlineData(0f, 0.6931472f)]
    public void The_logarithm_of_a_sum_of_exponentials_of_multiples_has_its_limit(float p, float value) =>
        Value(new LogSumOfMultiplesNet(), new LogSumOfMultiplesNet.Parameters(), new LogSumOfMultiplesNet.Workspace(1), [p], [0]).ShouldBe(value);

    [Fact]
    public void Conditions_that_differ_by_output_choose_whole_numbers() =>
        Value(new SignedNet(), new SignedNet.Parameters(), new SignedNet.Workspace(1), [1, 2], [4, 6]).ShouldBe(1);

    private static float Value(INetwork<float, float> network, ParameterArena<float> parameters, Workspace<float> workspace, ReadOnlySpan<float> x, ReadOnlySpan<float> t)
    {
        network.Forward(parameters, x, workspace, training: true);
        return network.Loss(workspace, t);
    }

    private static void Check(INetwork<float, float> network, ParameterArena<float> parameters, Workspace<float> workspace, float x, float t, double value, double slope, double tolerance)
    {
        network.Forward(parameters, [x], workspace, training: true);
        ((double)network.Loss(workspace, [t])).ShouldBe(value, tolerance * Math.Abs(value));
        network.Backward(parameters, [x], workspace, network.CreateGradients(), accumulate: false);
        var dx = new float[1];
        network.BackwardInput(parameters, workspace, dx);
        ((double)dx[0]).ShouldBe(slope, tolerance * Math.Abs(slope));
    }
}
