using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Losses;

namespace NetDsl.Kernels.Ilgpu.Losses;

/// <summary>Softmax and cross-entropy in one step: −Σ_c q_c·ln softmax(x)_c with q the target distribution, and its gradient softmax(x)·Σ q − q.</summary>
public static class SoftmaxCrossEntropy
{
    /// <summary>Targets given as class labels y: q_c = c_y·(1 − smoothing) at the label plus c_c·smoothing/classes everywhere, c the class weights.</summary>
    /// <param name="target">The loss of the batch, and what it reads beside the logits.</param>
    /// <param name="logits">x [rows × classes].</param>
    /// <param name="labels">Labels [rows], on the host, where they are checked.</param>
    /// <param name="gradient">Receives the gradient [rows × classes]; not the logits.</param>
    /// <param name="rows">Rows, the samples.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="reduction">What Σ w·loss is divided by: Mean by Σ c_y over the rows that count, BatchMean by the samples, Sum by 1.</param>
    /// <param name="smoothing">Label smoothing in [0, 1].</param>
    /// <param name="classWeights">Class weights c [classes]; empty for 1.</param>
    /// <param name="ignoreIndex">Rows with this label count nothing; null for none.</param>
    /// <param name="rowsPerSample">Rows that one sample has.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <exception cref="ArgumentOutOfRangeException">A label is outside [0, classes); nothing was written.</exception>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Evaluate<T, TMath>(
        LossTarget<T> target, ArrayView<T> logits, ReadOnlySpan<int> labels, ArrayView<T> gradient, int rows, int classes,
        LossReduction reduction, double smoothing, ReadOnlySpan<T> classWeights, int? ignoreIndex, int rowsPerSample = 1, double gradientFactor = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TMath : struct, IElementary<T>
    {
        var (onDevice, scale) = RowLabels<T>.Take(target, logits.Length, labels, gradient.Length, rows, classes, reduction, classWeights, ignoreIndex, rowsPerSample);
        Launch<T, TMath>(target, new(logits, onDevice, default, gradient, classes, smoothing, T.CreateTruncating(gradientFactor * scale)), rows, scale);
    }

    /// <summary>Targets given as distributions t: q = (1 − smoothing)·t + smoothing/classes. They need not sum to 1.</summary>
    /// <param name="target">The loss of the batch, and what it reads beside the logits.</param>
    /// <param name="logits">x [rows × classes].</param>
    /// <param name="distributions">t [rows × classes], on the host.</param>
    /// <param name="gradient">Receives the gradient [rows × classes]; not the logits.</param>
    /// <param name="rows">Rows, the samples.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="reduction">What Σ w·loss is divided by: Mean and BatchMean by the samples, Sum by 1.</param>
    /// <param name="smoothing">Label smoothing in [0, 1].</param>
    /// <param name="rowsPerSample">Rows that one sample has.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Evaluate<T, TMath>(
        LossTarget<T> target, ArrayView<T> logits, ReadOnlySpan<T> distributions, ArrayView<T> gradient, int rows, int classes,
        LossReduction reduction, double smoothing, int rowsPerSample = 1, double gradientFactor = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TMath : struct, IElementary<T>
    {
        Require.Length(logits.Length, rows, classes, nameof(logits));
        Require.Length(gradient.Length, rows, classes, nameof(gradient));
        Require.Length(distributions.Length, rows, classes, nameof(distributions));
        var scale = ClassLabels.Scale(reduction, rows, rows / rowsPerSample);
        Launch<T, TMath>(target, new(logits, RowLabels<T>.None(target, rows), target.Numbers(distributions), gradient, classes, smoothing, T.CreateTruncating(gradientFactor * scale)), rows, scale);
    }

    private static void Launch<T, TMath>(LossTarget<T> target, SoftmaxCrossEntropyKernel<T, TMath> kernel, int rows, double scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TMath : struct, IElementary<T>
    {
        target.Device.Core.Launch(Work.Grid(rows), Softmax.Threads, kernel);
        target.SumWeighted(rows, T.CreateTruncating(scale));
    }
}

/// <summary>A group for each row.</summary>
internal readonly struct SoftmaxCrossEntropyKernel<T, TMath>(
    ArrayView<T> logits, RowLabels<T> labels, ArrayView<T> distributions, ArrayView<T> gradient, int classes, double smoothing, T scale) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TMath : struct, IElementary<T>
{
    private readonly ArrayView<T> _logits = logits;
    private readonly RowLabels<T> _labels = labels;
    private readonly ArrayView<T> _distributions = distributions;
    private readonly ArrayView<T> _gradient = gradient;
    private readonly int _classes = classes;
    private readonly T _confidence = T.CreateTruncating(1 - smoothing);
    private readonly T _uniform = T.CreateTruncating(smoothing / classes);
    private readonly T _scale = scale;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(Softmax.Threads);
        var (row, thread) = (Grid.IdxX, Group.IdxX);
        var start = row * _classes;
        // A row that doesn't count is worked through like the others, with factors of 0: all threads meet at the barriers.
        var (label, counts) = (_labels.Of(row), _labels.Counts(row));

        var max = T.NegativeInfinity;
        for (var c = thread; c < _classes; c += Softmax.Threads)
            max = TMath.Max(max, _logits[start + c]);
        max = GroupSum.Max<T, TMath>(max, shared, Softmax.Threads);
        var sum = T.Zero;
        for (var c = thread; c < _classes; c += Softmax.Threads)
            sum += TMath.Exp(_logits[start + c] - max);
        sum = GroupSum.Sum(sum, shared, Softmax.Threads);
        var logSum = TMath.Log(sum);

        var (loss, mass) = (T.Zero, T.Zero);
        for (var c = thread; c < _classes; c += Softmax.Threads)
        {
            var q = Target(row, c, label);
            mass += q;
            // 0·∞ is no part of the loss.
            loss += q == T.Zero ? T.Zero : q * (logSum - (_logits[start + c] - max));
        }

        mass = GroupSum.Sum(mass, shared, Softmax.Threads);
        loss = GroupSum.Sum(loss, shared, Softmax.Threads);

        var weight = _labels.Weight(row);
        var (share, scale) = (_scale * weight * mass / sum, _scale * weight);
        for (var c = thread; c < _classes; c += Softmax.Threads)
            _gradient[start + c] = counts ? share * TMath.Exp(_logits[start + c] - max) - scale * Target(row, c, label) : T.Zero;
        if (thread == 0)
            _labels.Keep(row, counts ? loss : T.Zero);
    }

    private T Target(int row, int c, int label)
    {
        if (!_labels.Any)
            return _confidence * _distributions[row * _classes + c] + _uniform;
        return _labels.WeightOf(c) * (c == label ? _confidence + _uniform : _uniform);
    }
}
