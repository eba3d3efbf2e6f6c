using System.Numerics;
using System.Runtime.InteropServices;

namespace NetDsl;

/// <summary>Adds up the answers of an evaluation batch by batch.</summary>
/// <param name="data">The data set.</param>
/// <param name="outputSize">Elements of an answer.</param>
/// <param name="isCompared">Whether the targets are what the answers should be; else there is only the loss.</param>
internal sealed class Score<T, TTarget>(Dataset<T, TTarget> data, int outputSize, bool isCompared = true)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TTarget : unmanaged
{
    private readonly TargetKind _kind = TargetKinds.Of(data);
    private ConfusionMatrix? _confusion;
    private double _absoluteError;
    private long _sameSide;
    private bool _probabilities = true;
    private double _loss;
    private int _count;

    // Made on demand: an autoencoder has as many outputs as pixels, and no classes.
    private ConfusionMatrix Confusion => _confusion ??= new ConfusionMatrix(outputSize);

    /// <param name="loss">Loss of the batch.</param>
    /// <param name="y">[n × output], the answers.</param>
    /// <param name="target">[n × target size].</param>
    public void Add(double loss, ReadOnlySpan<T> y, ReadOnlySpan<TTarget> target)
    {
        var count = y.Length / outputSize;
        _count += count;
        _loss += loss * count;
        if (!isCompared)
            return;
        if (typeof(TTarget) == typeof(int))
        {
            var labels = MemoryMarshal.Cast<TTarget, int>(target);
            for (var row = 0; row < count; row++)
                Confusion.Add(labels[row], Prediction.ArgMax(y.Slice(row * outputSize, outputSize)));
        }
        else
        {
            AddNumbers(y, MemoryMarshal.Cast<TTarget, T>(target));
        }
    }

    public Evaluation ToEvaluation()
    {
        var elements = (double)_count * outputSize;
        var loss = _loss / _count;
        if (!isCompared)
            return new Evaluation(_count, loss, null, null, null, "loss");
        double? error = _kind == TargetKind.Labels ? null : _absoluteError / elements;
        return _kind switch
        {
            TargetKind.Labels or TargetKind.OneHot => new Evaluation(_count, loss, Confusion.Accuracy, error, Confusion, "accuracy"),
            TargetKind.Binary when _probabilities => new Evaluation(_count, loss, _sameSide / elements, error, null, "accuracy at 0.5"),
            _ => new Evaluation(_count, loss, null, error, null, "mean absolute error"),
        };
    }

    private void AddNumbers(ReadOnlySpan<T> y, ReadOnlySpan<T> target)
    {
        var half = T.CreateChecked(0.5);
        for (var i = 0; i < y.Length; i++)
        {
            _absoluteError += double.CreateChecked(T.Abs(y[i] - target[i]));
            _probabilities &= y[i] >= T.Zero && y[i] <= T.One;
            _sameSide += y[i] >= half == target[i] >= half ? 1 : 0;
        }

        if (_kind == TargetKind.OneHot)
        {
            for (var start = 0; start < y.Length; start += outputSize)
                Confusion.Add(Prediction.ArgMax(target.Slice(start, outputSize)), Prediction.ArgMax(y.Slice(start, outputSize)));
        }
    }
}
