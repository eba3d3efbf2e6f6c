using System.Numerics;

namespace NetDsl.Kernels.Tests;

/// <summary>The plain triple loop, summed in double.</summary>
internal static class Reference
{
    /// <summary>op(a)·op(b), row-major.</summary>
    public static double[] Multiply<T>(Transpose transposeA, Transpose transposeB, int m, int n, int k, T[] a, T[] b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var c = new double[m * n];
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                for (var p = 0; p < k; p++)
                {
                    var left = a[transposeA == Transpose.Yes ? p * m + i : i * k + p];
                    var right = b[transposeB == Transpose.Yes ? j * k + p : p * n + j];
                    c[i * n + j] += double.CreateChecked(left) * double.CreateChecked(right);
                }
            }
        }
        return c;
    }

    /// <summary>Small integers, so that every order of summation gives the exact result.</summary>
    public static T[] Integers<T>(int length, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(seed);
        var values = new T[length];
        for (var i = 0; i < length; i++)
            values[i] = T.CreateChecked(random.Next(-4, 5));
        return values;
    }

    /// <summary>Uniform in [−1, 1).</summary>
    public static T[] Uniform<T>(int length, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(seed);
        var values = new T[length];
        for (var i = 0; i < length; i++)
            values[i] = T.CreateChecked(2 * random.NextDouble() - 1);
        return values;
    }
}
