using System.Numerics;

namespace NetDsl;

/// <summary>Fits scalings of the inputs on a data set, usually the training set.</summary>
public static class FeatureScaling
{
    /// <summary>Mean 0 and standard deviation 1 (over n) for every column; a constant column becomes 0.</summary>
    public static FeatureScaling<T> Standardize<T, TTarget>(Dataset<T, TTarget> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        var mean = new double[data.InputSize];
        var squares = new double[data.InputSize];
        for (var row = 0; row < data.Count; row++)
        {
            // Welford's update: sums of squares would cancel where the mean is large.
            var x = data.Input(row);
            for (var column = 0; column < x.Length; column++)
            {
                var value = double.CreateChecked(x[column]);
                var before = value - mean[column];
                mean[column] += before / (row + 1);
                squares[column] += before * (value - mean[column]);
            }
        }

        return new FeatureScaling<T>(mean, Array.ConvertAll(squares, square => Inverse(Math.Sqrt(square / data.Count))), 0);
    }

    /// <summary>Every column to [<paramref name="low"/>, <paramref name="high"/>]; a constant column becomes <paramref name="low"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bounds aren't finite and rising.</exception>
    public static FeatureScaling<T> MinMax<T, TTarget>(Dataset<T, TTarget> data, double low = 0, double high = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!(double.IsFinite(low) && double.IsFinite(high) && low < high))
            throw new ArgumentOutOfRangeException(nameof(high), high, $"Expected finite bounds, low below high; low is {low}.");
        var smallest = new double[data.InputSize];
        var largest = new double[data.InputSize];
        Array.Fill(smallest, double.PositiveInfinity);
        Array.Fill(largest, double.NegativeInfinity);
        for (var row = 0; row < data.Count; row++)
        {
            var x = data.Input(row);
            for (var column = 0; column < x.Length; column++)
            {
                var value = double.CreateChecked(x[column]);
                smallest[column] = Math.Min(smallest[column], value);
                largest[column] = Math.Max(largest[column], value);
            }
        }

        return new FeatureScaling<T>(smallest, smallest.Zip(largest, (from, to) => (high - low) * Inverse(to - from)).ToArray(), low);
    }

    private static double Inverse(double width) => width > 0 ? 1 / width : 0;
}

/// <summary>x ← (x − offset)·factor + base, by column: fitted on one set, applied to others. Immutable.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class FeatureScaling<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double[] _offset;
    private readonly double[] _factor;
    private readonly double _base;

    internal FeatureScaling(double[] offset, double[] factor, double @base) => (_offset, _factor, _base) = (offset, factor, @base);

    /// <summary>Elements of one sample.</summary>
    public int InputSize => _offset.Length;

    /// <summary>A scaled copy of a data set; targets and order stay.</summary>
    /// <exception cref="ArgumentException">Its samples have another size than those that the scaling was fitted on.</exception>
    public Dataset<T, TTarget> Apply<TTarget>(Dataset<T, TTarget> data)
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.InputSize != InputSize)
            throw new ArgumentException($"The scaling was fitted on samples of {InputSize} elements, these have {data.InputSize}.", nameof(data));
        var inputs = new T[data.Count * data.InputSize];
        var targets = new TTarget[data.Count * data.TargetSize];
        for (var row = 0; row < data.Count; row++)
        {
            data.Input(row).CopyTo(inputs.AsSpan(row * data.InputSize));
            data.Target(row).CopyTo(targets.AsSpan(row * data.TargetSize));
        }

        Apply(inputs);
        return new Dataset<T, TTarget>(inputs, targets, data.InputSize, data.TargetSize, data.Classes > 0 ? data.Classes : null);
    }

    /// <summary>Scales samples in place, for use before a prediction.</summary>
    /// <param name="x">[n × <see cref="InputSize"/>].</param>
    /// <exception cref="ArgumentException">No whole number of samples.</exception>
    public void Apply(Span<T> x)
    {
        if (x.Length % InputSize != 0)
            throw new ArgumentException($"The scaling was fitted on samples of {InputSize} elements; {x.Length} are no whole number of samples.", nameof(x));
        for (var i = 0; i < x.Length; i++)
        {
            var column = i % InputSize;
            x[i] = T.CreateChecked((double.CreateChecked(x[i]) - _offset[column]) * _factor[column] + _base);
        }
    }
}
