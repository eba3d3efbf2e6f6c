namespace NetDsl.Oracle;

/// <summary>Moments of a sample.</summary>
internal sealed class Statistics(double[] values)
{
    public double Mean { get; } = values.Average();

    public double Variance => Moment(2);

    public double Kurtosis => Moment(4) / (Variance * Variance);

    public double Largest => values.Max(Math.Abs);

    /// <summary>Correlation of neighbours.</summary>
    public double Lag1Correlation => values.Zip(values.Skip(1), (a, b) => (a - Mean) * (b - Mean)).Average() / Variance;

    /// <summary>Share of the values for which something holds.</summary>
    public double Share(Func<double, bool> holds) => values.Count(holds) / (double)values.Length;

    private double Moment(int order) => values.Average(value => Math.Pow(value - Mean, order));
}
