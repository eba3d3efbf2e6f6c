namespace NetDsl.Kernels.Losses;

/// <summary>What a loss divides the sum of its terms by.</summary>
public enum LossReduction
{
    /// <summary>The number of terms.</summary>
    Mean,

    /// <summary>1.</summary>
    Sum,

    /// <summary>The number of rows.</summary>
    BatchMean,
}
