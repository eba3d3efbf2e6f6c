using System.Numerics;

namespace NetDsl.Kernels.Tests.Simd;

/// <summary>Numbers for tests, the same in every run.</summary>
internal static class Samples
{
    /// <summary>Uniform numbers in [low, high).</summary>
    public static T[] Uniform<T>(int count, int seed, double low = -4, double high = 4)
        where T : INumberBase<T>
    {
        var random = new CounterRandom((ulong)seed, 0);
        return [.. Enumerable.Range(0, count).Select(_ => T.CreateTruncating(low + (high - low) * random.NextDouble()))];
    }

    /// <summary>Asserts |actual − expected| ≤ tolerance·(1 + |expected|), the tolerance by the precision.</summary>
    public static void ShouldBeNear<T>(ReadOnlySpan<T> actual, ReadOnlySpan<double> expected, string message, double single = 2e-6, double @double = 1e-14)
        where T : INumberBase<T>
    {
        var tolerance = typeof(T) == typeof(float) ? single : @double;
        actual.Length.ShouldBe(expected.Length, message);
        for (var i = 0; i < actual.Length; i++)
            Math.Abs(double.CreateTruncating(actual[i]) - expected[i]).ShouldBeLessThanOrEqualTo(tolerance * (1 + Math.Abs(expected[i])), $"{message} [{i}]");
    }
}
