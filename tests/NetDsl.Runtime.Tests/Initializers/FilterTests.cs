namespace NetDsl.Tests.Initializers;

public sealed class FilterTests
{
    // A slope along a direction, blurred across it: the definition of the gradient operators.
    [Fact]
    public void Gradient_operators_are_a_difference_times_a_blur()
    {
        Outer([1, 2, 1], [-1, 0, 1]).ShouldBe(Filters.SobelX);
        Outer([-1, 0, 1], [1, 2, 1]).ShouldBe(Filters.SobelY);
        Outer([1, 1, 1], [-1, 0, 1]).ShouldBe(Filters.PrewittX);
        Outer([-1, 0, 1], [1, 1, 1]).ShouldBe(Filters.PrewittY);
        Outer([3, 10, 3], [-1, 0, 1]).ShouldBe(Filters.ScharrX);
        Outer([-1, 0, 1], [3, 10, 3]).ShouldBe(Filters.ScharrY);
    }

    // The outer ring, clockwise: turning by 45° moves it by one place.
    [Fact]
    public void Diagonal_operators_are_the_straight_ones_turned()
    {
        Turned(Filters.SobelX).ShouldBe(Filters.SobelDown);
        Turned(Filters.SobelDown).ShouldBe(Filters.SobelY);
        Turned(Filters.SobelUp).ShouldBe(Filters.SobelX);
    }

    // On f(x, y) = 2x + 3y + x² + y² + xy around 0 the weighted sum tells the derivatives.
    [Fact]
    public void Operators_find_slope_and_curvature()
    {
        Answer(Filters.SobelX).ShouldBe(8 * 2);
        Answer(Filters.SobelY).ShouldBe(8 * 3);
        Answer(Filters.SobelDown).ShouldBe(6 * (2 + 3));
        Answer(Filters.SobelUp).ShouldBe(6 * (2 - 3));
        Answer(Filters.PrewittX).ShouldBe(6 * 2);
        Answer(Filters.PrewittY).ShouldBe(6 * 3);
        Answer(Filters.ScharrX).ShouldBe(32 * 2);
        Answer(Filters.ScharrY).ShouldBe(32 * 3);
        Answer(Filters.Laplacian4).ShouldBe(2 + 2);
        Answer(Filters.Laplacian8).ShouldBe(3 * (2 + 2));
    }

    [Fact]
    public void Sharpening_takes_the_curvature_off_and_embossing_adds_the_slope()
    {
        double[] image = [0, 0, 0, 0, 1, 0, 0, 0, 0];
        image.Zip(Filters.Laplacian4, (pixel, curvature) => pixel - curvature).ShouldBe(Filters.Sharpen);
        image.Zip(Filters.SobelDown, (pixel, slope) => pixel + slope).ShouldBe(Filters.Emboss);
    }

    [Fact]
    public void A_box_is_the_mean()
    {
        Filters.Box(5).ShouldBe([0.2, 0.2, 0.2, 0.2, 0.2]);
        Filters.Box(2, 3, 4).ShouldBe(Enumerable.Repeat(1 / 24.0, 24));
    }

    // The Gaussian is the only filter that is a product of axes and round.
    [Fact]
    public void A_Gaussian_is_the_product_of_its_axes()
    {
        double[] Line(int size) => [.. Enumerable.Range(0, size).Select(i => Math.Pow(Math.E, -Math.Pow((i - (size - 1) / 2.0) / 1.3, 2) / 2))];
        double[] Normed(double[] values) => [.. values.Select(value => value / values.Sum())];
        ShouldBe(Filters.Gaussian(1.3, 7), Normed(Line(7)));
        ShouldBe(Filters.Gaussian(1.3, 5, 4), Outer(Normed(Line(5)), Normed(Line(4))));
        ShouldBe(Filters.Gaussian(1.3, 3, 5, 4), Outer(Normed(Line(3)), Outer(Normed(Line(5)), Normed(Line(4)))));
        Filters.Gaussian(0.4, 3, 3).Sum().ShouldBe(1, 1e-15);
    }

    // Against second differences of the density.
    [Fact]
    public void The_Laplacian_of_a_Gaussian_is_the_curvature_of_its_density()
    {
        const double Sigma = 1.4, H = 1e-4;
        double Density(double x, double y) => Math.Exp(-(x * x + y * y) / (2 * Sigma * Sigma)) / (2 * Math.PI * Sigma * Sigma);
        double[] curvature = [.. from y in Enumerable.Range(-4, 9)
            from x in Enumerable.Range(-5, 11)
            select (Density(x + H, y) + Density(x - H, y) + Density(x, y + H) + Density(x, y - H) - 4 * Density(x, y)) / (H * H)];
        var filter = Filters.LaplacianOfGaussian(Sigma, 9, 11);
        var mean = curvature.Average();
        ShouldBe(filter, [.. curvature.Select(value => value - mean)], 1e-7);
        filter.Sum().ShouldBe(0, 1e-14);
        filter[4 * 11 + 5].ShouldBe(filter.Min());
    }

    // As the real part of a complex wave in a window whose axes are turned.
    [Fact]
    public void Gabor_filters_are_a_wave_in_a_window()
    {
        const double Wavelength = 5, Sigma = 2.1, Aspect = 0.6;
        foreach (var (orientation, phase) in new[] { (0.0, 0.0), (30, 0), (90, 90), (135, -45) })
        {
            var direction = System.Numerics.Complex.FromPolarCoordinates(1, orientation * Math.PI / 180);
            double[] expected = [.. from y in Enumerable.Range(-3, 7)
                from x in Enumerable.Range(-4, 9)
                let place = new System.Numerics.Complex(x, y) / direction
                let wave = System.Numerics.Complex.Exp(System.Numerics.Complex.ImaginaryOne * (2 * Math.PI * place.Real / Wavelength + phase * Math.PI / 180))
                select Math.Exp(-Math.Pow(place.Real / Sigma, 2) / 2) * Math.Exp(-Math.Pow(Aspect * place.Imaginary / Sigma, 2) / 2) * wave.Real];
            ShouldBe(Filters.Gabor(7, 9, Wavelength, orientation, Sigma, Aspect, phase), expected, 1e-14);
        }
    }

    [Fact]
    public void What_is_no_filter_is_rejected()
    {
        Should.Throw<ArgumentException>(() => Filters.Box()).Message.ShouldStartWith("A filter has at least one extent.");
        Should.Throw<ArgumentOutOfRangeException>(() => Filters.Box(3, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => Filters.Gaussian(0, 3)).Message.ShouldStartWith("Expected a finite number above 0.");
        Should.Throw<ArgumentOutOfRangeException>(() => Filters.LaplacianOfGaussian(double.NaN, 3, 3));
        Should.Throw<ArgumentOutOfRangeException>(() => Filters.Gabor(3, 3, 4, 0, 2, aspect: -1, 0));
        Should.Throw<ArgumentException>(() => Filters.Gabor(3, 3, 4, double.NaN, 2, 1, 0)).Message.ShouldContain("The orientation is NaN");
    }

    [Fact]
    public void Given_values_fill_a_tensor_over_and_over()
    {
        Fill(Initializer.Given([1, 2, 3]), 6).ShouldBe([1, 2, 3, 1, 2, 3]);
        Fill(Initializer.Given([1, 2, 3, 4], rows: 2), 8).ShouldBe([1, 2, 1, 2, 3, 4, 3, 4]);
        Initializer.Given([1, 2]).ShouldBe(Initializer.Given([1, 2]));
        Initializer.Given([1, 2]).GetHashCode().ShouldBe(Initializer.Given([1, 2]).GetHashCode());
        Initializer.Given([1, 2]).ShouldNotBe(Initializer.Given([1, 2], rows: 2));
        Initializer.Given([1, 2]).ShouldNotBe(Initializer.Given([1, 3]));
        Initializer.Given([1, 2]).ToString().ShouldBe("2 given values");
        Should.Throw<ArgumentException>(() => Initializer.Given([1, 2, 3], rows: 2)).Message.ShouldStartWith("There are 3 values for 2 rows");
        Should.Throw<ArgumentException>(() => Initializer.Given([1, double.NaN]));
        Should.Throw<ArgumentException>(() => Fill(Initializer.Given([1, 2, 3]), 4)).Message.ShouldStartWith("The tensor has 4 elements, no multiple of the 3");
    }

    private static double[] Fill(Initializer initializer, int length)
    {
        var values = new double[length];
        initializer.Fill<double>(values, 1, 1, seed: 1, stream: 0);
        return values;
    }

    private static double[] Outer(double[] column, double[] line) => [.. column.SelectMany(down => line.Select(along => down * along))];

    private static double[] Turned(double[] filter)
    {
        int[] ring = [0, 1, 2, 5, 8, 7, 6, 3];
        var turned = (double[])filter.Clone();
        for (var i = 0; i < ring.Length; i++)
            turned[ring[(i + 1) % ring.Length]] = filter[ring[i]];
        return turned;
    }

    private static double Answer(double[] filter)
    {
        var sum = 0.0;
        for (var y = -1; y <= 1; y++)
        {
            for (var x = -1; x <= 1; x++)
                sum += filter[(y + 1) * 3 + x + 1] * (2 * x + 3 * y + x * x + y * y + x * y);
        }

        return sum;
    }

    private static void ShouldBe(double[] actual, double[] expected, double tolerance = 1e-15)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < actual.Length; i++)
            actual[i].ShouldBe(expected[i], tolerance);
    }
}
