using System.Numerics;

namespace NetDsl.Kernels.Tests.Simd;

/// <summary>The elementary functions: error in units of the last place over dense sweeps, same bits at every width.</summary>
public sealed class SimdMathTests
{
    [Fact]
    public void ExpIsAccurate()
    {
        CheckSingle(new Exp<float>(), Math.Exp, -87.3f, 88.7f, 1.1);
        CheckDouble(new Exp<double>(), x => DoubleDouble.Exp(x), -660, 690, 1.1);
    }

    [Fact]
    public void ExpM1IsAccurate()
    {
        CheckSingle(new ExpM1<float>(), x => Math.Abs(x) < 0.5 ? 2 * Math.Sinh(x / 2) * Math.Exp(x / 2) : Math.Exp(x) - 1, -100f, 88.7f, 1.3);
        CheckDouble(new ExpM1<double>(), x => DoubleDouble.ExpM1(x), -660, 690, 1.3);
    }

    [Fact]
    public void LogIsAccurate()
    {
        CheckSingle(new Log<float>(), Math.Log, 1e-45f, float.MaxValue, 0.9);
        CheckDouble(new Log<double>(), x => DoubleDouble.Log(x), 1e-290, double.MaxValue, 0.9);
    }

    [Fact]
    public void Log1PIsAccurate()
    {
        CheckSingle(new Log1P<float>(), Log1P, -0.99999994f, float.MaxValue, 1.5);
        CheckDouble(new Log1P<double>(), x => DoubleDouble.Log1P(x), -0.99999999999999989, 1e300, 1.5);
    }

    [Fact]
    public void SineCosineAndTangentAreAccurate()
    {
        CheckSingle(new Sin<float>(), Math.Sin, -1e5f, 1e5f, 1.2);
        CheckSingle(new Cos<float>(), Math.Cos, -1e5f, 1e5f, 1.2);
        CheckSingle(new Tan<float>(), Math.Tan, -1e5f, 1e5f, 1.5);
        CheckDouble(new Sin<double>(), DoubleDouble.Sin, -1e9, 1e9, 1.2);
        CheckDouble(new Cos<double>(), DoubleDouble.Cos, -1e9, 1e9, 1.2);
        CheckDouble(new Tan<double>(), DoubleDouble.Tan, -1e9, 1e9, 1.5);
    }

    [Fact]
    public void SineAndCosineAreAccurateNearTheirZeros()
    {
        double[] multiples = [.. Samples.Uniform<double>(2000, seed: 3, -6e8, 6e8).Select(x => Math.Round(x) * (Math.PI / 2))];
        CheckAt(new Sin<double>(), multiples, DoubleDouble.Sin, 1.2);
        CheckAt(new Cos<double>(), multiples, DoubleDouble.Cos, 1.2);
        CheckAt(new Tan<double>(), multiples, DoubleDouble.Tan, 1.5);
        float[] singles = [.. Enumerable.Range(1, 60000).Select(n => (float)(n * (Math.PI / 2)))];
        CheckAt(new Sin<float>(), singles, x => Math.Sin(x), 1.2);
        CheckAt(new Cos<float>(), singles, x => Math.Cos(x), 1.2);
    }

    [Fact]
    public void SinhAndCoshAreAccurateUpToTheirOverflow()
    {
        CheckSingle(new Sinh<float>(), Math.Sinh, -89.41598f, 89.41598f, 2.3);
        CheckSingle(new Cosh<float>(), Math.Cosh, -89.41598f, 89.41598f, 1.6);
        CheckDouble(new Sinh<double>(), x => DoubleDouble.Sinh(x), -690, 690, 2.3);
        CheckDouble(new Cosh<double>(), x => DoubleDouble.Cosh(x), -690, 690, 1.6);
        CheckAt(new Sinh<double>(), [710.4758600739439], _ => 1.7976931348621744e308, 2.3);
        CheckAt(new Cosh<double>(), [-710.4758600739439], _ => 1.7976931348621744e308, 1.6);
        Widths.MapAll<float, Sinh<float>>([89.42f, -89.42f], default).ShouldBe([float.PositiveInfinity, float.NegativeInfinity]);
        Widths.MapAll<double, Cosh<double>>([710.476, -710.476], default).ShouldBe([double.PositiveInfinity, double.PositiveInfinity]);
    }

    [Fact]
    public void TanhIsAccurate()
    {
        CheckSingle(new Tanh<float>(), Math.Tanh, -20f, 20f, 1.9);
        CheckDouble(new Tanh<double>(), x => DoubleDouble.Tanh(x), -30, 30, 1.8);
        Widths.MapAll<float, Tanh<float>>(Samples.Uniform<float>(20000, seed: 4, -20, 20), default).ShouldAllBe(y => Math.Abs(y) <= 1);
    }

    [Fact]
    public void SigmoidIsAccurate()
    {
        CheckSingle(new Sigmoid<float>(), x => 1 / (1 + Math.Exp(-x)), -87.3f, 100f, 2);
        CheckDouble(new Sigmoid<double>(), x => Quotient(DoubleDouble.Exp(-Math.Abs(x)), x), -660, 100, 2);

        static DoubleDouble Quotient(DoubleDouble t, double x) => (x < 0 ? t : 1) / (1 + t);
    }

    [Fact]
    public void SoftplusIsAccurate()
    {
        CheckSingle(new Softplus<float>(), x => Math.Max(x, 0) + Log1P(Math.Exp(-Math.Abs(x))), -87.3f, float.MaxValue, 1.8);
        CheckDouble(new Softplus<double>(), x => Math.Max(x, 0) + DoubleDouble.Log1P(DoubleDouble.Exp(-Math.Min(Math.Abs(x), 660))), -660, 1e300, 1.8);
    }

    [Fact]
    public void ErfIsAccurate()
    {
        CheckSingle(new Erf<float>(), x => DoubleDouble.Erf(x).High, -10f, 10f, 1.9, step: 199999);
        CheckDouble(new Erf<double>(), DoubleDouble.Erf, -10, 10, 1.9);
    }

    [Fact]
    public void NormalDistributionIsAccurateInItsTailToo()
    {
        CheckSingle(new NormalCdf<float>(), x => DoubleDouble.NormalCdf(x).High, -12.7f, 10f, 3.3, step: 199999);
        CheckDouble(new NormalCdf<double>(), DoubleDouble.NormalCdf, -36, 10, 3.1);
        CheckSingle(new NormalPdf<float>(), x => DoubleDouble.NormalPdf(x).High, -13f, 13f, 1.5, step: 199999);
        CheckDouble(new NormalPdf<double>(), DoubleDouble.NormalPdf, -36, 36, 1.5);
    }

    [Fact]
    public void PowIsAccurate()
    {
        foreach (var exponent in (float[])[0.5f, -0.5f, 2, 3, -3, 1.7f, 7.25f, 0.01f, -31.3f, 100.5f, -1e-3f, 1000])
            CheckSingle(new Pow<float>(exponent), x => Math.Pow(x, exponent), 1e-45f, float.MaxValue, 1.3, step: 99991);
        foreach (var exponent in (double[])[0.5, -0.5, 2, 3, -3, 1.7, 7.25, 0.01, -31.3, 100.5, -1e-3, 1000])
            CheckDouble(new Pow<double>(exponent), x => Power(x, exponent), 1e-290, 1e300, 1.3, count: 500);
        foreach (var @base in (float[])[2, 10, 0.3f, 1.0000001f, 3e38f, 1e-40f])
            CheckSingle(new PowerOf<float>(@base), x => Math.Pow(@base, x), -1e10f, 1e10f, 1.3, step: 99991);
        foreach (var @base in (double[])[2, 10, 0.3, 1.0000000000000002, 1e300, 1e-290])
            CheckDouble(new PowerOf<double>(@base), x => Power(@base, x), -1e20, 1e20, 1.3, count: 500);

        static DoubleDouble Power(double x, double y)
        {
            var product = y * DoubleDouble.Log(x);
            return Math.Abs(product.High) < 660 ? DoubleDouble.Exp(product) : double.NaN;
        }
    }

    [Fact]
    public void ReferenceHasThirtyDigits()
    {
        Same(DoubleDouble.Exp(-20.5), 1.2501528663867426e-09, 6.448235878237776e-26);
        Same(DoubleDouble.ExpM1(0.34375), 0.4102260349257107, 1.3752340957573633e-17);
        Same(DoubleDouble.Log(5.25), 1.6582280766035324, -6.385804654789222e-17);
        Same(DoubleDouble.Log1P(Math.ScaleB(1, -40)), 9.094947017725146e-13, 2.5077212817525026e-37);
        Same(DoubleDouble.Sinh(-0.25), -0.2526123168081683, 5.550352555023456e-18);
        Same(DoubleDouble.Cosh(9.75), 8577.114433792824, 8.406952273113385e-13);
        Same(DoubleDouble.Tanh(1.5), 0.9051482536448664, 4.1992024501810215e-17);
        Same(DoubleDouble.Sin(1e9), 0.5458434494486996, 6.1757333566640775e-18);
        Same(DoubleDouble.Cos(11), 0.004425697988050785, 3.2449142686784373e-19);
        Same(DoubleDouble.Tan(2.5), -0.7470222972386603, 3.6166133011893774e-17);
        Same(DoubleDouble.Erf(1.5), 0.9661051464753108, -3.3867031441680696e-17);
        Same(DoubleDouble.NormalCdf(-2.5), 0.006209665325776135, 3.0265632876609855e-19);
        Same(DoubleDouble.NormalCdf(-10), 7.619853024160525e-24, 6.1543366579282245e-40);
        Same(DoubleDouble.NormalPdf(3), 0.0044318484119380075, -3.516863549248617e-19);

        static void Same(DoubleDouble actual, double high, double low)
        {
            var difference = actual - new DoubleDouble(high, low);
            Math.Abs(difference.High / high).ShouldBeLessThan(1e-27);
        }
    }

    /// <summary>Floats spread over all exponents in a range, and evenly around 0, against a double function.</summary>
    private static void CheckSingle<F>(F function, Func<double, double> reference, float low, float high, double bound, int step = 9973)
        where F : struct, IFunction<float>
    {
        var x = new List<float>();
        for (long key = Key(low); key <= Key(high); key += step)
            x.Add(FromKey((int)key));
        x.AddRange(Samples.Uniform<float>(5000, seed: 1, Math.Max(low, -15), Math.Min(high, 15)));
        CheckAt(function, x.ToArray(), value => reference(value), bound);
    }

    /// <summary>Doubles spread over all exponents in a range, and evenly around 0, against a function of 106 bits.</summary>
    private static void CheckDouble<F>(F function, Func<double, DoubleDouble> reference, double low, double high, double bound, int count = 2000)
        where F : struct, IFunction<double>
    {
        var random = new CounterRandom(2, 0);
        var (first, last) = ((double)Key(low), (double)Key(high));
        var x = new List<double>(Samples.Uniform<double>(count, seed: 1, Math.Max(low, -15), Math.Min(high, 15)));
        for (var i = 0; i < count; i++)
            x.Add(Math.Clamp(FromKey((long)(first + (last - first) * random.NextDouble())), low, high));
        CheckAt(function, x.ToArray(), reference, bound);
    }

    /// <summary>Checks where the expected value is a normal number.</summary>
    private static void CheckAt<T, F>(F function, T[] x, Func<double, DoubleDouble> reference, double bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where F : struct, IFunction<T>
    {
        var (least, most) = typeof(T) == typeof(float) ? (1.2e-38, float.MaxValue) : (1e-290, double.MaxValue);
        var y = Widths.MapAll<T, F>(x, function);
        var (worst, at) = (-1.0, 0);
        for (var i = 0; i < y.Length; i++)
        {
            var expected = reference(double.CreateTruncating(x[i]));
            if (!(Math.Abs(expected.High) >= least && Math.Abs(expected.High) <= most))
                continue;
            var error = Math.Abs((double.CreateTruncating(y[i]) - expected).High) / Ulp<T>(expected.High);
            if (double.IsNaN(error))
                error = double.PositiveInfinity;
            if (error > worst)
                (worst, at) = (error, i);
        }
        worst.ShouldBeInRange(0, bound, $"{typeof(F).Name} at {x[at]:R}");
    }

    private static double Ulp<T>(double value) => Math.ScaleB(1, Math.ILogB(value) - (typeof(T) == typeof(float) ? 23 : 52));

    private static double Log1P(double x) => Math.Abs(x) < 0.5 ? 2 * Math.Atanh(x / (2 + x)) : Math.Log(1 + x);

    // Keys are in the order of the numbers, and evenly spaced ones visit every exponent equally often.
    private static int Key(float value) => BitConverter.SingleToInt32Bits(value) is >= 0 and var bits ? bits : int.MinValue - BitConverter.SingleToInt32Bits(value);

    private static float FromKey(int key) => BitConverter.Int32BitsToSingle(key >= 0 ? key : int.MinValue - key);

    private static long Key(double value) => BitConverter.DoubleToInt64Bits(value) is >= 0 and var bits ? bits : long.MinValue - BitConverter.DoubleToInt64Bits(value);

    private static double FromKey(long key) => BitConverter.Int64BitsToDouble(key >= 0 ? key : long.MinValue - key);
}
