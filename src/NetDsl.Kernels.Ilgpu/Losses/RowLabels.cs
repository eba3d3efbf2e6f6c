using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Losses;

namespace NetDsl.Kernels.Ilgpu.Losses;

/// <summary>The labels of rows of classes on a device, with what a row counts, and where its loss goes; of rows with distributions in their place, the rest of that.</summary>
internal readonly struct RowLabels<T>(
    ArrayView<int> labels, ArrayView<T> classWeights, ArrayView<T> weights, ArrayView<T> terms, ArrayView<T> weighted, int ignoreIndex)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ArrayView<int> _labels = labels;
    private readonly ArrayView<T> _classWeights = classWeights;
    private readonly ArrayView<T> _weights = weights;
    private readonly ArrayView<T> _terms = terms;
    private readonly ArrayView<T> _weighted = weighted;
    private readonly int _ignoreIndex = ignoreIndex;

    /// <summary>Checks the labels and brings them to the device; the second is what the sum over the rows is multiplied by.</summary>
    public static (RowLabels<T> Labels, double Scale) Take(
        LossTarget<T> target, long x, ReadOnlySpan<int> labels, long gradient, int rows, int classes, LossReduction reduction, ReadOnlySpan<T> classWeights, int? ignoreIndex, int rowsPerSample)
    {
        Require.Length(x, rows, classes, nameof(x));
        Require.Length(gradient, rows, classes, nameof(gradient));
        Require.Length(labels.Length, rows, 1, nameof(labels));
        Require.LengthOrEmpty(classWeights.Length, 1, classes, nameof(classWeights));
        var scale = ClassLabels.Scale(reduction, ClassLabels.TotalWeight(labels, classes, classWeights, ignoreIndex), rows / rowsPerSample);
        return (new(target.Labels(labels), target.ClassWeights(classWeights), target.Weights, target.Terms(rows), target.Weighted(rows), ignoreIndex ?? int.MinValue), scale);
    }

    /// <summary>Rows that are compared with distributions.</summary>
    public static RowLabels<T> None(LossTarget<T> target, int rows) => new(default, default, target.Weights, target.Terms(rows), target.Weighted(rows), int.MinValue);

    /// <summary>Whether there are labels.</summary>
    public bool Any => _labels.Length > 0;

    /// <summary>Whether the row isn't to be ignored.</summary>
    public bool Counts(int row) => !Any || _labels[row] != _ignoreIndex;

    /// <summary>The row's label; 0 for one that doesn't count, which may have none.</summary>
    public int Of(int row) => Any && Counts(row) ? _labels[row] : 0;

    /// <summary>The factor of the row's loss; 0 for one that doesn't count.</summary>
    public T Weight(int row) => !Counts(row) ? T.Zero : _weights.Length > 0 ? _weights[row] : T.One;

    /// <summary>The weight of the row's class.</summary>
    public T ClassWeight(int row) => WeightOf(Of(row));

    /// <summary>The weight of a class.</summary>
    public T WeightOf(int c) => _classWeights.Length > 0 ? _classWeights[c] : T.One;

    /// <summary>Keeps the row's loss before its factor; 0 for one that doesn't count.</summary>
    public void Keep(int row, T loss)
    {
        _weighted[row] = Weight(row) * loss;
        if (_terms.Length > 0)
            _terms[row] = loss;
    }
}
