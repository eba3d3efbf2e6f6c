using System.ComponentModel.DataAnnotations;

namespace NetDsl;

/// <summary>λ·|w|, which drives weights to zero.</summary>
/// <param name="lambda">Weight of the penalty, at least 0.</param>
/// <remarks>Tibshirani, "Regression shrinkage and selection via the lasso", 1996.</remarks>
public sealed class L1Attribute([Range(0, double.MaxValue)] double lambda) : RegularizerAttribute
{
    /// <summary>λ·|w|.</summary>
    public static double Value(double weight, double lambda) => lambda * Math.Abs(weight);
}

/// <summary>½λ·w², whose gradient is λ·w: weight decay.</summary>
/// <param name="lambda">Weight of the penalty, at least 0.</param>
/// <remarks>Krogh, Hertz, "A simple weight decay can improve generalization", 1992.</remarks>
public sealed class L2Attribute([Range(0, double.MaxValue)] double lambda) : RegularizerAttribute
{
    /// <summary>½λ·w².</summary>
    public static double Value(double weight, double lambda) => 0.5 * lambda * weight * weight;
}

/// <summary>λ₁·|w| + ½λ₂·w².</summary>
/// <param name="l1">Weight λ₁ of the absolute values, at least 0.</param>
/// <param name="l2">Weight λ₂ of the squares, at least 0.</param>
/// <remarks>Zou, Hastie, "Regularization and variable selection via the elastic net", 2005.</remarks>
public sealed class ElasticNetAttribute([Range(0, double.MaxValue)] double l1, [Range(0, double.MaxValue)] double l2) : RegularizerAttribute
{
    /// <summary>λ₁·|w| + ½λ₂·w².</summary>
    public static double Value(double weight, double l1, double l2) => L1Attribute.Value(weight, l1) + L2Attribute.Value(weight, l2);
}
