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
