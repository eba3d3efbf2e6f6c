using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Losses;

namespace NetDsl.Kernels.Ilgpu.Losses;

/// <summary>The negative log-likelihood of class labels, from log-probabilities.</summary>
public static class NegativeLogLikelihood
{
    /// <summary>loss = s·Σ_r w_r·c_y·(−x[r, y]) with y the row's label and c its class weight.</summary>
    /// <param name="target">The loss of the batch, and what it reads beside the log-probabilities.</param>
    /// <param name="logProbabilities">x [rows × classes].</param>
    /// <param name="labels">Labels [rows], on the host, where they are checked.</param>
    /// <param name="gradient">Receives the gradient [rows × classes]; not the log-probabilities.</param>
    /// <param name="rows">Rows, the samples.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="reduction">s: Mean is 1/Σ c_y over the rows that count, BatchMean 1/samples, Sum 1.</param>
    /// <param name="classWeights">Class weights c [classes]; empty for 1.</param>
    /// <param name="ignoreIndex">Rows with this label count nothing; null for none.</param>
    /// <param name="rowsPerSample">Rows that one sample has: the time steps of a sequence.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <exception cref="ArgumentOutOfRangeException">A label is outside [0, classes); nothing was written.</exception>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Evaluate<T>(
        LossTarget<T> target, ArrayView<T> logProbabilities, ReadOnlySpan<int> labels, ArrayView<T> gradient, int rows, int classes,
        LossReduction reduction, ReadOnlySpan<T> classWeights, int? ignoreIndex, int rowsPerSample = 1, double gradientFactor = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (onDevice, scale) = RowLabels<T>.Take(target, logProbabilities.Length, labels, gradient.Length, rows, classes, reduction, classWeights, ignoreIndex, rowsPerSample);
        target.Device.Core.Launch(
            Work.Groups(gradient.IntLength), Work.Threads, new NegativeLogLikelihoodKernel<T>(logProbabilities, onDevice, gradient, classes, T.CreateTruncating(gradientFactor * scale)));
        target.SumWeighted(rows, T.CreateTruncating(scale));
    }
}

/// <summary>A thread for each element of the gradient.</summary>
internal readonly struct NegativeLogLikelihoodKernel<T>(ArrayView<T> logProbabilities, RowLabels<T> labels, ArrayView<T> gradient, int classes, T scale) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ArrayView<T> _logProbabilities = logProbabilities;
    private readonly RowLabels<T> _labels = labels;
    private readonly ArrayView<T> _gradient = gradient;
    private readonly int _classes = classes;
    private readonly T _scale = scale;

    public void Run()
    {
        var i = Grid.GlobalLinearIndex;
        if (i >= _gradient.IntLength)
            return;
        var (row, c) = (i / _classes, i % _classes);
        _gradient[i] = _labels.Counts(row) && c == _labels.Of(row) ? -_scale * _labels.Weight(row) * _labels.ClassWeight(row) : T.Zero;
        if (c == 0)
            _labels.Keep(row, _labels.Counts(row) ? -_labels.ClassWeight(row) * _logProbabilities[row * _classes + _labels.Of(row)] : T.Zero);
    }
}
