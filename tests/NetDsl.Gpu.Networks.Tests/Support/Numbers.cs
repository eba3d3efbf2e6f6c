using System.Numerics;
using NetDsl.Kernels;

namespace NetDsl.Gpu.Tests.Support;

/// <summary>Operands and comparisons.</summary>
internal static class Numbers
{
    /// <summary>Numbers in [−1, 1).</summary>
    public static T[] Random<T>(int length, ulong seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new CounterRandom(seed, 0);
        var values = new T[length];
        for (var i = 0; i < length; i++)
            values[i] = T.CreateTruncating(2 * random.NextDouble() - 1);
        return values;
    }

    /// <summary>Asserts that two results agree to a tolerance that is relative to the largest element.</summary>
    public static void ShouldAgree<T>(this T[] actual, ReadOnlySpan<T> expected, double tolerance, string what = "")
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        actual.Length.ShouldBe(expected.Length, what);
        var scale = 1e-3;
        foreach (var value in expected)
            scale = Math.Max(scale, Math.Abs(double.CreateChecked(value)));
        for (var i = 0; i < actual.Length; i++)
        {
            var (a, e) = (double.CreateChecked(actual[i]), double.CreateChecked(expected[i]));
            if (!(Math.Abs(a - e) <= tolerance * scale))
                throw new ShouldAssertException($"{what}[{i}] is {a}, expected {e}; the tolerance is {tolerance} of {scale}");
        }
    }
}
