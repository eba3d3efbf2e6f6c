using System.Numerics;

namespace NetDsl.Kernels.Losses;

/// <summary>The negative log-likelihood of class labels, from log-probabilities.</summary>
public static class NegativeLogLikelihood
{
    /// <summary>loss = s·Σ_r w_r·c_y·(−x[r, y]) with y the row's label and c its class weight.</summary>
    /// <param name="logProbabilities">x [rows × classes].</param>
    /// <param name="labels">Labels [rows].</param>
    /// <param name="gradient">Receives the gradient [rows × classes]; empty if not wanted.</param>
    /// <param name="weights">Row weights w [rows]; empty for 1.</param>
    /// <param name="terms">Receives each row's term [rows], before its row weight; empty if not wanted.</param>
    /// <param name="rows">Rows, the samples.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="reduction">s: Mean is 1/Σ c_y over the rows that count, BatchMean 1/samples, Sum 1.</param>
    /// <param name="classWeights">Class weights c [classes]; empty for 1.</param>
    /// <param name="ignoreIndex">Rows with this label count nothing; null for none.</param>
    /// <param name="rowsPerSample">Rows that one sample has: the time steps of a sequence.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <returns>The loss; 0 if no row counts.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A label is outside [0, classes); nothing was written.</exception>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static T Evaluate<T>(
        ReadOnlySpan<T> logProbabilities,
        ReadOnlySpan<int> labels,
        Span<T> gradient,
        ReadOnlySpan<T> weights,
        Span<T> terms,
        int rows,
        int classes,
        LossReduction reduction,
        ReadOnlySpan<T> classWeights,
        int? ignoreIndex,
        int rowsPerSample = 1,
        double gradientFactor = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require.Shape(rows, classes);
        Require.Length(logProbabilities.Length, rows, classes, nameof(logProbabilities));
        Require.Length(labels.Length, rows, 1, nameof(labels));
        Require.LengthOrEmpty(gradient.Length, rows, classes, nameof(gradient));
        Require.LengthOrEmpty(weights.Length, rows, 1, nameof(weights));
        Require.LengthOrEmpty(terms.Length, rows, 1, nameof(terms));
        Require.LengthOrEmpty(classWeights.Length, 1, classes, nameof(classWeights));
        var scale = ClassLabels.Scale(reduction, ClassLabels.TotalWeight(labels, classes, classWeights, ignoreIndex), rows / rowsPerSample);

        var sum = 0.0;
        gradient.Clear();
        for (var row = 0; row < rows; row++)
        {
            var label = labels[row];
            var term = 0.0;
            if (label != ignoreIndex)
            {
                var weight = ClassLabels.Weight(weights, row);
                var classWeight = ClassLabels.Weight(classWeights, label);
                term = -classWeight * double.CreateTruncating(logProbabilities[row * classes + label]);
                sum += weight * term;
                if (!gradient.IsEmpty)
                    gradient[row * classes + label] = T.CreateTruncating(-gradientFactor * scale * weight * classWeight);
            }

            if (!terms.IsEmpty)
                terms[row] = T.CreateTruncating(term);
        }
        return T.CreateTruncating(sum * scale);
    }
}
