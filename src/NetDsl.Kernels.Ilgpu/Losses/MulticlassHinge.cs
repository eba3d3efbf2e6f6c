using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Losses;

namespace NetDsl.Kernels.Ilgpu.Losses;

/// <summary>Hinge loss of class scores: J. Weston and C. Watkins, "Support Vector Machines for Multi-Class Pattern Recognition" (1999).</summary>
public static class MulticlassHinge
{
    /// <summary>loss = s·Σ_r w_r·c_y·Σ_{j ≠ y} max(0, margin − x[r, y] + x[r, j]) with y the row's label and c its class weight; the gradient is 0 at the kink.</summary>
    /// <param name="target">The loss of the batch, and what it reads beside the scores.</param>
    /// <param name="scores">x [rows × classes].</param>
    /// <param name="labels">Labels [rows], on the host, where they are checked.</param>
    /// <param name="gradient">Receives the gradient [rows × classes]; may be <paramref name="scores"/>.</param>
    /// <param name="rows">Rows, the samples.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="reduction">s: Mean is 1/Σ c_y over the rows that count, BatchMean 1/samples, Sum 1.</param>
    /// <param name="margin">How far the label's score should be above the others.</param>
    /// <param name="overClasses">Whether each row's loss is divided by the number of classes.</param>
    /// <param name="classWeights">Class weights c [classes]; empty for 1.</param>
    /// <param name="ignoreIndex">Rows with this label count nothing; null for none.</param>
    /// <param name="rowsPerSample">Rows that one sample has: the time steps of a sequence.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <exception cref="ArgumentOutOfRangeException">A label is outside [0, classes); nothing was written.</exception>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Evaluate<T>(
        LossTarget<T> target, ArrayView<T> scores, ReadOnlySpan<int> labels, ArrayView<T> gradient, int rows, int classes,
        LossReduction reduction, double margin, bool overClasses, ReadOnlySpan<T> classWeights, int? ignoreIndex, int rowsPerSample = 1, double gradientFactor = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (onDevice, scale) = RowLabels<T>.Take(target, scores.Length, labels, gradient.Length, rows, classes, reduction, classWeights, ignoreIndex, rowsPerSample);
        var kernel = new MulticlassHingeKernel<T>(
            scores, onDevice, gradient, classes, T.CreateTruncating(margin), T.CreateTruncating(overClasses ? 1.0 / classes : 1), T.CreateTruncating(gradientFactor * scale));
        target.Device.Core.Launch(Work.Grid(rows), Softmax.Threads, kernel);
        target.SumWeighted(rows, T.CreateTruncating(scale));
    }
}

/// <summary>A group for each row.</summary>
internal readonly struct MulticlassHingeKernel<T>(ArrayView<T> scores, RowLabels<T> labels, ArrayView<T> gradient, int classes, T margin, T share, T scale) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ArrayView<T> _scores = scores;
    private readonly RowLabels<T> _labels = labels;
    private readonly ArrayView<T> _gradient = gradient;
    private readonly int _classes = classes;
    private readonly T _margin = margin;
    private readonly T _share = share;
    private readonly T _scale = scale;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(2 * Softmax.Threads);
        var (row, thread) = (Grid.IdxX, Group.IdxX);
        var (start, label) = (row * _classes, _labels.Of(row));
        var share = _share * _labels.ClassWeight(row);
        var factor = _scale * _labels.Weight(row) * share;
        var own = _scores[start + label];
        // All have read the label's score before its place takes its gradient, which is written last.
        var (loss, others) = (T.Zero, T.Zero);
        for (var c = thread; c < _classes; c += Softmax.Threads)
        {
            var gap = _scores[start + c] - own + _margin;
            var isOther = c != label && _labels.Counts(row);
            loss += isOther && !(gap <= T.Zero) ? gap : T.Zero;
            var part = isOther && gap > T.Zero ? factor : T.Zero;
            others += part;
            if (c != label)
                _gradient[start + c] = part;
        }

        (loss, others) = GroupSum.Pair(loss, others, shared, 1);
        if (thread == 0)
        {
            _gradient[start + label] = -others;
            _labels.Keep(row, share * loss);
        }
    }
}
