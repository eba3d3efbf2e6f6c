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

/// <summary>What training minimises; the last attribute of a network.</summary>
public abstract class LossAttribute : LayerAttribute
{
    /// <summary>How the loss terms of a batch become one number.</summary>
    public Reduction Reduction { get; set; }
}

/// <summary>½Σ(p − t)² over a sample's outputs, averaged over the batch unless <see cref="LossAttribute.Reduction"/> says otherwise.</summary>
public sealed class SquaredErrorAttribute : LossAttribute;

/// <summary>(p − t)², averaged over all elements.</summary>
public sealed class MeanSquaredErrorAttribute : LossAttribute;

/// <summary>|p − t|, averaged over all elements; its derivative at 0 is 0.</summary>
public sealed class MeanAbsoluteErrorAttribute : LossAttribute;

/// <summary>½(p − t)² up to a distance of delta, delta·(|p − t| − delta/2) beyond.</summary>
/// <param name="delta">Where the parabola becomes a line, positive.</param>
/// <remarks>Huber, "Robust estimation of a location parameter", 1964.</remarks>
public sealed class HuberAttribute(double delta = 1) : LossAttribute
{
    /// <summary>Where the parabola becomes a line.</summary>
    public double Delta { get; } = delta;
}

/// <summary>−t·log p − (1 − t)·log(1 − p) for probabilities p; together with a <see cref="SigmoidAttribute"/> before it one stable step on the logits.</summary>
public sealed class BinaryCrossEntropyAttribute : LossAttribute
{
    /// <summary>Factor on the term of target 1, one for each output (or one for all); none unless set. Needs a sigmoid before the loss.</summary>
    public double[]? PositiveWeights { get; set; }
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

/// <summary>max(0, margin − t·p) for targets t of −1 and 1, averaged over all elements.</summary>
/// <param name="margin">Distance that is asked for, positive.</param>
/// <remarks>Cortes, Vapnik, "Support-vector networks", 1995.</remarks>
public sealed class HingeAttribute(double margin = 1) : LossAttribute
{
    /// <summary>Distance that is asked for.</summary>
    public double Margin { get; } = margin;

    /// <summary>Whether each term is squared.</summary>
    public bool Squared { get; set; }
}
