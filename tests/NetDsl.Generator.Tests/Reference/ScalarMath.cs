namespace NetDsl.Generator.Tests.Reference;

/// <summary>The functions of the layers in double precision, written from their definitions and apart from the kernels.</summary>
internal static class ScalarMath
{
    private const double SeluScale = 1.0507009873554804934193349852946;
    private const double SeluAlpha = 1.6732632423543772848170429916717;

    public static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    public static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    public static double Activation(string name, double x, Func<string, double> constant) => name switch
    {
        "sigmoid" => Sigmoid(x),
        "tanh" => Math.Tanh(x),
        "scaled_tanh" => constant("a") * Math.Tanh(constant("b") * x),
        "relu" => Math.Max(0, x),
        "leaky_relu" => x > 0 ? x : constant("slope") * x,
        "elu" => x > 0 ? x : constant("alpha") * (Math.Exp(x) - 1),
        "selu" => SeluScale * (x > 0 ? x : SeluAlpha * (Math.Exp(x) - 1)),
        "softplus" => Softplus(constant("beta") * x) / constant("beta"),
        "gelu" => x * NormalDistribution(x),
        "gelu_tanh" => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        "silu" => x * Sigmoid(x),
        _ => throw new NotSupportedException($"The reference knows no activation {name}."),
    };

    /// <summary>f′ from what the operation says it reads: the output for most, the input for the last three.</summary>
    public static double ActivationDerivative(string name, double saved, Func<string, double> constant) => name switch
    {
        "sigmoid" => saved * (1 - saved),
        "tanh" => 1 - saved * saved,
        "scaled_tanh" => constant("b") / constant("a") * (constant("a") - saved) * (constant("a") + saved),
        "relu" => saved > 0 ? 1 : 0,
        "leaky_relu" => saved > 0 ? 1 : constant("slope"),
        "elu" => saved > 0 ? 1 : saved + constant("alpha"),
        "selu" => saved > 0 ? SeluScale : saved + SeluScale * SeluAlpha,
        "softplus" => 1 - Math.Exp(-constant("beta") * saved),
        "gelu" => NormalDistribution(saved) + saved * Math.Exp(-saved * saved / 2) / Math.Sqrt(2 * Math.PI),
        "gelu_tanh" => GeluTanhDerivative(saved),
        "silu" => Sigmoid(saved) * (1 + saved * (1 - Sigmoid(saved))),
        _ => throw new NotSupportedException($"The reference knows no derivative of {name}."),
    };

    /// <summary>One term of an elementwise loss and its derivative with respect to the prediction.</summary>
    public static (double Value, double Derivative) LossTerm(string name, double p, double t, double positiveWeight, Func<string, double> constant)
    {
        switch (name)
        {
            case "squared_error":
                return ((p - t) * (p - t) / 2, p - t);
            case "mean_squared_error":
                return ((p - t) * (p - t), 2 * (p - t));
            case "mean_absolute_error":
                return (Math.Abs(p - t), Math.Sign(p - t));
            case "huber":
                var (delta, distance) = (constant("delta"), Math.Abs(p - t));
                return distance <= delta ? (distance * distance / 2, p - t) : (delta * (distance - delta / 2), delta * Math.Sign(p - t));
            case "hinge":
                return t * p < constant("margin") ? (constant("margin") - t * p, -t) : (0, 0);
            case "squared_hinge":
                var gap = Math.Max(0, constant("margin") - t * p);
                return (gap * gap, -2 * t * gap);
            case "binary_cross_entropy":
                return (-t * Math.Log(p) - (1 - t) * Math.Log(1 - p), (p - t) / (p * (1 - p)));
            case "binary_cross_entropy_with_logits":
                return (positiveWeight * t * Softplus(-p) + (1 - t) * Softplus(p), (1 - t) * Sigmoid(p) - positiveWeight * t * Sigmoid(-p));
            default:
                throw new NotSupportedException($"The reference knows no loss {name}.");
        }
    }

    private static double NormalDistribution(double x) => 0.5 * (1 + Erf(x / Math.Sqrt(2)));

    // The Maclaurin series near 0, the continued fraction of erfc (evaluated from its tail) beyond.
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 2.5)
        {
            var tail = 0.0;
            for (var k = 60; k >= 1; k--)
                tail = k / 2.0 / (Math.Abs(x) + tail);
            return Math.Sign(x) * (1 - Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * (Math.Abs(x) + tail)));
        }

        var (sum, power) = (0.0, x);
        for (var k = 0; k < 60; k++)
        {
            sum += power / (2 * k + 1);
            power *= -x * x / (k + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    private static double GeluTanhDerivative(double x)
    {
        var slope = Math.Sqrt(2 / Math.PI);
        var tanh = Math.Tanh(slope * (x + 0.044715 * x * x * x));
        return (1 + tanh) / 2 + x / 2 * (1 - tanh * tanh) * slope * (1 + 3 * 0.044715 * x * x);
    }
}
