using System.ComponentModel.DataAnnotations;

namespace NetDsl.Training.Tests;

/// <summary>A hyperbola between 0 and x.</summary>
internal sealed class SquareplusAttribute(double bend = 4) : ActivationAttribute
{
    public static double Value(double x, double bend) => (x + Math.Sqrt(x * x + bend)) / 2;
}

/// <summary>x·σ(βx) − δ with numbers that are learnt: one β for each channel, one δ for all.</summary>
internal sealed class ShiftedSwishAttribute(double beta = 1, double shift = 0.1) : ActivationAttribute
{
    public static float Value(float x, [Learnable(PerChannel = true)] float beta, [Learnable] float shift) => x / (1 + MathF.Exp(-beta * x)) - shift;
}

internal sealed class ProductAttribute : GateAttribute
{
    public static double Value(double a, double b) => a * Math.Cos(b);
}

/// <summary>Asks that a share of the targets lies below the prediction.</summary>
internal sealed class PinballAttribute([Range(0, 1)] double quantile) : ElementwiseLossAttribute
{
    public static double Value(double prediction, double target, double quantile)
    {
        var error = target - prediction;
        if (error > 0)
            return quantile * error;
        return (quantile - 1) * error;
    }
}

internal sealed class GeneralizedCrossEntropyAttribute(double q = 0.7) : SampleLossAttribute
{
    public static double Hit(double prediction, double target) => prediction * target;

    public static double Value(double hit, double q) => (1 - Math.Pow(Math.Max(hit, 1e-6), q)) / q;
}

internal sealed class TanhByHandAttribute : ActivationAttribute
{
    public static double Value(double x) => Math.Tanh(x);

    [Derivative]
    public static double Slope(double value) => 1 - value * value;
}

internal sealed class TanhWithoutSquareAttribute : ActivationAttribute
{
    public static double Value(double x) => Math.Tanh(x);

    [Derivative]
    public static double Slope(double value) => 1 - value;
}

internal sealed class BendByHandAttribute(double slope = 0.3) : ActivationAttribute
{
    public static double Value(double x, [Learnable] double slope) => Math.Sin(slope * x);

    [Derivative("slope")]
    public static double BySlope(double x, double slope) => x * Math.Cos(slope * x);
}

internal sealed class BendWithoutChainAttribute(double slope = 0.3) : ActivationAttribute
{
    public static double Value(double x, [Learnable] double slope) => Math.Sin(slope * x);

    [Derivative("slope")]
    public static double BySlope(double x, double slope) => Math.Cos(slope * x);
}

internal sealed class DistanceByHandAttribute : ElementwiseLossAttribute
{
    public static double Value(double prediction, double target) => Math.Pow(prediction - target, 4);

    [Derivative]
    public static double Slope(double prediction, double target) => 4 * Math.Pow(prediction - target, 3);
}

internal sealed class DistanceOfTheOtherSignAttribute : ElementwiseLossAttribute
{
    public static double Value(double prediction, double target) => Math.Pow(prediction - target, 4);

    [Derivative]
    public static double Slope(double prediction, double target) => 4 * Math.Pow(target - prediction, 3);
}

internal sealed class DecayByHandAttribute(double lambda) : RegularizerAttribute
{
    public static double Value(double weight, double lambda) => lambda * weight * weight;

    [Derivative]
    public static double Slope(double weight, double lambda) => 2 * lambda * weight;
}

internal sealed class DecayByHalfAttribute(double lambda) : RegularizerAttribute
{
    public static double Value(double weight, double lambda) => lambda * weight * weight;

    [Derivative]
    public static double Slope(double weight, double lambda) => lambda * weight;
}

internal sealed class GluByHandAttribute : GateAttribute
{
    public static double Value(double a, double b) => a * Functions.Sigmoid(b);

    [Derivative]
    public static double ByA(double b) => Functions.Sigmoid(b);

    [Derivative("b")]
    public static double ByB(double value, double b) => value * (1 - Functions.Sigmoid(b));
}

internal sealed class GluWithoutChainAttribute : GateAttribute
{
    public static double Value(double a, double b) => a * Functions.Sigmoid(b);

    [Derivative("b")]
    public static double ByB(double a) => a;
}

internal sealed class OverlapByHandAttribute : SampleLossAttribute
{
    public static double Hits(double prediction, double target) => prediction * target;

    public static double Total(double prediction, double target) => prediction * prediction + target * target;

    public static double Value(double hits, double total) => 1 - 2 * hits / total;

    [Derivative]
    public static double ByHits(double total) => -2 / total;

    [Derivative("total")]
    public static double ByTotal(double value, double total) => (1 - value) / total;
}

internal sealed class OverlapOfTheOtherSignAttribute : SampleLossAttribute
{
    public static double Hits(double prediction, double target) => prediction * target;

    public static double Total(double prediction, double target) => prediction * prediction + target * target;

    public static double Value(double hits, double total) => 1 - 2 * hits / total;

    [Derivative("total")]
    public static double ByTotal(double value, double total) => (value - 1) / total;
}

[Network(Precision = Precision.Double), Input(3), Dense(4), GluByHand, Dense(1), SquaredError]
internal sealed partial class RightGate;

[Network(Precision = Precision.Double), Input(3), Dense(4), GluWithoutChain, Dense(1), SquaredError]
internal sealed partial class WrongGate;

[Network(Precision = Precision.Double), Input(3), Dense(2), OverlapByHand]
internal sealed partial class RightSampleLoss;

[Network(Precision = Precision.Double), Input(3), Dense(2), OverlapOfTheOtherSign]
internal sealed partial class WrongSampleLoss;

[Network(Precision = Precision.Double), Input(3), Dense(4), TanhByHand, Dense(1), SquaredError]
internal sealed partial class RightActivation;

[Network(Precision = Precision.Double), Input(3), Dense(4), TanhWithoutSquare, Dense(1), SquaredError]
internal sealed partial class WrongActivation;

[Network(Precision = Precision.Double), Input(3), Dense(4), BendByHand, Dense(1), SquaredError]
internal sealed partial class RightLearnable;

[Network(Precision = Precision.Double), Input(3), Dense(4), BendWithoutChain, Dense(1), SquaredError]
internal sealed partial class WrongLearnable;

[Network(Precision = Precision.Double), Input(3), Dense(2), DistanceByHand]
internal sealed partial class RightLoss;

[Network(Precision = Precision.Double), Input(3), Dense(2), DistanceOfTheOtherSign]
internal sealed partial class WrongLoss;

[Network(Precision = Precision.Double), Input(3), Dense(4), DecayByHand(0.1), Dense(1), SquaredError]
internal sealed partial class RightRegularizer;

[Network(Precision = Precision.Double), Input(3), Dense(4), DecayByHalf(0.1), Dense(1), SquaredError]
internal sealed partial class WrongRegularizer;

/// <summary>Small enough to be trained by hand.</summary>
[Network(Precision = Precision.Double), Input(1)]
[Dense(4), Squareplus(bend: 1), L2(0.01)]
[Dense(1), Pinball(0.9)]
internal sealed partial class Quantile;

[Network, Input(64)]
[Dense(64), Squareplus, L2(1e-5)]
[Dense(10), Softmax, GeneralizedCrossEntropy]
internal sealed partial class RobustDigits;

[Network, Input(64)]
[Dense(64), Squareplus]
[Dense(10), SoftmaxCrossEntropy]
internal sealed partial class TrustfulDigits;

/// <summary>Every kind of function of one's own; sizes off every vector and tile width.</summary>
[Network, Input(301), L2(1e-3)]
[Dense(403), ShiftedSwish, Dropout(0.3)]
[Dense(154), Squareplus, Product]
[Dense(5), Softmax, GeneralizedCrossEntropy]
internal sealed partial class WideOwn;
