using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace NetDsl.Kernels.Losses;

/// <summary>What the losses of pairs share: the check of the marks that tell which are similar.</summary>
internal static class PairLabels
{
    /// <summary>Checks that every target is one of two values, before anything is written.</summary>
    public static void Check<T>(ReadOnlySpan<T> target, T low, T high)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var row = 0; row < target.Length; row++)
        {
            if (target[row] != low && target[row] != high)
                Throw(row, target[row], low, high);
        }
    }

    [DoesNotReturn]
    private static void Throw<T>(int row, T value, T low, T high)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => throw new ArgumentOutOfRangeException("target", value, $"Pair {row} has target {value}, but this loss marks pairs by {low} and {high}; correct the target.");
}
