namespace NetDsl;

/// <summary>The weights of filters that have a name, row-major. x grows to the right and y downwards; a filter isn't mirrored.</summary>
public static class Filters
{
    /// <summary>[−1 0 1; −2 0 2; −1 0 1]: Sobel and Feldman 1968, "A 3×3 isotropic gradient operator for image processing"; a unit slope gives 8.</summary>
    public static double[] SobelX => [-1, 0, 1, -2, 0, 2, -1, 0, 1];

    /// <summary>[−1 −2 −1; 0 0 0; 1 2 1]: <see cref="SobelX"/> with x and y exchanged.</summary>
    public static double[] SobelY => [-1, -2, -1, 0, 0, 0, 1, 2, 1];

    /// <summary>[−2 −1 0; −1 0 1; 0 1 2]: <see cref="SobelX"/> turned by 45° towards y.</summary>
    public static double[] SobelDown => [-2, -1, 0, -1, 0, 1, 0, 1, 2];

    /// <summary>[0 1 2; −1 0 1; −2 −1 0]: <see cref="SobelX"/> turned by 45° away from y.</summary>
    public static double[] SobelUp => [0, 1, 2, -1, 0, 1, -2, -1, 0];

    /// <summary>[−1 0 1; −1 0 1; −1 0 1]: Prewitt 1970, "Object enhancement and extraction"; a unit slope gives 6.</summary>
    public static double[] PrewittX => [-1, 0, 1, -1, 0, 1, -1, 0, 1];

    /// <summary>[−1 −1 −1; 0 0 0; 1 1 1]: <see cref="PrewittX"/> with x and y exchanged.</summary>
    public static double[] PrewittY => [-1, -1, -1, 0, 0, 0, 1, 1, 1];

    /// <summary>[−3 0 3; −10 0 10; −3 0 3]: Scharr 2000, "Optimale Operatoren in der Digitalen Bildverarbeitung", in whole numbers; a unit slope gives 32.</summary>
    public static double[] ScharrX => [-3, 0, 3, -10, 0, 10, -3, 0, 3];

    /// <summary>[−3 −10 −3; 0 0 0; 3 10 3]: <see cref="ScharrX"/> with x and y exchanged.</summary>
    public static double[] ScharrY => [-3, -10, -3, 0, 0, 0, 3, 10, 3];

    /// <summary>[0 1 0; 1 −4 1; 0 1 0]: the second differences along both axes, which approximate ∂²/∂x² + ∂²/∂y².</summary>
    public static double[] Laplacian4 => [0, 1, 0, 1, -4, 1, 0, 1, 0];

    /// <summary>[1 1 1; 1 −8 1; 1 1 1]: the second differences along both axes and both diagonals.</summary>
    public static double[] Laplacian8 => [1, 1, 1, 1, -8, 1, 1, 1, 1];

    /// <summary>[0 −1 0; −1 5 −1; 0 −1 0]: the image less <see cref="Laplacian4"/> of it.</summary>
    public static double[] Sharpen => [0, -1, 0, -1, 5, -1, 0, -1, 0];

    /// <summary>[−2 −1 0; −1 1 1; 0 1 2]: the image plus <see cref="SobelDown"/> of it.</summary>
    public static double[] Emboss => [-2, -1, 0, -1, 1, 1, 0, 1, 2];

    /// <summary>Every weight 1 over their number, so that the answer is the mean.</summary>
    /// <param name="size">Extents, outermost first, each at least 1.</param>
    /// <exception cref="ArgumentException">No extent, or one below 1.</exception>
    public static double[] Box(params ReadOnlySpan<int> size)
    {
        var weights = new double[Count(size)];
        Array.Fill(weights, 1.0 / weights.Length);
        return weights;
    }

    /// <summary>exp(−r²/(2σ²)) over its sum, r being the distance from the middle.</summary>
    /// <param name="sigma">Standard deviation σ in elements, above 0.</param>
    /// <param name="size">Extents, outermost first, each at least 1.</param>
    /// <exception cref="ArgumentException">σ isn't positive, no extent, or one below 1.</exception>
    public static double[] Gaussian(double sigma, params ReadOnlySpan<int> size)
    {
        Positive(sigma, nameof(sigma));
        double[] weights = new double[Count(size)];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = Math.Exp(-SquaredDistance(i, size) / (2 * sigma * sigma));
        var sum = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / sum);
    }

    /// <summary>
    /// (r² − 2σ²)/σ⁴·exp(−r²/(2σ²))/(2πσ²), less its mean, so that a flat image gives 0: the Laplacian of a Gaussian, negative in its middle. Marr and Hildreth 1980,
    /// "Theory of edge detection".
    /// </summary>
    /// <param name="sigma">Standard deviation σ in elements, above 0.</param>
    /// <param name="height">Lines, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <exception cref="ArgumentException">σ isn't positive, or an extent is below 1.</exception>
    public static double[] LaplacianOfGaussian(double sigma, int height, int width)
    {
        Positive(sigma, nameof(sigma));
        int[] size = [height, width];
        var weights = new double[Count(size)];
        var variance = sigma * sigma;
        for (var i = 0; i < weights.Length; i++)
        {
            var square = SquaredDistance(i, size);
            weights[i] = (square - 2 * variance) / (variance * variance) * Math.Exp(-square / (2 * variance)) / (2 * Math.PI * variance);
        }

        var mean = weights.Average();
        return Array.ConvertAll(weights, weight => weight - mean);
    }

    /// <summary>
    /// exp(−(u² + γ²v²)/(2σ²))·cos(2πu/λ + φ) with u = x·cos θ + y·sin θ and v = y·cos θ − x·sin θ, x and y from the middle: Gabor 1946, "Theory of communication";
    /// Daugman 1985, "Uncertainty relation for resolution in space, spatial frequency, and orientation optimized by two-dimensional visual cortical filters".
    /// </summary>
    /// <param name="height">Lines, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="wavelength">λ in elements, above 0.</param>
    /// <param name="orientation">θ in degrees, from the x axis towards the y axis.</param>
    /// <param name="sigma">σ in elements, above 0.</param>
    /// <param name="aspect">γ, above 0.</param>
    /// <param name="phase">φ in degrees.</param>
    /// <exception cref="ArgumentException">λ, σ or γ isn't positive, an angle isn't finite, or an extent is below 1.</exception>
    public static double[] Gabor(int height, int width, double wavelength, double orientation, double sigma, double aspect, double phase)
    {
        Positive(wavelength, nameof(wavelength));
        Positive(sigma, nameof(sigma));
        Positive(aspect, nameof(aspect));
        if (!double.IsFinite(orientation) || !double.IsFinite(phase))
            throw new ArgumentException($"The orientation is {orientation} and the phase {phase}; expected finite numbers of degrees.");
        var weights = new double[Count([height, width])];
        var (sine, cosine) = Math.SinCos(orientation * (Math.PI / 180));
        for (var i = 0; i < weights.Length; i++)
        {
            var (y, x) = (i / width - (height - 1) / 2.0, i % width - (width - 1) / 2.0);
            var (u, v) = (x * cosine + y * sine, y * cosine - x * sine);
            weights[i] = Math.Exp(-(u * u + aspect * aspect * v * v) / (2 * sigma * sigma)) * Math.Cos(2 * Math.PI * u / wavelength + phase * (Math.PI / 180));
        }

        return weights;
    }

    private static double SquaredDistance(int index, ReadOnlySpan<int> size)
    {
        var sum = 0.0;
        for (var axis = size.Length - 1; axis >= 0; axis--)
        {
            var distance = index % size[axis] - (size[axis] - 1) / 2.0;
            sum += distance * distance;
            index /= size[axis];
        }

        return sum;
    }

    private static int Count(ReadOnlySpan<int> size)
    {
        if (size.IsEmpty)
            throw new ArgumentException("A filter has at least one extent.", nameof(size));
        var count = 1;
        foreach (var extent in size)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(extent, 1, nameof(size));
            count = checked(count * extent);
        }

        return count;
    }

    private static void Positive(double value, string name)
    {
        if (!(double.IsFinite(value) && value > 0))
            throw new ArgumentOutOfRangeException(name, value, "Expected a finite number above 0.");
    }
}
