using System.Numerics;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Tests.Simd;

/// <summary>A function of one number in its generic form.</summary>
internal interface IFunction<T>
    where T : unmanaged
{
    V Apply<V>(V x)
        where V : struct, ISimd<V, T>;
}

/// <summary>Runs generic forms at a width of the test's choice, whatever the machine prefers.</summary>
internal static class Widths
{
    public static T[] Map<V, T, F>(ReadOnlySpan<T> x, F function)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        where F : struct, IFunction<T>
    {
        var padded = new T[x.Length + V.Count];
        x.CopyTo(padded);
        for (var i = 0; i < x.Length; i += V.Count)
            function.Apply(V.Load(padded, i)).Store(padded, i);
        return padded[..x.Length];
    }

    /// <summary>The function's values, after a check that every width gives the same bits.</summary>
    public static T[] MapAll<T, F>(ReadOnlySpan<T> x, F function)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where F : struct, IFunction<T>
    {
        var scalar = Map<Simd1<T>, T, F>(x, function);
        ShouldBeSameBits(Map<Simd128<T>, T, F>(x, function), scalar, "128 bits");
        ShouldBeSameBits(Map<Simd256<T>, T, F>(x, function), scalar, "256 bits");
        ShouldBeSameBits(Map<Simd512<T>, T, F>(x, function), scalar, "512 bits");
        return scalar;
    }

    public static void ShouldBeSameBits<T>(ReadOnlySpan<T> actual, ReadOnlySpan<T> expected, string message)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        actual.Length.ShouldBe(expected.Length, message);
        for (var i = 0; i < actual.Length; i++)
        {
            var same = T.IsNaN(expected[i]) ? T.IsNaN(actual[i]) : actual[i].Equals(expected[i]) && T.IsNegative(actual[i]) == T.IsNegative(expected[i]);
            same.ShouldBeTrue($"{message}: [{i}] is {actual[i]}, expected {expected[i]}");
        }
    }
}
