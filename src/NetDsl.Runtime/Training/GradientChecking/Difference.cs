using System.Numerics;

namespace NetDsl;

/// <summary>A derivative of the loss by differences, held against that of the backward pass.</summary>
/// <param name="Value">The derivative by differences.</param>
/// <param name="Ratio">|backward − difference| in units of the error that passes.</param>
/// <param name="AtKink">Whether the one-sided differences disagree at every step, so that no difference tells the derivative.</param>
internal readonly record struct Difference(double Value, double Ratio, bool AtKink)
{
    /// <summary>Differentiates the loss with respect to <paramref name="element"/>, which is restored to the bit.</summary>
    /// <param name="point">The loss.</param>
    /// <param name="element">An element of the parameters or of the batch.</param>
    /// <param name="backward">Its gradient in the backward pass.</param>
    /// <param name="loss">The loss at the element's value.</param>
    /// <param name="step">Change of an element of magnitude up to 1.</param>
    /// <param name="allowed">Error that passes even where the loss has no rounding errors.</param>
    /// <remarks>
    /// The central difference of fourth order is exact to h⁴. Within 2h of a kink, as ReLU has, it is meaningless: there one of the
    /// one-sided differences, which disagree, must equal the gradient, or a smaller step must lead away from the kink. Kinks on both
    /// sides may make wrong differences agree, so smaller steps are tried in any case before a gradient is called wrong.
    /// </remarks>
    public static Difference Of<T, TTarget>(LossPoint<T, TTarget> point, ref T element, double backward, double loss, double step, double allowed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : unmanaged
    {
        var original = element;
        var value = double.CreateChecked(original);
        var epsilon = double.CreateChecked(T.BitIncrement(T.One) - T.One);
        var h = step * Math.Max(1, Math.Abs(value));
        // In float, smaller steps would drown in rounding and let wrong gradients pass.
        var attempts = typeof(T) == typeof(double) ? 6 : 3;
        var best = new Difference(double.NaN, double.PositiveInfinity, AtKink: true);
        try
        {
            for (var attempt = 0; attempt < attempts; attempt++, h /= 4)
            {
                var (down2, down, up, up2) = (At(ref element, -2 * h), At(ref element, -h), At(ref element, h), At(ref element, 2 * h));
                // A loss summed up of many terms is off by a few units in the last place.
                var noise = 4 * epsilon * Math.Abs(loss) / h;
                var central = (8 * (up - down) - (up2 - down2)) / (12 * h);
                best = Better(best, central, noise);
                var right = (4 * up - up2 - 3 * loss) / (2 * h);
                var left = (3 * loss - 4 * down + down2) / (2 * h);
                if (Math.Abs(right - left) <= allowed + 4 * noise)
                    best = best with { AtKink = false };
                else
                    best = Better(Better(best, left, noise), right, noise);
                if (best.Ratio <= 1)
                    return best with { AtKink = false };
            }
        }
        finally
        {
            element = original;
        }

        return best;

        double At(ref T place, double change)
        {
            place = T.CreateChecked(value + change);
            return point.Loss();
        }

        Difference Better(Difference best, double derivative, double noise)
        {
            var ratio = Math.Abs(backward - derivative) / Math.Max(Math.Max(allowed, noise), double.Epsilon);
            return ratio < best.Ratio ? new Difference(derivative, ratio, best.AtKink) : best;
        }
    }
}
