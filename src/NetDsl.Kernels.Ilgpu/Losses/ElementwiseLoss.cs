using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Losses;

namespace NetDsl.Kernels.Ilgpu.Losses;

/// <summary>A loss that compares element by element: the scalar form of <see cref="NetDsl.Kernels.Losses.ILossTerm{T}"/>.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface ILossTerm<T>
    where T : unmanaged
{
    /// <summary>The term of one element, and its derivative, which share what they can.</summary>
    /// <param name="prediction">The prediction.</param>
    /// <param name="target">The target.</param>
    /// <param name="row">The row, usually the sample.</param>
    /// <param name="column">The column.</param>
    /// <param name="gradient">The term's derivative with respect to the prediction.</param>
    T Evaluate(T prediction, T target, int row, int column, out T gradient);
}

/// <summary>Losses element by element.</summary>
public static class ElementwiseLoss
{
    /// <summary>Σ w·f(p, t) by the reduction, and the gradient.</summary>
    /// <param name="target">The loss of the batch, and what it reads beside the prediction.</param>
    /// <param name="prediction">p [rows × columns].</param>
    /// <param name="numbers">t [rows × columns], on the host.</param>
    /// <param name="gradient">Receives the gradient [rows × columns]; may be <paramref name="prediction"/>.</param>
    /// <param name="rows">Rows, usually samples.</param>
    /// <param name="columns">Columns, usually outputs.</param>
    /// <param name="reduction">What the sum is divided by.</param>
    /// <param name="term">f.</param>
    /// <param name="gradientFactor">Multiplies the gradient alone: the weight of this loss where several are added up.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Evaluate<T, TTerm>(LossTarget<T> target, ArrayView<T> prediction, ReadOnlySpan<T> numbers, ArrayView<T> gradient, int rows, int columns, LossReduction reduction, TTerm term, double gradientFactor = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTerm : struct, ILossTerm<T>
    {
        Require.Length(prediction.Length, rows, columns, nameof(prediction));
        Require.Length(numbers.Length, rows, columns, nameof(numbers));
        Require.Length(gradient.Length, rows, columns, nameof(gradient));
        var length = rows * columns;
        var count = reduction switch { LossReduction.Mean => length, LossReduction.BatchMean => rows, _ => 1 };
        var scale = 1.0 / Math.Max(count, 1);
        Reduce.Sum(target.Device.Core, length, new LossTerm<T, TTerm>(prediction, target.Numbers(numbers), gradient, target.Weights, target.Terms(length), columns, T.CreateTruncating(gradientFactor * scale), term), T.CreateTruncating(scale), target.Value, accumulate: false);
    }
}

/// <summary>The terms of the sum; the gradient is written on the way.</summary>
internal readonly struct LossTerm<T, TTerm>(ArrayView<T> prediction, ArrayView<T> target, ArrayView<T> gradient, ArrayView<T> weights, ArrayView<T> terms, int columns, T scale, TTerm term) : ITerm<T>
    where T : unmanaged, INumber<T>
    where TTerm : struct, ILossTerm<T>
{
    private readonly ArrayView<T> _prediction = prediction;
    private readonly ArrayView<T> _target = target;
    private readonly ArrayView<T> _gradient = gradient;
    private readonly ArrayView<T> _weights = weights;
    private readonly ArrayView<T> _terms = terms;
    private readonly int _columns = columns;
    private readonly T _scale = scale;
    private readonly TTerm _term = term;

    public T Of(int index)
    {
        var row = index / _columns;
        var value = _term.Evaluate(_prediction[index], _target[index], row, index - row * _columns, out var gradient);
        var weight = _weights.Length > 0 ? _weights[index] : T.One;
        _gradient[index] = _scale * weight * gradient;
        if (_terms.Length > 0)
            _terms[index] = value;
        return weight * value;
    }
}
