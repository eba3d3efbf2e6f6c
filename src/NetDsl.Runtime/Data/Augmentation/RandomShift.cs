using System.Numerics;
using NetDsl.Kernels;

namespace NetDsl;

/// <summary>
/// Shifts samples of shape (channels, length), (channels, height, width) or (channels, depth, height, width) by whole elements: along each axis behind the
/// channels by −most, …, most, each as likely, all channels alike. What leaves the sample is lost.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class RandomShift<T> : IAugmentation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _most;
    private readonly T _fill;

    /// <summary>Sets the reach.</summary>
    /// <param name="most">The farthest shift along an axis, at least 0.</param>
    /// <param name="fill">What stands where nothing was: the background, 0 unless given.</param>
    /// <exception cref="ArgumentOutOfRangeException">The reach is negative or above 2³⁰.</exception>
    public RandomShift(int most, T fill = default)
    {
        if (most is < 0 or > 1 << 30)
            throw new ArgumentOutOfRangeException(nameof(most), most, "Expected a number of elements from 0 to 2³⁰.");
        (_most, _fill) = (most, fill);
    }

    /// <inheritdoc/>
    public void Check(ReadOnlySpan<int> shape)
    {
        if (shape.Length is < 2 or > 4)
            throw new ArgumentException($"RandomShift moves samples of shape (channels, length), (channels, height, width) or (channels, depth, height, width); these are [{string.Join('×', shape.ToArray())}]: give the network such an [Input], with [Flatten] behind it if need be.", nameof(shape));
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<T> sample, ReadOnlySpan<int> shape, ref CounterRandom random, Span<T> result)
    {
        var (depth, height, width) = (shape.Length > 3 ? shape[^3] : 1, shape.Length > 2 ? shape[^2] : 1, shape[^1]);
        var down = shape.Length > 3 ? Draw(ref random) : 0;
        var below = shape.Length > 2 ? Draw(ref random) : 0;
        var right = Draw(ref random);
        var (start, length) = (Math.Clamp(right, 0, width), Math.Max(0, width - Math.Abs(right)));
        for (var line = 0; line < shape[0] * depth * height; line++)
        {
            var target = result.Slice(line * width, width);
            var (plane, row) = (line / height % depth - down, line % height - below);
            if ((uint)plane >= (uint)depth || (uint)row >= (uint)height || length == 0)
            {
                target.Fill(_fill);
                continue;
            }

            target[..start].Fill(_fill);
            sample.Slice((line - down * height - below) * width + Math.Max(0, -right), length).CopyTo(target[start..]);
            target[(start + length)..].Fill(_fill);
        }
    }

    private int Draw(ref CounterRandom random) => (int)random.NextBelow(2 * (uint)_most + 1) - _most;
}
