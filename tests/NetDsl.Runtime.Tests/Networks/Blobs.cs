namespace NetDsl.Tests.Networks;

/// <summary>Small data that a network can learn: three classes around three points.</summary>
internal static class Blobs
{
    public static Dataset<T, int> Make<T>(int count, int seed = 1)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(seed);
        var x = new T[count * 2];
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = i % 3;
            x[2 * i] = T.CreateChecked(Math.Cos(labels[i] * 2.1) + 0.3 * (random.NextDouble() - 0.5));
            x[2 * i + 1] = T.CreateChecked(Math.Sin(labels[i] * 2.1) + 0.3 * (random.NextDouble() - 0.5));
        }

        return new Dataset<T, int>(x, labels, inputSize: 2);
    }
}
