using System.Numerics;

namespace NetDsl.Kernels.Tests.Simd;

/// <summary>The elementary functions at zeros, infinities, NaN, denormals and huge arguments.</summary>
public sealed class SpecialValueTests
{
    [Fact]
    public void ZerosInfinitiesAndNaN()
    {
        Check<float>();
        Check<double>();

        static void Check<T>()
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var (zero, one, infinity, nan) = (T.Zero, T.One, T.PositiveInfinity, T.NaN);
            var half = T.CreateChecked(0.5);
            At(new Exp<T>(), one, one, infinity, zero);
            At(new ExpM1<T>(), zero, -zero, infinity, -one);
            At(new Log<T>(), -infinity, -infinity, infinity, nan);
            At(new Log1P<T>(), zero, -zero, infinity, nan);
            At(new Sin<T>(), zero, -zero, nan, nan);
            At(new Cos<T>(), one, one, nan, nan);
            At(new Tan<T>(), zero, -zero, nan, nan);
            At(new Sinh<T>(), zero, -zero, infinity, -infinity);
            At(new Cosh<T>(), one, one, infinity, infinity);
            At(new Tanh<T>(), zero, -zero, one, -one);
            At(new Sigmoid<T>(), half, half, one, zero);
            At(new Softplus<T>(), T.CreateTruncating(0.69314718055994530942), T.CreateTruncating(0.69314718055994530942), infinity, zero);
            At(new Erf<T>(), zero, -zero, one, -one);
            At(new NormalCdf<T>(), half, half, one, zero);
            At(new NormalPdf<T>(), T.CreateTruncating(0.39894228040143267794), T.CreateTruncating(0.39894228040143267794), zero, zero);
            At(new Sign<T>(), zero, -zero, one, -one);

            static void At<F>(F function, T zero, T negativeZero, T infinity, T negativeInfinity)
                where F : struct, IFunction<T>
            {
                var y = Widths.MapAll<T, F>([T.Zero, T.NegativeZero, T.PositiveInfinity, T.NegativeInfinity, T.NaN], function);
                Widths.ShouldBeSameBits<T>(y, [zero, negativeZero, infinity, negativeInfinity, T.NaN], typeof(F).Name);
            }
        }
    }

    [Fact]
    public void LargestAndSmallestNumbers()
    {
        Check(float.MaxValue);
        Check(double.MaxValue);

        static void Check<T>(T max)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            T[] x = [max, -max];
            Widths.MapAll<T, Exp<T>>(x, default).ShouldBe([T.PositiveInfinity, T.Zero]);
            Widths.MapAll<T, ExpM1<T>>(x, default).ShouldBe([T.PositiveInfinity, -T.One]);
            Widths.MapAll<T, Sinh<T>>(x, default).ShouldBe([T.PositiveInfinity, T.NegativeInfinity]);
            Widths.MapAll<T, Cosh<T>>(x, default).ShouldBe([T.PositiveInfinity, T.PositiveInfinity]);
            Widths.MapAll<T, Tanh<T>>(x, default).ShouldBe([T.One, -T.One]);
            Widths.MapAll<T, Sigmoid<T>>(x, default).ShouldBe([T.One, T.Zero]);
            Widths.MapAll<T, Softplus<T>>(x, default).ShouldBe([max, T.Zero]);
            Widths.MapAll<T, Erf<T>>(x, default).ShouldBe([T.One, -T.One]);
            Widths.MapAll<T, NormalCdf<T>>(x, default).ShouldBe([T.One, T.Zero]);
            Widths.MapAll<T, NormalPdf<T>>(x, default).ShouldBe([T.Zero, T.Zero]);
            Widths.MapAll<T, Sign<T>>([max, -max, T.Epsilon, -T.Epsilon], default).ShouldBe([T.One, -T.One, T.One, -T.One]);

            T[] tiny = [T.Epsilon, -T.Epsilon, T.Epsilon * T.CreateChecked(12345), T.CreateTruncating(1e-30), T.CreateTruncating(-1e-30)];
            Widths.MapAll<T, ExpM1<T>>(tiny, default).ShouldBe(tiny);
            Widths.MapAll<T, Log1P<T>>(tiny, default).ShouldBe(tiny);
            Widths.MapAll<T, Sin<T>>(tiny, default).ShouldBe(tiny);
            Widths.MapAll<T, Tan<T>>(tiny, default).ShouldBe(tiny);
            Widths.MapAll<T, Sinh<T>>(tiny, default).ShouldBe(tiny);
            Widths.MapAll<T, Tanh<T>>(tiny, default).ShouldBe(tiny);
            Widths.MapAll<T, Cos<T>>(tiny, default).Distinct().ShouldBe([T.One]);
            Widths.MapAll<T, NormalCdf<T>>(tiny, default).Distinct().ShouldBe([T.CreateChecked(0.5)]);
        }
    }

    [Fact]
    public void ResultsUnderflowGradually()
    {
        Near(Widths.MapAll<float, Exp<float>>([-90, -100, -103, -104], default), [8.1940126e-40, 3.72e-44, 1.85e-45, 0]);
        Near(Widths.MapAll<float, Sigmoid<float>>([-90, -100, -103, -104], default), [8.1940126e-40, 3.72e-44, 1.85e-45, 0]);
        Near(Widths.MapAll<float, Softplus<float>>([-90, -100, -103, -104], default), [8.1940126e-40, 3.72e-44, 1.85e-45, 0]);
        Near(Widths.MapAll<float, NormalCdf<float>>([-13.5f, -14, -14.5f], default), [7.818807305657891e-42, 7.7935368191928e-45, 0]);
        Near(Widths.MapAll<float, NormalPdf<float>>([-13.5f, 14, 14.5f], default), [1.061268813915216e-40, 1.0966065593889713e-43, 0]);
        Near(Widths.MapAll<double, Exp<double>>([-740, -746], default), [4.2e-322, 0]);
        Near(Widths.MapAll<double, Sigmoid<double>>([-740, -746], default), [4.2e-322, 0]);
        Near(Widths.MapAll<double, Softplus<double>>([-740, -746], default), [4.2e-322, 0]);
        Near(Widths.MapAll<double, NormalCdf<double>>([-38, -38.3, -38.7], default), [2.88542835e-316, 3.063e-321, 0]);
        Near(Widths.MapAll<double, NormalPdf<double>>([-38, 38.3, 39], default), [1.097221052e-314, 1.17434e-319, 0]);

        static void Near<T>(T[] actual, double[] expected)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            for (var i = 0; i < actual.Length; i++)
                T.Abs(actual[i] - T.CreateTruncating(expected[i])).ShouldBeLessThanOrEqualTo(T.Epsilon * T.CreateChecked(2), $"{actual[i]}, expected {expected[i]}");
        }
    }

    [Fact]
    public void SineCosineAndTangentOfHugeArguments()
    {
        double[] x = [1e22, -1e22, 1e300, Math.ScaleB(1, 1000)];
        Near(Widths.MapAll<double, Sin<double>>(x, default), [-0.8522008497671888, 0.8522008497671888, -0.8178819121159085, -0.15920170308624243]);
        Near(Widths.MapAll<double, Cos<double>>(x, default), [0.523214785395139, 0.523214785395139, -0.5753861119575491, 0.9872460775989135]);
        Near(Widths.MapAll<double, Tan<double>>(x, default), [-1.6287782256068988, 1.6287782256068988, 1.4214488238747245, -0.16125837995065806]);
        Near(Widths.MapAll<float, Sin<float>>([1e30f, -1e30f], default), [-0.7911634385219837, 0.7911634385219837]);
        Near(Widths.MapAll<float, Cos<float>>([1e30f, -1e30f], default), [-0.6116047854178966, -0.6116047854178966]);
        Near(Widths.MapAll<float, Tan<float>>([1e30f, -1e30f], default), [1.2935860826880194, -1.2935860826880194]);

        // A huge neighbour changes nothing for the others.
        var mixed = Samples.Uniform<float>(64, seed: 5, -100, 100);
        var alone = Widths.MapAll<float, Sin<float>>(mixed, default);
        for (var i = 0; i < mixed.Length; i += 3)
            mixed[i] = 1e20f * (i + 1);
        var together = Widths.MapAll<float, Sin<float>>(mixed, default);
        for (var i = 0; i < mixed.Length; i++)
            together[i].ShouldBe(i % 3 == 0 ? (float)Math.Sin(mixed[i]) : alone[i]);

        static void Near<T>(T[] actual, double[] expected)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            for (var i = 0; i < actual.Length; i++)
                T.Abs(actual[i] / T.CreateTruncating(expected[i]) - T.One).ShouldBeLessThanOrEqualTo(T.CreateTruncating(typeof(T) == typeof(float) ? 1.2e-7 : 4.5e-16));
        }
    }

    [Fact]
    public void PowKeepsTheRulesOfIeee754()
    {
        Check<float>((x, y) => (float)Math.Pow(x, y));
        Check<double>(Math.Pow);

        static void Check<T>(Func<T, T, T> reference)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var odd = T.CreateChecked(typeof(T) == typeof(float) ? 16777215.0 : 9007199254740991.0);
            T[] magnitudes =
            [
                T.Zero, T.Epsilon, T.CreateTruncating(1e-20), T.CreateTruncating(0.3), T.CreateTruncating(0.5), T.BitDecrement(T.One), T.One, T.BitIncrement(T.One),
                T.CreateTruncating(1.5), T.CreateTruncating(2), T.CreateTruncating(3), T.CreateTruncating(101), odd, odd + T.One, odd * T.CreateTruncating(2),
                T.CreateTruncating(1e30), T.CreateTruncating(typeof(T) == typeof(float) ? float.MaxValue : double.MaxValue), T.PositiveInfinity, T.NaN,
            ];
            T[] values = [.. magnitudes, .. magnitudes.Select(x => -x)];
            foreach (var y in values)
            {
                var actual = Widths.MapAll<T, Pow<T>>(values, new(y));
                for (var i = 0; i < values.Length; i++)
                {
                    var expected = reference(values[i], y);
                    var message = $"{values[i]}^{y} is {actual[i]}, expected {expected}";
                    if (!T.IsFinite(expected) || expected == T.Zero || T.Abs(expected) == T.One)
                        Widths.ShouldBeSameBits<T>([actual[i]], [expected], message);
                    else
                        T.Abs(actual[i] - expected).ShouldBeLessThanOrEqualTo(T.CreateTruncating(2) * (T.BitIncrement(T.Abs(expected)) - T.Abs(expected)), message);
                }
            }
        }
    }
}
