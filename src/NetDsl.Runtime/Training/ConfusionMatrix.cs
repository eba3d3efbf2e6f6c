using System.Globalization;

namespace NetDsl;

/// <summary>How often samples of each class were taken for each class.</summary>
public sealed class ConfusionMatrix
{
    private readonly long[] _counts;

    /// <summary>An empty matrix.</summary>
    /// <param name="classes">Number of classes, at least 1.</param>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Classes = classes;
        _counts = new long[(long)classes * classes];
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Samples of class <paramref name="actual"/> that were taken for <paramref name="predicted"/>.</summary>
    public long this[int actual, int predicted] => _counts[Place(actual, predicted)];

    /// <summary>Samples counted.</summary>
    public long Total => _counts.Sum();

    /// <summary>Samples on the diagonal.</summary>
    public long Correct => Enumerable.Range(0, Classes).Sum(label => this[label, label]);

    /// <summary>Share of the samples on the diagonal; NaN for an empty matrix.</summary>
    public double Accuracy => (double)Correct / Total;

    /// <summary>Counts one sample.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A class is outside 0..classes − 1.</exception>
    public void Add(int actual, int predicted) => _counts[Place(actual, predicted)]++;

    /// <summary>Share of those taken for <paramref name="label"/> that are of that class; NaN where none was.</summary>
    public double Precision(int label) => (double)this[label, label] / Enumerable.Range(0, Classes).Sum(actual => this[actual, label]);

    /// <summary>Share of the samples of class <paramref name="label"/> that were recognised; NaN where there is none.</summary>
    public double Recall(int label) => (double)this[label, label] / Enumerable.Range(0, Classes).Sum(predicted => this[label, predicted]);

    /// <summary>The matrix with actual classes down, predicted ones across, and the recall at the right, the precision below.</summary>
    public override string ToString()
    {
        var labels = Enumerable.Range(0, Classes).ToArray();
        return TextTable.Format(
        [
            ["actual \\ predicted", .. labels.Select(Text), "recall"],
            .. labels.Select(actual => (string[])[Text(actual), .. labels.Select(predicted => Text(this[actual, predicted])), Share(Recall(actual))]),
            ["precision", .. labels.Select(label => Share(Precision(label))), Share(Accuracy)],
        ], left: 1);
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Share(double value) => double.IsNaN(value) ? "–" : value.ToString("P1", CultureInfo.InvariantCulture);

    private long Place(int actual, int predicted)
    {
        Check(actual, nameof(actual));
        Check(predicted, nameof(predicted));
        return (long)actual * Classes + predicted;
    }

    private void Check(int label, string name)
    {
        if ((uint)label >= (uint)Classes)
            throw new ArgumentOutOfRangeException(name, label, $"Expected a class in 0..{Classes - 1}.");
    }
}
