using System.Numerics;
using NetDsl.Kernels.Normalization;
using NetDsl.Kernels.Tests.Cases;
using NetDsl.Kernels.Tests.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests.Normalization;

[Collection(nameof(WorkerPool))]
public sealed class BatchNormTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    public static TheoryData<string> Cases => ReferenceCase.Names("layer_batch_norm");

    [Theory]
    [MemberData(nameof(Cases))]
    public void AgreesWithTheReference(string name)
    {
        Check<float>(ReferenceCase.Load(name));
        Check<double>(ReferenceCase.Load(name));
    }

    private static void Check<T>(ReferenceCase reference)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = reference.Shape("inputs", "x");
        var (samples, channels, inner) = (shape[0], shape[1], shape[2..].Aggregate(1, (a, b) => a * b));
        var (eps, momentum) = (reference.Number("eps", 0), reference.Number("momentum", 0));
        T[] x = reference.Values<T>("inputs", "x"), dy = reference.Values<T>("grad_output", "y");
        T[] gamma = Affine<T>(reference, "gamma"), beta = Affine<T>(reference, "beta");
        T[] runningMean = reference.Values<T>("inputs", "running_mean"), runningVariance = reference.Values<T>("inputs", "running_var");
        T[] y = new T[x.Length], dx = new T[x.Length], dgamma = new T[gamma.Length], dbeta = new T[beta.Length];
        T[] mean = new T[channels], inverse = new T[channels];
        var training = reference.Flag("training");
        BatchNorm.Forward<T, Store<T>>(x, gamma, beta, y, mean, inverse, runningMean, runningVariance, samples, channels, inner, eps, momentum, training, default);
        BatchNorm.Backward<T, Store<T>, Store<T>>(dy, x, gamma, mean, inverse, dx, dgamma, dbeta, samples, channels, inner, training, false, default, default);
        reference.ShouldAgree<T>(runningMean, training ? "outputs" : "inputs", "running_mean");
        reference.ShouldAgree<T>(runningVariance, training ? "outputs" : "inputs", "running_var");
        reference.ShouldAgree<T>(y, "outputs", "y");
        reference.ShouldAgree<T>(dx, "grads", "x");
        if (gamma.Length == 0)
            return;
        reference.ShouldAgree<T>(dgamma, "grads", "gamma");
        reference.ShouldAgree<T>(dbeta, "grads", "beta");
    }

    private static T[] Affine<T>(ReferenceCase reference, string name)
        where T : INumberBase<T>
        => reference.HasTensor("params", name) ? reference.Values<T>("params", name) : [];

    [Fact]
    public void EveryShapeIsRight()
    {
        for (var inner = 1; inner <= 70; inner++)
        {
            CheckNaive<float>(2, 3, inner);
            CheckNaive<double>(3, 2, inner);
            CheckNaive<float>(1, 2, inner + 1);
        }
        for (var channels = 1; channels <= 70; channels++)
        {
            CheckNaive<float>(5, channels, 1);
            CheckNaive<double>(67, channels, 1);
        }
        CheckNaive<float>(9, 300, 1);
        CheckNaive<float>(401, 331, 1);
        CheckNaive<double>(300, 7, 67);
        CheckNaive<float>(2, 3, 23_001);
        CheckNaive<float>(3, 0, 5);
    }

    /// <summary>Normalisation with an activation behind and a factor on the gradient of the input, against the definition in doubles.</summary>
    private static void CheckNaive<T>(int samples, int channels, int inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const double Eps = 0.05;
        const double Momentum = 0.25;
        var (count, columns) = (samples * channels * inner, inner == 1 ? channels : inner);
        T[] x = Samples.Uniform<T>(count, inner, -2, 5), dy = Samples.Uniform<T>(count, channels), factor = Samples.Uniform<T>(count, samples);
        T[] gamma = Samples.Uniform<T>(channels, 1), beta = Samples.Uniform<T>(channels, 2), y = new T[count], mean = new T[channels], inverse = new T[channels];
        T[] runningMean = Samples.Uniform<T>(channels, 3), runningVariance = Samples.Uniform<T>(channels, 4, 0, 2), dgamma = new T[channels], dbeta = new T[channels];
        var expected = new Reference(x.Length, channels);
        expected.Run(Doubles(x), Doubles(gamma), Doubles(beta), Doubles(dy), Doubles(factor), Doubles(runningMean), Doubles(runningVariance), samples, inner, Eps, Momentum);

        // In double precision the plain sums of the definition are what is off.
        var message = $"{typeof(T).Name} {samples}×{channels}×{inner}";
        BatchNorm.Forward<T, Relu<T>>(x, gamma, beta, y, mean, inverse, runningMean, runningVariance, samples, channels, inner, Eps, Momentum, true, default);
        Samples.ShouldBeNear<T>(y, expected.Y, message + " y", 3e-6, 3e-14);
        Samples.ShouldBeNear<T>(mean, expected.Mean, message + " mean", 3e-7, 2e-14);
        Samples.ShouldBeNear<T>(inverse, expected.Inverse, message + " inverse deviation", 1e-6, 2e-14);
        Samples.ShouldBeNear<T>(runningMean, expected.RunningMean, message + " running mean", 3e-7, 2e-14);
        Samples.ShouldBeNear<T>(runningVariance, expected.RunningVariance, message + " running variance", 1e-6, 2e-14);

        // In place, as memory plans do it.
        BatchNorm.Backward<T, ReluSlope<T>, Times<T>>(dy, x, gamma, mean, inverse, dy, dgamma, dbeta, samples, channels, inner, true, false, new(y, columns), new(factor, columns));
        Samples.ShouldBeNear<T>(dy, expected.Dx, message + " dx", 3e-5, 1e-13);
        Samples.ShouldBeWithin<T>(dgamma, expected.Dgamma, expected.Magnitude, message + " dγ");
        Samples.ShouldBeWithin<T>(dbeta, expected.Dbeta, expected.Magnitude, message + " dβ");
    }

    private static double[] Doubles<T>(T[] values)
        where T : INumberBase<T>
        => [.. values.Select(double.CreateTruncating)];

    private sealed class Reference(int count, int channels)
    {
        public double[] Y { get; } = new double[count];
        public double[] Dx { get; } = new double[count];
        public double[] Mean { get; } = new double[channels];
        public double[] Inverse { get; } = new double[channels];
        public double[] RunningMean { get; } = new double[channels];
        public double[] RunningVariance { get; } = new double[channels];
        public double[] Dgamma { get; } = new double[channels];
        public double[] Dbeta { get; } = new double[channels];
        public double[] Magnitude { get; } = new double[channels];

        public void Run(
            double[] x, double[] gamma, double[] beta, double[] dy, double[] factor, double[] runningMean, double[] runningVariance, int samples, int inner, double eps, double momentum)
        {
            for (var c = 0; c < channels; c++)
            {
                var n = (double)samples * inner;
                int[] at = [.. from s in Enumerable.Range(0, samples) from i in Enumerable.Range(0, inner) select (s * channels + c) * inner + i];
                Mean[c] = at.Sum(k => x[k]) / n;
                var squares = at.Sum(k => (x[k] - Mean[c]) * (x[k] - Mean[c]));
                Inverse[c] = 1 / Math.Sqrt(squares / n + eps);
                RunningMean[c] = (1 - momentum) * runningMean[c] + momentum * Mean[c];
                RunningVariance[c] = (1 - momentum) * runningVariance[c] + momentum * squares / (n - 1);
                double Hat(int k) => (x[k] - Mean[c]) * Inverse[c];
                foreach (var k in at)
                    Y[k] = Math.Max(0, gamma[c] * Hat(k) + beta[c]);
                double G(int k) => Y[k] > 0 ? dy[k] : 0;
                Dgamma[c] = at.Sum(k => G(k) * Hat(k));
                Dbeta[c] = at.Sum(G);
                Magnitude[c] = at.Sum(k => Math.Abs(G(k)) * (1 + Math.Abs(Hat(k))));
                foreach (var k in at)
                    Dx[k] = factor[k] * gamma[c] * Inverse[c] * (G(k) - Dbeta[c] / n - Hat(k) * Dgamma[c] / n);
            }
        }
    }

    [Fact]
    public void AFarMeanCostsNoAccuracy()
    {
        CheckFarMean(8, 2, 3001);
        CheckFarMean(4001, 3, 1);
    }

    /// <summary>Mean 4096, deviation about 1: sums of squares in float32 would leave nothing of the variance.</summary>
    private static void CheckFarMean(int samples, int channels, int inner)
    {
        var x = Samples.Uniform<float>(samples * channels * inner, 5, 4094.5, 4097.5);
        float[] y = new float[x.Length], mean = new float[channels], inverse = new float[channels];
        BatchNorm.Forward<float, Store<float>>(x, default, default, y, mean, inverse, default, default, samples, channels, inner, 0, 0.1, true, default);
        for (var c = 0; c < channels; c++)
        {
            double[] values = [.. Enumerable.Range(0, x.Length).Where(i => i / inner % channels == c).Select(i => (double)x[i])];
            var average = values.Average();
            ((double)mean[c]).ShouldBe(average, 3e-4);
            ((double)inverse[c]).ShouldBe(1 / Math.Sqrt(values.Average(value => (value - average) * (value - average))), 1e-6);
        }
    }

    [Fact]
    public void AConstantChannelIsItsShift()
    {
        foreach (var inner in (int[])[1, 1000])
        {
            float[] y = new float[3 * inner], mean = new float[1], inverse = new float[1];
            BatchNorm.Forward<float, Store<float>>(Enumerable.Repeat(0.1f, 3 * inner).ToArray(), [2], [0.5f], y, mean, inverse, default, default, 3, 1, inner, 1e-5, 0.1, true, default);
            y.ShouldAllBe(value => value == 0.5f);
            mean.ShouldBe([0.1f]);
            ((double)inverse[0]).ShouldBe(1 / Math.Sqrt(1e-5), 1e-4);
        }
    }

    [Fact]
    public void NotANumberStaysInItsChannel()
    {
        foreach (var inner in (int[])[1, 40])
        {
            var x = Samples.Uniform<float>(4 * 2 * inner, 1);
            x[0] = float.NaN;
            float[] y = new float[x.Length], mean = new float[2], inverse = new float[2], runningMean = new float[2], runningVariance = new float[2];
            BatchNorm.Forward<float, Store<float>>(x, default, default, y, mean, inverse, runningMean, runningVariance, 4, 2, inner, 1e-5, 0.1, true, default);
            for (var i = 0; i < y.Length; i++)
                float.IsNaN(y[i]).ShouldBe(i / inner % 2 == 0);
            float.IsNaN(runningVariance[0]).ShouldBeTrue();
            float.IsNaN(runningVariance[1]).ShouldBeFalse();
        }
    }

    [Fact]
    public void GradientsAccumulateAndTheInputsMayBeLeftOut()
    {
        foreach (var inner in (int[])[1, 5])
        {
            float[] x = Samples.Uniform<float>(4 * 3 * inner, 1), dy = Samples.Uniform<float>(4 * 3 * inner, 2), gamma = [1, 2, 3], y = new float[x.Length];
            float[] mean = new float[3], inverse = new float[3], once = new float[3], twice = new float[3], onceShift = new float[3], twiceShift = new float[3], dx = new float[x.Length];
            BatchNorm.Forward<float, Store<float>>(x, gamma, default, y, mean, inverse, default, default, 4, 3, inner, 1e-3, 0.1, true, default);
            BatchNorm.Backward<float, Store<float>, Store<float>>(dy, x, gamma, mean, inverse, dx, once, onceShift, 4, 3, inner, true, false, default, default);
            foreach (var accumulate in (bool[])[false, true])
                BatchNorm.Backward<float, Store<float>, Store<float>>(dy, x, gamma, mean, inverse, default, twice, twiceShift, 4, 3, inner, true, accumulate, default, default);
            twice.ShouldBe(once.Select(value => value + value));
            twiceShift.ShouldBe(onceShift.Select(value => value + value));

            var without = new float[x.Length];
            BatchNorm.Backward<float, Store<float>, Store<float>>(dy, x, gamma, mean, inverse, without, default, default, 4, 3, inner, true, false, default, default);
            without.ShouldBe(dx);
        }
    }

    [Fact]
    public void FoldedStatisticsDoTheSame()
    {
        CheckFold<float>(2e-6);
        CheckFold<double>(1e-14);
    }

    private static void CheckFold<T>(double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] gamma = Samples.Uniform<T>(3, 3), beta = Samples.Uniform<T>(3, 4), mean = Samples.Uniform<T>(3, 5), variance = Samples.Uniform<T>(3, 6, 0.5, 2), x = Samples.Uniform<T>(3, 7);
        foreach (var affine in (bool[])[true, false])
        {
            T[] y = new T[3], scale = new T[3], shift = new T[3];
            ReadOnlySpan<T> factor = affine ? gamma : default, summand = affine ? beta : default;
            BatchNorm.Forward<T, Store<T>>(x, factor, summand, y, new T[3], new T[3], mean, variance, 1, 3, 1, 1e-3, 0.1, false, default);
            BatchNorm.Fold(factor, summand, mean, variance, scale, shift, 3, 1e-3);
            Samples.ShouldBeNear<T>([.. x.Select((value, c) => scale[c] * value + shift[c])], Doubles(y), typeof(T).Name, tolerance, tolerance);
        }
    }

    [Fact]
    public void RunningStatisticsAreConstants()
    {
        foreach (var inner in (int[])[1, 6])
        {
            double[] x = Samples.Uniform<double>(2 * inner, 1), dy = Samples.Uniform<double>(2 * inner, 2), y = new double[2 * inner], dx = new double[2 * inner], mean = new double[2], inverse = new double[2];
            double[] runningMean = [0.5, -1], runningVariance = [0.25, 4], dgamma = new double[2], dbeta = new double[2];
            BatchNorm.Forward<double, Store<double>>(x, [2, 3], [0.5, 0], y, mean, inverse, runningMean, runningVariance, 1, 2, inner, 0, 0.1, false, default);
            BatchNorm.Backward<double, Store<double>, Store<double>>(dy, x, [2, 3], mean, inverse, dx, dgamma, dbeta, 1, 2, inner, false, false, default, default);
            (runningMean[1], runningVariance[1], mean[1], inverse[1]).ShouldBe((-1, 4, -1, 0.5));
            y[0].ShouldBe(2 * (x[0] - 0.5) / 0.5 + 0.5, 1e-14);
            dx[0].ShouldBe(2 / 0.5 * dy[0], 1e-14);
            dgamma[1].ShouldBe(Enumerable.Range(inner, inner).Sum(i => dy[i] * (x[i] + 1) / 2), 1e-14);
            dbeta[1].ShouldBe(dy[inner..].Sum(), 1e-14);
        }
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        foreach (var (samples, channels, inner) in ((int, int, int)[])[(40, 11, 601), (501, 603, 1)])
        {
            float[] x = Samples.Uniform<float>(samples * channels * inner, 1), dy = Samples.Uniform<float>(samples * channels * inner, 2), gamma = Samples.Uniform<float>(channels, 3);
            float[] Run(int threads)
            {
                WorkerPool.Threads = threads;
                float[] y = new float[x.Length], dx = new float[x.Length], mean = new float[channels], inverse = new float[channels], dgamma = new float[channels], dbeta = new float[channels];
                float[] runningMean = new float[channels], runningVariance = new float[channels];
                BatchNorm.Forward<float, Relu<float>>(x, gamma, default, y, mean, inverse, runningMean, runningVariance, samples, channels, inner, 1e-5, 0.1, true, default);
                BatchNorm.Backward<float, ReluSlope<float>, Store<float>>(
                    dy, x, gamma, mean, inverse, dx, dgamma, dbeta, samples, channels, inner, true, false, new(y, inner == 1 ? channels : inner), default);
                return [.. y, .. dx, .. mean, .. inverse, .. dgamma, .. dbeta, .. runningMean, .. runningVariance];
            }
            Run(3).AsSpan().SequenceEqual(Run(1)).ShouldBeTrue();
        }
    }

    [Fact]
    public void NothingIsAllocated()
    {
        float[] x = Samples.Uniform<float>(24, 1), y = new float[24], dx = new float[24], a = new float[3], b = new float[3], c = [1, 1, 1], d = new float[3], e = new float[3];
        long Step()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var inner = 1; inner <= 4; inner += 3)
            {
                var samples = 8 / inner;
                BatchNorm.Forward<float, Relu<float>>(x, c, d, y, a, b, d, c, samples, 3, inner, 1e-5, 0.1, true, default);
                BatchNorm.Backward<float, Store<float>, Store<float>>(y, x, c, a, b, dx, d, e, samples, 3, inner, true, true, default, default);
                BatchNorm.Forward<float, Relu<float>>(x, c, d, y, a, b, d, c, samples, 3, inner, 1e-5, 0.1, false, default);
                BatchNorm.Backward<float, Store<float>, Store<float>>(y, x, c, a, b, dx, d, e, samples, 3, inner, false, true, default, default);
            }
            BatchNorm.Fold<float>(c, d, a, c, d, e, 3, 1e-5);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Step();
        Step().ShouldBe(0);
    }

    [Fact]
    public void WrongInputIsNamed()
    {
        float[] x = new float[12], two = new float[2];
        void Forward(int samples, int channels, int inner, double eps, double momentum, float[] mean) =>
            BatchNorm.Forward<float, Store<float>>(x, default, default, x, mean, two, default, default, samples, channels, inner, eps, momentum, true, default);
        Should.Throw<ArgumentException>(() => Forward(3, 2, 3, 0, 0, two)).Message.ShouldContain("x has 12 elements, but 3×2×3 = 18");
        Should.Throw<ArgumentException>(() => Forward(3, 2, 2, 0, 0, x)).Message.ShouldContain("mean has 12 elements, but 1×2");
        Should.Throw<ArgumentOutOfRangeException>(() => Forward(3, 2, 2, -1, 0, two)).Message.ShouldContain("at least 0");
        Should.Throw<ArgumentOutOfRangeException>(() => Forward(3, 2, 2, 0, 1.5, two)).Message.ShouldContain("[0, 1]");
        Should.Throw<ArgumentException>(() => BatchNorm.Forward<float, Store<float>>(two, default, default, two, two, two, default, default, 1, 2, 1, 0, 0, true, default))
            .Message.ShouldContain("1 value(s) a channel (1 sample(s) of 1 position(s))");
        Should.Throw<ArgumentException>(() => BatchNorm.Backward<float, Store<float>, Store<float>>(x, x, default, two, two, new float[5], default, default, 3, 2, 2, true, false, default, default))
            .Message.ShouldContain("dx has 5 elements");
        Should.Throw<ArgumentException>(() => BatchNorm.Fold<float>(default, default, two, two, x, two, 2, 0)).Message.ShouldContain("scale has 12 elements, but 1×2");
    }
}
