namespace NetDsl;

/// <summary>How far a training run has come; given to the callbacks of <see cref="FitOptions{T, TTarget}"/>.</summary>
/// <param name="Epoch">The current epoch, counted from 1.</param>
/// <param name="Epochs">Epochs of the run.</param>
/// <param name="Batch">Batches done in this epoch.</param>
/// <param name="Batches">Batches in an epoch.</param>
/// <param name="BatchLoss">Loss of the last batch.</param>
/// <param name="Loss">Mean loss of this epoch so far, weighted by batch size.</param>
/// <param name="SamplesPerSecond">Training speed of this epoch so far, without validation.</param>
/// <param name="Elapsed">Time since the run began.</param>
/// <param name="Remaining">Time left, if it goes on as so far.</param>
/// <param name="LearningRate">Learning rate of the last batch.</param>
/// <param name="ValidationLoss">Loss on the validation set; null in the middle of an epoch or without such a set.</param>
/// <param name="ValidationMetric">Accuracy on the validation set, or mean absolute error; null as <paramref name="ValidationLoss"/>.</param>
public readonly record struct FitProgress(
    int Epoch, int Epochs, int Batch, int Batches, double BatchLoss, double Loss, double SamplesPerSecond, TimeSpan Elapsed, TimeSpan Remaining,
    double LearningRate, double? ValidationLoss = null, double? ValidationMetric = null);
