using System.Globalization;
using NetDsl.Kernels;

namespace NetDsl;

/// <summary>The shape of the distribution that values are drawn from; its mean is 0.</summary>
internal enum Distribution
{
    Uniform,
    Normal,
    TruncatedNormal,
}

/// <summary>What the variance is divided by.</summary>
internal enum Fan
{
    None,
    In,
    Out,
    Average,
}

/// <summary>Draws with mean 0 and variance <paramref name="Gain"/> / fan: the family that the schemes of Glorot, He and LeCun belong to.</summary>
internal sealed record VarianceScaling(Distribution Distribution, Fan Fan, double Gain) : Initializer
{
    // Standard deviation of the standard normal distribution cut off at ±2.
    private const double TruncatedDeviation = 0.87962566103423978;

    public override void Fill<T>(Span<T> values, int fanIn, int fanOut, ulong seed, ulong stream)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fanIn, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(fanOut, 1);
        var deviation = Math.Sqrt(Gain / Divisor(fanIn, fanOut));
        var random = new CounterRandom(seed, stream);
        for (var i = 0; i < values.Length; i++)
            values[i] = T.CreateChecked(deviation * Draw(ref random));
    }

    public override string ToString()
    {
        var variance = (Fan, Gain) switch
        {
            (Fan.None, _) => Number(Gain),
            (Fan.Average, _) => $"{Number(2 * Gain)} / (fanIn + fanOut)",
            _ => $"{Number(Gain)} / fan{Fan}",
        };
        return Distribution switch
        {
            Distribution.Uniform when Fan == Fan.None => $"U(±{Number(Math.Sqrt(3 * Gain))})",
            Distribution.Uniform => Fan == Fan.Average ? $"U(±√({Number(6 * Gain)} / (fanIn + fanOut)))" : $"U(±√({Number(3 * Gain)} / fan{Fan}))",
            Distribution.Normal => $"N(0, {variance})",
            _ => $"N(0, {variance}) within ±2σ",
        };
    }

    /// <summary>One draw of variance 1.</summary>
    private double Draw(ref CounterRandom random)
    {
        switch (Distribution)
        {
            case Distribution.Uniform:
                return Math.Sqrt(3) * (2 * random.NextDouble() - 1);
            case Distribution.Normal:
                return random.NextNormal();
            default:
                double value;
                do
                    value = random.NextNormal();
                while (Math.Abs(value) > 2);
                return value / TruncatedDeviation;
        }
    }

    private double Divisor(int fanIn, int fanOut) => Fan switch
    {
        Fan.None => 1,
        Fan.In => fanIn,
        Fan.Out => fanOut,
        _ => ((double)fanIn + fanOut) / 2,
    };

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
