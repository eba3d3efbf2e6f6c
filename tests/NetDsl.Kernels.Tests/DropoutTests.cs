using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests;

[Collection(nameof(WorkerPool))]
public sealed class DropoutTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void FrequencyAndCorrelationAreRight(double rate)
    {
        const int Count = 400_000;
        var mask = new float[Count];
        var next = new float[Count];
        Dropout.FillMask<float>(mask, rate, 42, 1);
        Dropout.FillMask<float>(next, rate, 42, 2);
        mask.ShouldAllBe(value => value == 0 || value == (float)(1 / (1 - rate)));
        var dropped = mask.Count(value => value == 0);
        Math.Abs(dropped - rate * Count).ShouldBeLessThan(5 * Math.Sqrt(Count * rate * (1 - rate)));
        // Five standard errors of a correlation: between neighbours, between lanes of one group, between steps.
        foreach (var lag in (int[])[1, 2, 4, 8, 16])
            Math.Abs(Correlation(mask, mask, lag, rate)).ShouldBeLessThan(5 / Math.Sqrt(Count));
        Math.Abs(Correlation(mask, next, 0, rate)).ShouldBeLessThan(5 / Math.Sqrt(Count));
    }

    private static double Correlation(float[] a, float[] b, int lag, double rate)
    {
        var sum = 0.0;
        for (var i = lag; i < a.Length; i++)
            sum += (a[i] == 0 ? 1 - rate : -rate) * (b[i - lag] == 0 ? 1 - rate : -rate);
        return sum / (a.Length - lag) / (rate * (1 - rate));
    }

    [Fact]
    public void TheMaskIsFixed()
    {
        var mask = new float[20];
        Dropout.FillMask<float>(mask, 0.5, 1, 0);
        string.Concat(mask.Select(value => value == 0 ? '0' : '1')).ShouldBe("01000101110100101000");
    }

    [Fact]
    public void LengthPrecisionAndThreadsDoNotMatter()
    {
        const int Count = 200_003;
        WorkerPool.Threads = 1;
        var expected = new float[Count];
        Dropout.FillMask<float>(expected, 0.3, 5, 9);
        WorkerPool.Threads = 3;
        var again = new float[Count];
        Dropout.FillMask<float>(again, 0.3, 5, 9);
        again.AsSpan().SequenceEqual(expected).ShouldBeTrue();
        for (var length = 0; length <= 256; length++)
        {
            var (single, precise) = (new float[length], new double[length]);
            Dropout.FillMask<float>(single, 0.3, 5, 9);
            Dropout.FillMask<double>(precise, 0.3, 5, 9);
            single.ShouldBe(expected[..length]);
            precise.Select(value => value == 0).ShouldBe(single.Select(value => value == 0));
            precise.ShouldAllBe(value => value == 0 || value == 1 / 0.7);
        }
    }

    [Fact]
    public void RatesOutsideAreRefused()
    {
        var mask = new float[3];
        Dropout.FillMask<float>(mask, 0, 1, 1);
        mask.ShouldBe([1, 1, 1]);
        foreach (var rate in (double[])[-0.1, 1, double.NaN])
            Should.Throw<ArgumentOutOfRangeException>(() => Dropout.FillMask<float>(mask, rate, 1, 1)).Message.ShouldContain("[0, 1)");
    }

    [Fact]
    public void AChannelHasOneFactor()
    {
        // The last one is shared between threads.
        foreach (var (samples, channels, inner) in ((int, int, int)[])[(3, 5, 1), (3, 5, 7), (1, 16, 2), (2, 17, 3), (4, 0, 3), (4, 3, 0), (11, 13, 1001)])
        {
            float[] factors = new float[samples * channels], mask = new float[samples * channels * inner];
            double[] precise = new double[mask.Length];
            Dropout.FillMask<float>(factors, 0.4, 7, 3);
            Dropout.FillChannelMask<float>(mask, samples, channels, inner, 0.4, 7, 3);
            Dropout.FillChannelMask<double>(precise, samples, channels, inner, 0.4, 7, 3);
            mask.ShouldBe(factors.SelectMany(factor => Enumerable.Repeat(factor, inner)));
            precise.Select(value => value == 0).ShouldBe(mask.Select(value => value == 0));
        }
        var ones = new float[6];
        Dropout.FillChannelMask<float>(ones, 1, 3, 2, 0, 1, 1);
        ones.ShouldBe([1, 1, 1, 1, 1, 1]);
        Should.Throw<ArgumentOutOfRangeException>(() => Dropout.FillChannelMask<float>(ones, 1, 3, 2, 1, 1, 1)).Message.ShouldContain("[0, 1)");
        Should.Throw<ArgumentException>(() => Dropout.FillChannelMask<float>(ones, 2, 3, 2, 0.5, 1, 1)).Message.ShouldContain("mask has 6 elements, but 2×3×2 = 12");
    }
}
