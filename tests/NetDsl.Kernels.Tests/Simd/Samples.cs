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
        actual.Length.ShouldBe(expected.Length, message);
        for (var i = 0; i < actual.Length; i++)
            Check(actual[i], expected[i], 1 + Math.Abs(expected[i]), single, @double, message, i);
    }

    /// <summary>Asserts |actual − expected| ≤ tolerance·magnitude, as sums keep it whose terms have that total magnitude.</summary>
    public static void ShouldBeWithin<T>(
        ReadOnlySpan<T> actual, ReadOnlySpan<double> expected, ReadOnlySpan<double> magnitude, string message, double single = 2e-6, double @double = 1e-14)
        where T : INumberBase<T>
    {
        actual.Length.ShouldBe(expected.Length, message);
        for (var i = 0; i < actual.Length; i++)
            Check(actual[i], expected[i], magnitude[i], single, @double, message, i);
    }

    private static void Check<T>(T actual, double expected, double magnitude, double single, double @double, string message, int index)
        where T : INumberBase<T>
    {
        var bound = (typeof(T) == typeof(float) ? single : @double) * magnitude;
        // Written so that NaN fails, and the message is made only for a failure.
        if (!(Math.Abs(double.CreateTruncating(actual) - expected) <= bound))
            Assert.Fail($"{message} [{index}] is {actual}, expected {expected:R} within {bound:G3}");
    }
}
