using System.Globalization;

namespace NetDsl;

/// <summary>How well a network does on a data set.</summary>
/// <param name="Count">Samples evaluated.</param>
/// <param name="Loss">The loss at inference: the mean of the batches' losses, weighted by their sizes.</param>
/// <param name="Accuracy">Share of right answers, or null where the targets are plain numbers; see <see cref="MetricName"/> for what counts as right.</param>
/// <param name="MeanAbsoluteError">Mean of |prediction − target| over all elements, or null for class labels.</param>
/// <param name="Confusion">Which class was taken for which; null unless targets are labels or one-hot rows.</param>
/// <param name="MetricName">
/// <c>accuracy</c>: the largest output is the label's, or the one-hot target's; <c>accuracy at 0.5</c>: targets are 0 or 1, outputs probabilities,
/// and both are on one side of 0.5, counted by element; <c>mean absolute error</c> otherwise; <c>loss</c> where a network has several answers or losses, or compares
/// its answers with each other.
/// </param>
public sealed record Evaluation(int Count, double Loss, double? Accuracy, double? MeanAbsoluteError, ConfusionMatrix? Confusion, string MetricName)
{
    /// <summary>The accuracy where there is one, else the mean absolute error, else the loss.</summary>
    public double Metric => Accuracy ?? MeanAbsoluteError ?? Loss;

    /// <summary>Count, loss and metric, where that is another, in a line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Count} samples: loss {Loss:G5}{(Accuracy is { } accuracy ? $", {MetricName} {accuracy.ToString("P2", CultureInfo.InvariantCulture)}" : MeanAbsoluteError is { } error ? $", {MetricName} {error.ToString("G5", CultureInfo.InvariantCulture)}" : "")}");
}
