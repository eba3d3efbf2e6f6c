using System.Numerics;

namespace NetDsl.Oracle.Format;

/// <summary>A tensor of a case, or one that a network gave. Doubles hold float32, float64 and int32 exactly.</summary>
/// <param name="Shape">Extents, outermost first; empty for a scalar.</param>
/// <param name="Values">The elements, row-major.</param>
internal sealed record Tensor(int[] Shape, double[] Values)
{
    public static int SizeOf(IEnumerable<int> shape) => shape.Aggregate(1, (product, extent) => product * extent);

    public static Tensor Scalar(double value) => new([], [value]);

    public static Tensor From<T>(ReadOnlySpan<T> values, params IEnumerable<int> shape)
        where T : unmanaged, INumberBase<T>
    {
        var copy = new double[values.Length];
        for (var i = 0; i < copy.Length; i++)
            copy[i] = double.CreateTruncating(values[i]);
        return new Tensor([.. shape], copy);
    }

    /// <summary>The elements as another type, which holds them exactly.</summary>
    public T[] As<T>()
        where T : unmanaged, INumberBase<T> => Array.ConvertAll(Values, T.CreateTruncating);

    /// <summary>Element <paramref name="index"/> along the first axis.</summary>
    public Tensor this[int index]
    {
        get
        {
            var size = SizeOf(Shape[1..]);
            return new Tensor(Shape[1..], Values[(index * size)..((index + 1) * size)]);
        }
    }

    public Tensor Plus(Tensor other) => new(Shape, [.. Values.Zip(other.Values, (a, b) => a + b)]);

    /// <summary>As text: <c>[2, 3]</c>.</summary>
    public static string Text(IEnumerable<int> shape) => $"[{string.Join(", ", shape)}]";
}
