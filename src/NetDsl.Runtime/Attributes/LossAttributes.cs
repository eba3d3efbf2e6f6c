using System.ComponentModel.DataAnnotations;

namespace NetDsl;

/// <summary>How the loss terms of a batch become one number.</summary>
public enum Reduction
{
    /// <summary>The mean over all terms.</summary>
    Mean,

    /// <summary>The sum of all terms.</summary>
    Sum,

    /// <summary>The sum of all terms divided by the number of samples.</summary>
    BatchMean,
}

/// <summary>What training minimises; the last attribute of a network or of a member. Several losses add up.</summary>
public abstract class LossAttribute : LayerAttribute
{
    /// <summary>Factor of the loss in the sum of all losses, above 0; 1 unless set.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>How the loss terms of a batch become one number.</summary>
    public Reduction Reduction { get; set; }
}

/// <summary>The reduction of a loss whose use doesn't set <see cref="LossAttribute.Reduction"/>; the mean over all terms where a loss has none of these.</summary>
/// <param name="reduction">How the loss terms of a batch become one number.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class DefaultReductionAttribute(Reduction reduction) : Attribute
{
    /// <summary>How the loss terms of a batch become one number.</summary>
    public Reduction Reduction { get; } = reduction;
}

/// <summary>½Σ(p − t)² over a sample's outputs, averaged over the batch unless <see cref="LossAttribute.Reduction"/> says otherwise.</summary>
[DefaultReduction(Reduction.BatchMean)]
public sealed class SquaredErrorAttribute : ElementwiseLossAttribute
{
    /// <summary>½(p − t)².</summary>
    public static double Value(double prediction, double target) => 0.5 * Math.Pow(prediction - target, 2);
}

/// <summary>(p − t)², averaged over all elements.</summary>
public sealed class MeanSquaredErrorAttribute : ElementwiseLossAttribute
{
    /// <summary>(p − t)².</summary>
    public static double Value(double prediction, double target) => Math.Pow(prediction - target, 2);
}

/// <summary>|p − t|, averaged over all elements; its derivative at 0 is 0.</summary>
public sealed class MeanAbsoluteErrorAttribute : ElementwiseLossAttribute
{
    /// <summary>|p − t|.</summary>
    public static double Value(double prediction, double target) => Math.Abs(prediction - target);
}

/// <summary>½(p − t)² up to a distance of delta, delta·(|p − t| − delta/2) beyond.</summary>
/// <param name="delta">Where the parabola becomes a line, positive.</param>
/// <remarks>Huber, "Robust estimation of a location parameter", 1964.</remarks>
public sealed class HuberAttribute([Range(0, double.MaxValue, MinimumIsExclusive = true)] double delta = 1) : ElementwiseLossAttribute
{
    /// <summary>A parabola, and lines beyond delta.</summary>
    public static double Value(double prediction, double target, double delta)
    {
        var distance = Math.Abs(prediction - target);
        return distance <= delta ? 0.5 * distance * distance : delta * (distance - 0.5 * delta);
    }
}

/// <summary>(p − t)²/(2·beta) below a distance of beta, |p − t| − beta/2 beyond: <see cref="HuberAttribute"/> divided by its delta.</summary>
/// <param name="beta">Where the parabola becomes a line, positive.</param>
/// <remarks>Girshick, "Fast R-CNN", 2015.</remarks>
public sealed class SmoothL1Attribute([Range(0, double.MaxValue, MinimumIsExclusive = true)] double beta = 1) : ElementwiseLossAttribute
{
    /// <summary>A parabola, and lines of slope 1 beyond beta.</summary>
    public static double Value(double prediction, double target, double beta)
    {
        var distance = Math.Abs(prediction - target);
        return distance < beta ? 0.5 * distance * distance / beta : distance - 0.5 * beta;
    }
}

/// <summary>log cosh(p − t), averaged over all elements: like ½(p − t)² near 0, like |p − t| − log 2 far from it.</summary>
/// <remarks>Green, "Bayesian reconstructions from emission tomography data using a modified EM algorithm", 1990.</remarks>
public sealed class LogCoshAttribute : ElementwiseLossAttribute
{
    /// <summary>log cosh(p − t).</summary>
    public static double Value(double prediction, double target) => Math.Log(Math.Cosh(prediction - target));
}

/// <summary>−t·log p − (1 − t)·log(1 − p) for probabilities p; together with a <see cref="SigmoidAttribute"/> before it one stable step on the logits.</summary>
/// <remarks>Each logarithm counts as −100 at least, so that a probability that is 0 for want of digits gives no infinite loss; behind a sigmoid the loss is computed from the logit, where it is finite without that bound.</remarks>
public sealed class BinaryCrossEntropyAttribute : ElementwiseLossAttribute
{
    private const double LeastLogarithm = -100;

    /// <summary>Factor on the term of target 1, one for each output (or one for all); none unless set. Needs a sigmoid before the loss.</summary>
    public double[]? PositiveWeights { get; set; }

    /// <summary>−w·t·log p − (1 − t)·log(1 − p).</summary>
    public static double Value([Range(0, 1)] double prediction, [Range(0, 1)] double target, double positiveWeights = 1) =>
        -(positiveWeights * target * Math.Max(Math.Log(prediction), LeastLogarithm) + (1 - target) * Math.Max(Math.Log(1 - prediction), LeastLogarithm));
}

/// <summary>t·(log t − p) for log-probabilities p and probabilities t, 0 where t is 0: the divergence of the target's distribution from the predicted one.</summary>
/// <remarks>Kullback, Leibler, "On information and sufficiency", 1951. Mostly wanted with <see cref="Reduction.BatchMean"/>.</remarks>
public sealed class KullbackLeiblerAttribute : ElementwiseLossAttribute
{
    /// <summary>t·(log t − p).</summary>
    public static double Value([Range(double.MinValue, 0)] double prediction, [Range(0, 1)] double target) => target == 0 ? 0 : target * (Math.Log(target) - prediction);
}

/// <summary>max(0, margin − t·p) for targets t of −1 and 1, averaged over all elements.</summary>
/// <param name="margin">Distance that is asked for, positive.</param>
/// <remarks>Cortes, Vapnik, "Support-vector networks", 1995.</remarks>
public sealed class HingeAttribute([Range(0, double.MaxValue, MinimumIsExclusive = true)] double margin = 1) : ElementwiseLossAttribute
{
    /// <summary>Whether each term is squared.</summary>
    public bool Squared { get; set; }

    /// <summary>max(0, margin − t·p) or its square.</summary>
    public static double Value(double prediction, [AllowedValues(-1.0, 1.0)] double target, double margin, bool squared)
    {
        var gap = Math.Max(margin - target * prediction, 0);
        return squared ? gap * gap : gap;
    }
}

/// <summary>−Σ q·log softmax(z) over the classes, in one step with the softmax; takes class labels or target distributions.</summary>
public sealed class SoftmaxCrossEntropyAttribute : LossAttribute
{
    /// <summary>Share s of the target that is spread evenly over all classes, in [0, 1): q = (1 − s)·t + s/classes.</summary>
    /// <remarks>Szegedy et al., "Rethinking the Inception architecture for computer vision", 2016.</remarks>
    public double LabelSmoothing { get; set; }

    /// <summary>Factor on each class's terms; the mean divides by the factors used. With labels only.</summary>
    public double[]? ClassWeights { get; set; }

    /// <summary>A label whose rows count nothing; none unless set. With labels only; a <see cref="Dataset{T, TTarget}"/> holds no such labels, so it is for loops of your own.</summary>
    public int IgnoreIndex { get; set; } = int.MinValue;
}

/// <summary>−y[label] for log-probabilities y.</summary>
public sealed class NegativeLogLikelihoodAttribute : LossAttribute
{
    /// <summary>Factor on each class's terms; the mean divides by the factors used.</summary>
    public double[]? ClassWeights { get; set; }

    /// <summary>A label whose rows count nothing; none unless set. A <see cref="Dataset{T, TTarget}"/> holds no such labels, so it is for loops of your own.</summary>
    public int IgnoreIndex { get; set; } = int.MinValue;
}

/// <summary>Σ max(0, margin − p[label] + p[class]) over the other classes, averaged over the rows: the multi-class support vector machine.</summary>
/// <param name="margin">Lead over every other class that is asked of the label's score, above 0.</param>
/// <remarks>Weston, Watkins, "Support vector machines for multi-class pattern recognition", 1999.</remarks>
public sealed class MulticlassHingeAttribute(double margin = 1) : LossAttribute
{
    /// <summary>Lead that is asked for.</summary>
    public double Margin { get; } = margin;

    /// <summary>Whether each row's sum is divided by the number of classes.</summary>
    public bool OverClasses { get; set; }

    /// <summary>Factor on the rows of each class; the mean divides by the factors used.</summary>
    public double[]? ClassWeights { get; set; }

    /// <summary>A label whose rows count nothing; none unless set. A <see cref="Dataset{T, TTarget}"/> holds no such labels, so it is for loops of your own.</summary>
    public int IgnoreIndex { get; set; } = int.MinValue;
}
