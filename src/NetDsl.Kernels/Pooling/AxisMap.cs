using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>A sparse linear map along one axis: each result is a weighted sum of a few elements, which stand in order.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class AxisMap<T>
    where T : unmanaged
{
    private readonly List<(int Result, int Source, double Weight)> _entries;

    private AxisMap(int size, int results, IEnumerable<(int Result, int Source, double Weight)> entries)
    {
        (Size, Results) = (size, results);
        _entries = [.. entries.Where(entry => entry.Weight != 0).OrderBy(entry => entry.Result).ThenBy(entry => entry.Source)];
        Sources = new Table<int>([.. _entries.Select(entry => entry.Source)]);
        Weights = new Table<T>([.. _entries.Select(entry => Rounded(entry.Weight))]);
        var starts = new int[results + 1];
        foreach (var entry in _entries)
            starts[entry.Result + 1]++;
        for (var i = 0; i < results; i++)
            starts[i + 1] += starts[i];
        Starts = new Table<int>(starts);
    }

    /// <summary>Elements in.</summary>
    public int Size { get; }

    /// <summary>Elements out.</summary>
    public int Results { get; }

    /// <summary>Where the terms of each result begin, and behind the last one their number.</summary>
    public Table<int> Starts { get; }

    /// <summary>The terms' elements.</summary>
    public Table<int> Sources { get; }

    /// <summary>The terms' factors, none of them 0.</summary>
    public Table<T> Weights { get; }

    /// <summary>factor·size results by linear interpolation.</summary>
    /// <exception cref="ArgumentException">A size is below 1.</exception>
    public static AxisMap<T> Interpolate(int size, int factor, bool alignCorners)
    {
        if (size < 1 || factor < 1)
            throw new ArgumentException($"Along an axis the input has {size} elements and the factor is {factor}; each is at least 1.");
        var results = size * factor;
        return new AxisMap<T>(size, results, Enumerable.Range(0, results).SelectMany(result =>
        {
            // As a fraction, the position is exact.
            var (over, under) = alignCorners
                ? (result * (size - 1L), Math.Max(1, results - 1L))
                : (Math.Clamp(2L * result + 1 - factor, 0, 2L * factor * (size - 1)), 2L * factor);
            var (below, rest) = ((int)(over / under), over % under / (double)under);
            return new[] { (result, below, 1 - rest), (result, below + 1, rest) };
        }));
    }

    /// <summary>The map back: its matrix, transposed.</summary>
    public AxisMap<T> Transposed() => new(Results, Size, _entries.Select(entry => (entry.Source, entry.Result, entry.Weight)));

    private static T Rounded(double value)
    {
        Unsafe.SkipInit(out T result);
        Simd1<T>.Create(value).Store(ref result);
        return result;
    }
}
