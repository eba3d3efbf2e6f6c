using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Losses;

namespace NetDsl.Kernels.Ilgpu.Losses;

/// <summary>A loss whose value for a sample is a function of a few sums over the sample's elements: the scalar form of <see cref="NetDsl.Kernels.Losses.ISampleLossTerm{T}"/>.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface ISampleLossTerm<T>
    where T : unmanaged
{
    /// <summary>Number of sums, 1 to 8.</summary>
    static abstract int Sums { get; }

    /// <summary>What an element adds to a sum.</summary>
    T Term(int sum, T prediction, T target, int row, int column);

    /// <summary>The sample's loss from its sums.</summary>
    T Value(ArrayView<T> sums);

    /// <summary>The derivative of <see cref="Value"/> with respect to a sum; finite also where the loss has a kink.</summary>
    T Slope(int sum, ArrayView<T> sums);

    /// <summary>The derivative of <see cref="Term"/> with respect to the prediction.</summary>
    T Gradient(int sum, T prediction, T target, int row, int column);
}

/// <summary>Losses that are a function of sums over each sample; value and gradient.</summary>
public static class SampleLoss
{
    internal const int MostSums = 8;

    /// <summary>loss = s·Σ_r w_r·value_r and gradient = s·w_r·Σ_k slope_k·∂term_k/∂prediction, with s by <paramref name="reduction"/>.</summary>
    /// <param name="target">The loss of the batch, and what it reads beside the prediction.</param>
    /// <param name="prediction">Predictions [rows × columns].</param>
    /// <param name="numbers">Targets of the same shape, on the host.</param>
    /// <param name="gradient">Receives the gradient, of the same shape; may be <paramref name="prediction"/>.</param>
    /// <param name="rows">Rows, the samples.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="reduction">s: Mean and BatchMean are 1/rows, Sum is 1.</param>
    /// <param name="term">The loss.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The loss has fewer than 1 or more than 8 sums.</exception>
    public static void Evaluate<T, TTerm>(
        LossTarget<T> target, ArrayView<T> prediction, ReadOnlySpan<T> numbers, ArrayView<T> gradient, int rows, int columns, LossReduction reduction, TTerm term, double gradientFactor = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTerm : struct, ISampleLossTerm<T>
    {
        if (TTerm.Sums is < 1 or > MostSums)
            throw new ArgumentOutOfRangeException(nameof(term), TTerm.Sums, $"A loss of samples has 1 to {MostSums} sums; this one has {TTerm.Sums}.");
        Require.Length(prediction.Length, rows, columns, nameof(prediction));
        Require.Length(numbers.Length, rows, columns, nameof(numbers));
        Require.Length(gradient.Length, rows, columns, nameof(gradient));
        var scale = RowLoss.Scale(reduction, rows);
        var kernel = new SampleLossKernel<T, TTerm>(
            prediction, target.Numbers(numbers), gradient, target.Weights, target.Terms(rows), target.Weighted(rows), columns, T.CreateTruncating(gradientFactor * scale), term);
        target.Device.Core.Launch(Work.Grid(rows), Softmax.Threads, kernel);
        target.SumWeighted(rows, T.CreateTruncating(scale));
    }
}

/// <summary>A group for each row: its sums, then the loss and the slopes, then the gradient.</summary>
internal readonly struct SampleLossKernel<T, TTerm>(
    ArrayView<T> prediction, ArrayView<T> target, ArrayView<T> gradient, ArrayView<T> weights, ArrayView<T> terms, ArrayView<T> weighted, int columns, T scale, TTerm term) : IKernel
    where T : unmanaged, INumber<T>
    where TTerm : struct, ISampleLossTerm<T>
{
    private readonly ArrayView<T> _prediction = prediction;
    private readonly ArrayView<T> _target = target;
    private readonly ArrayView<T> _gradient = gradient;
    private readonly ArrayView<T> _weights = weights;
    private readonly ArrayView<T> _terms = terms;
    private readonly ArrayView<T> _weighted = weighted;
    private readonly int _columns = columns;
    private readonly T _scale = scale;
    private readonly TTerm _term = term;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(Softmax.Threads);
        var sums = SharedMemory.Allocate<T>(SampleLoss.MostSums);
        var slopes = SharedMemory.Allocate<T>(SampleLoss.MostSums);
        var (row, thread) = (Grid.IdxX, Group.IdxX);
        var start = row * _columns;
        for (var k = 0; k < TTerm.Sums; k++)
        {
            var sum = T.Zero;
            for (var column = thread; column < _columns; column += Softmax.Threads)
                sum += _term.Term(k, _prediction[start + column], _target[start + column], row, column);
            sum = GroupSum.Sum(sum, shared, Softmax.Threads);
            if (thread == 0)
                sums[k] = sum;
        }

        Group.Barrier();
        var weight = _weights.Length > 0 ? _weights[row] : T.One;
        if (thread < TTerm.Sums)
            slopes[thread] = _scale * weight * _term.Slope(thread, sums);
        if (thread == 0)
        {
            var value = _term.Value(sums);
            _weighted[row] = weight * value;
            if (_terms.Length > 0)
                _terms[row] = value;
        }

        Group.Barrier();
        for (var column = thread; column < _columns; column += Softmax.Threads)
        {
            var (p, t, sum) = (_prediction[start + column], _target[start + column], T.Zero);
            for (var k = 0; k < TTerm.Sums; k++)
                sum += slopes[k] * _term.Gradient(k, p, t, row, column);
            _gradient[start + column] = sum;
        }
    }
}
