using System.Globalization;

namespace NetDsl;

/// <summary>Why a training run ended.</summary>
public enum FitOutcome
{
    /// <summary>All epochs are done.</summary>
    Completed,

    /// <summary>A callback returned false.</summary>
    Stopped,

    /// <summary>The token was cancelled.</summary>
    Cancelled,
}

/// <summary>One finished epoch.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="TrainingLoss">Mean of the batches' losses while the parameters changed, weighted by batch size.</param>
/// <param name="ValidationLoss">Loss on the validation set after the epoch; null without one.</param>
/// <param name="ValidationMetric">Accuracy on the validation set, or mean absolute error; null without one.</param>
/// <param name="Seconds">Duration of the training part, validation left out.</param>
/// <param name="SamplesPerSecond">Samples trained on a second.</param>
/// <param name="LearningRate">Learning rate of the epoch's last batch.</param>
public sealed record EpochRecord(
    int Epoch, double TrainingLoss, double? ValidationLoss, double? ValidationMetric, double Seconds, double SamplesPerSecond, double LearningRate);

/// <summary>What happened in a training run.</summary>
/// <param name="Epochs">The finished epochs; an epoch that was broken off isn't among them.</param>
/// <param name="Steps">Batches trained on, those of a broken-off epoch too.</param>
/// <param name="Outcome">Why the run ended.</param>
/// <param name="Validation">The evaluation after the last finished epoch; null without a validation set.</param>
public sealed record History(IReadOnlyList<EpochRecord> Epochs, long Steps, FitOutcome Outcome, Evaluation? Validation)
{
    /// <summary>Training loss of the last finished epoch; NaN before the first.</summary>
    public double TrainingLoss => Epochs.Count > 0 ? Epochs[^1].TrainingLoss : double.NaN;

    /// <summary>One line an epoch.</summary>
    public override string ToString()
    {
        var metric = Validation?.MetricName ?? "accuracy";
        return TextTable.Format(
        [
            ["epoch", "training loss", "validation loss", $"validation {metric}", "seconds", "samples/s", "learning rate"],
            .. Epochs.Select(epoch => (string[])
            [
                Text(epoch.Epoch, "D"), Text(epoch.TrainingLoss, "G5"), Text(epoch.ValidationLoss, "G5"), Text(epoch.ValidationMetric, Validation?.Accuracy is null ? "G5" : "P2"),
                Text(epoch.Seconds, "F2"), Text(epoch.SamplesPerSecond, "N0"), Text(epoch.LearningRate, "G5"),
            ]),
        ], left: 0);
    }

    private static string Text(IFormattable? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "–";
}
