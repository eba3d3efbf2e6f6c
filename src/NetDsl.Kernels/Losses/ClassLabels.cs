using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace NetDsl.Kernels.Losses;

/// <summary>What the losses over class labels share: checks, and what a row counts.</summary>
internal static class ClassLabels
{
    /// <summary>Checks every label before anything is written and returns the weight of the rows that count: Σ classWeights[label], or their number.</summary>
    public static double TotalWeight<T>(ReadOnlySpan<int> labels, int classes, ReadOnlySpan<T> classWeights, int? ignoreIndex)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var total = 0.0;
        for (var row = 0; row < labels.Length; row++)
        {
            var label = labels[row];
            if (label == ignoreIndex)
                continue;
            if ((uint)label >= (uint)classes)
                ThrowLabel(row, label, classes);
            total += Weight(classWeights, label);
        }
        return total;
    }

    /// <summary>The weight of a class.</summary>
    public static double Weight<T>(ReadOnlySpan<T> classWeights, int label)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => classWeights.IsEmpty ? 1 : double.CreateTruncating(classWeights[label]);

    /// <summary>What the sum over rows is multiplied by; 0 if no row counts.</summary>
    public static double Scale(LossReduction reduction, double totalWeight, int samples)
    {
        var divisor = reduction switch { LossReduction.Mean => totalWeight, LossReduction.BatchMean => samples, _ => 1 };
        return divisor == 0 ? 0 : 1 / divisor;
    }

    [DoesNotReturn]
    private static void ThrowLabel(int row, int label, int classes) =>
        throw new ArgumentOutOfRangeException(
            "labels", label, $"Row {row} has label {label}, but with {classes} classes labels are 0 … {classes - 1}; correct the label, or leave its rows out with IgnoreIndex = {label}.");
}
