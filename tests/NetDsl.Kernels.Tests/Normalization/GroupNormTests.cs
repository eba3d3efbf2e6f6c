using System.Numerics;
using NetDsl.Kernels.Normalization;
using NetDsl.Kernels.Tests.Cases;
using NetDsl.Kernels.Tests.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests.Normalization;

/// <summary>Group, instance, layer and RMS normalisation.</summary>
[Collection(nameof(WorkerPool))]
public sealed class GroupNormTests : IDisposable
{
    private const double Eps = 0.05;

    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    public static TheoryData<string> Cases => ReferenceCase.Names(name =>
        name.StartsWith("layer_group_norm", StringComparison.Ordinal)
        || name.StartsWith("layer_instance_norm", StringComparison.Ordinal)
        || name.StartsWith("layer_layer_norm", StringComparison.Ordinal)
        || name.StartsWith("layer_rms_norm", StringComparison.Ordinal));

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
        var eps = reference.Number("eps", 0);
        T[] x = reference.Values<T>("inputs", "x"), dy = reference.Values<T>("grad_output", "y"), y = new T[x.Length], dx = new T[x.Length];
        T[] gamma = Affine<T>(reference, "gamma"), beta = Affine<T>(reference, "beta"), dgamma = new T[gamma.Length], dbeta = new T[beta.Length];
        T[] mean = new T[x.Length], inverse = new T[x.Length];
        switch (reference.Text("op"))
        {
            case "rms_norm":
            {
                var rows = x.Length / shape[^1];
                RmsNorm.Forward<T, Store<T>>(x, gamma, y, inverse.AsSpan(0, rows), rows, shape[^1], eps, default);
                RmsNorm.Backward<T, Store<T>, Store<T>>(dy, x, gamma, inverse.AsSpan(0, rows), dx, dgamma, rows, shape[^1], false, default, default);
                break;
            }
            case "layer_norm":
            {
                var columns = reference.Numbers("normalized_shape").Aggregate(1, (a, b) => a * (int)b);
                var rows = x.Length / columns;
                LayerNorm.Forward<T, Store<T>>(x, gamma, beta, y, mean.AsSpan(0, rows), inverse.AsSpan(0, rows), rows, columns, eps, default);
                LayerNorm.Backward<T, Store<T>, Store<T>>(
                    dy, x, gamma, mean.AsSpan(0, rows), inverse.AsSpan(0, rows), dx, dgamma, dbeta, rows, columns, false, default, default);
                break;
            }
            default:
            {
                var (samples, channels, inner) = (shape[0], shape[1], shape[2..].Aggregate(1, (a, b) => a * b));
                var groups = (int)reference.Number("groups", channels);
                var (means, inverses) = (mean[..(samples * groups)], inverse[..(samples * groups)]);
                GroupNorm.Forward<T, Store<T>>(x, gamma, beta, y, means, inverses, samples, channels, inner, groups, eps, default);
                GroupNorm.Backward<T, Store<T>, Store<T>>(dy, x, gamma, means, inverses, dx, dgamma, dbeta, samples, channels, inner, groups, false, default, default);
                break;
            }
        }
        reference.ShouldAgree<T>(y, "outputs", "y");
        reference.ShouldAgree<T>(dx, "grads", "x");
        if (gamma.Length > 0)
            reference.ShouldAgree<T>(dgamma, "grads", "gamma");
        if (beta.Length > 0)
            reference.ShouldAgree<T>(dbeta, "grads", "beta");
    }

    private static T[] Affine<T>(ReferenceCase reference, string name)
        where T : INumberBase<T>
        => reference.HasTensor("params", name) ? reference.Values<T>("params", name) : [];

    [Fact]
    public void EveryShapeIsRight()
    {
        for (var length = 1; length <= 70; length++)
        {
            CheckNaive<float>(2, 4, length, 2, centred: true);
            CheckNaive<double>(3, 3, length + 1, 3, centred: true);
            CheckNaive<float>(3, length, 1, 1, centred: true);
            CheckNaive<double>(3, length, 1, 1, centred: false);
            CheckNaive<float>(1, 2 * length, 1, 2, centred: true);
        }
        CheckNaive<float>(5, 601, 1, 1, centred: true);
        CheckNaive<float>(5, 600, 1, 4, centred: true);
        CheckNaive<float>(3, 5000, 1, 1, centred: false);
        CheckNaive<float>(2, 2, 5001, 1, centred: true);
        CheckNaive<double>(67, 300, 1, 3, centred: true);
        CheckNaive<float>(401, 331, 1, 1, centred: true);
        CheckNaive<float>(60, 6, 601, 2, centred: true);
        CheckNaive<float>(0, 3, 4, 1, centred: true);
    }

    /// <summary>Normalisation with an activation behind and a factor on the gradient of the input, against the definition in doubles.</summary>
    private static void CheckNaive<T>(int samples, int channels, int inner, int groups, bool centred)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (count, columns, units) = (samples * channels * inner, inner == 1 ? channels : inner, samples * groups);
        T[] x = Samples.Uniform<T>(count, inner, -2, 5), dy = Samples.Uniform<T>(count, channels), factor = Samples.Uniform<T>(count, samples);
        T[] gamma = Samples.Uniform<T>(channels, 1), beta = Samples.Uniform<T>(channels, 2), y = new T[count], mean = new T[units], inverse = new T[units];
        T[] dgamma = Enumerable.Repeat(T.One, channels).ToArray(), dbeta = dgamma.ToArray();
        if (!centred)
            beta.AsSpan().Clear();
        var (expectedY, expectedDx, magnitude) = (new double[count], new double[count], Enumerable.Repeat(1.0, channels).ToArray());
        var (expectedDgamma, expectedDbeta) = (magnitude.ToArray(), magnitude.ToArray());
        var length = count == 0 ? 0 : count / units;
        for (var unit = 0; unit < units; unit++)
        {
            int[] at = [.. Enumerable.Range(unit * length, length)];
            int Channel(int k) => k / inner % channels;
            var center = centred ? at.Average(k => double.CreateTruncating(x[k])) : 0;
            double D(int k) => double.CreateTruncating(x[k]) - center;
            var r = 1 / Math.Sqrt(at.Average(k => D(k) * D(k)) + Eps);
            foreach (var k in at)
                expectedY[k] = Math.Max(0, double.CreateTruncating(gamma[Channel(k)]) * D(k) * r + double.CreateTruncating(beta[Channel(k)]));
            double G(int k) => expectedY[k] > 0 ? double.CreateTruncating(dy[k]) : 0;
            double Scaled(int k) => G(k) * double.CreateTruncating(gamma[Channel(k)]);
            var (a, b) = (centred ? at.Average(Scaled) : 0, at.Average(k => Scaled(k) * D(k) * r));
            foreach (var k in at)
            {
                expectedDx[k] = double.CreateTruncating(factor[k]) * r * (Scaled(k) - a - D(k) * r * b);
                expectedDgamma[Channel(k)] += G(k) * D(k) * r;
                expectedDbeta[Channel(k)] += G(k);
                magnitude[Channel(k)] += Math.Abs(G(k)) * (1 + Math.Abs(D(k) * r));
            }
        }

        var message = $"{typeof(T).Name} {samples}×{channels}×{inner}, {groups} groups, centred {centred}";
        if (centred)
        {
            GroupNorm.Forward<T, Relu<T>>(x, gamma, beta, y, mean, inverse, samples, channels, inner, groups, Eps, default);
            GroupNorm.Backward<T, ReluSlope<T>, Times<T>>(
                dy, x, gamma, mean, inverse, dy, dgamma, dbeta, samples, channels, inner, groups, true, new(y, columns), new(factor, columns));
        }
        else
        {
            RmsNorm.Forward<T, Relu<T>>(x, gamma, y, inverse, samples, channels, Eps, default);
            RmsNorm.Backward<T, ReluSlope<T>, Times<T>>(dy, x, gamma, inverse, dy, dgamma, samples, channels, true, new(y, columns), new(factor, columns));
        }
        Samples.ShouldBeNear<T>(y, expectedY, message + " y", 4e-6, 3e-14);
        Samples.ShouldBeNear<T>(dy, expectedDx, message + " dx", 3e-5, 1e-13);
        Samples.ShouldBeWithin<T>(dgamma, expectedDgamma, magnitude, message + " dγ");
        if (centred)
            Samples.ShouldBeWithin<T>(dbeta, expectedDbeta, magnitude, message + " dβ");
    }

    [Fact]
    public void AFarMeanCostsNoAccuracy()
    {
        // Mean 4096, deviation about 1: sums of squares in float32 would leave nothing of the variance.
        var x = Samples.Uniform<float>(10_001, 5, 4094.5, 4097.5);
        float[] y = new float[x.Length], mean = new float[1], inverse = new float[1];
        LayerNorm.Forward<float, Store<float>>(x, default, default, y, mean, inverse, 1, x.Length, 0, default);
        var average = x.Average(value => (double)value);
        ((double)mean[0]).ShouldBe(average, 3e-4);
        ((double)inverse[0]).ShouldBe(1 / Math.Sqrt(x.Average(value => (value - average) * (value - average))), 1e-6);
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        foreach (var (samples, channels, inner, groups) in ((int, int, int, int)[])[(20, 12, 601, 3), (501, 603, 1, 1)])
        {
            float[] x = Samples.Uniform<float>(samples * channels * inner, 1), dy = Samples.Uniform<float>(samples * channels * inner, 2), gamma = Samples.Uniform<float>(channels, 3);
            float[] Run(int threads)
            {
                WorkerPool.Threads = threads;
                float[] y = new float[x.Length], dx = new float[x.Length], mean = new float[samples * groups], inverse = new float[samples * groups];
                float[] dgamma = new float[channels], dbeta = new float[channels];
                GroupNorm.Forward<float, Relu<float>>(x, gamma, default, y, mean, inverse, samples, channels, inner, groups, 1e-5, default);
                GroupNorm.Backward<float, ReluSlope<float>, Store<float>>(
                    dy, x, gamma, mean, inverse, dx, dgamma, dbeta, samples, channels, inner, groups, false, new(y, inner == 1 ? channels : inner), default);
                return [.. y, .. dx, .. mean, .. inverse, .. dgamma, .. dbeta];
            }
            Run(3).AsSpan().SequenceEqual(Run(1)).ShouldBeTrue();
        }
    }

    [Fact]
    public void NothingIsAllocated()
    {
        float[] x = Samples.Uniform<float>(24, 1), y = new float[24], dx = new float[24], mean = new float[4], inverse = new float[4], a = new float[6], b = new float[6];
        long Step()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            GroupNorm.Forward<float, Relu<float>>(x, a, b, y, mean, inverse, 2, 6, 2, 2, 1e-5, default);
            GroupNorm.Backward<float, Store<float>, Store<float>>(y, x, a, mean, inverse, dx, a, b, 2, 6, 2, 2, true, default, default);
            LayerNorm.Forward<float, Relu<float>>(x, a, b, y, mean, inverse, 4, 6, 1e-5, default);
            LayerNorm.Backward<float, Store<float>, Store<float>>(y, x, a, mean, inverse, dx, a, b, 4, 6, true, default, default);
            RmsNorm.Forward<float, Relu<float>>(x, a, y, inverse, 4, 6, 1e-5, default);
            RmsNorm.Backward<float, Store<float>, Store<float>>(y, x, a, inverse, dx, a, 4, 6, true, default, default);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Step();
        Step().ShouldBe(0);
    }

    [Fact]
    public void WrongInputIsNamed()
    {
        float[] x = new float[12], two = new float[2], six = new float[6];
        Should.Throw<ArgumentOutOfRangeException>(() => GroupNorm.Forward<float, Store<float>>(x, default, default, x, x, x, 3, 2, 2, 4, 0, default))
            .Message.ShouldContain("4 groups do not share 2 channels evenly");
        Should.Throw<ArgumentOutOfRangeException>(() => GroupNorm.Forward<float, Store<float>>(x, default, default, x, default, default, 3, 2, 2, 0, 0, default))
            .Message.ShouldContain("0 groups");
        Should.Throw<ArgumentException>(() => GroupNorm.Forward<float, Store<float>>(x, default, default, x, two, six, 3, 2, 2, 2, 0, default)).Message.ShouldContain("mean has 2 elements, but 3×2 = 6");
        Should.Throw<ArgumentException>(() => LayerNorm.Forward<float, Store<float>>(x, two, default, x, two, two, 2, 6, 0, default)).Message.ShouldContain("gamma has 2 elements, but 1×6");
        Should.Throw<ArgumentOutOfRangeException>(() => RmsNorm.Forward<float, Store<float>>(x, default, x, two, 2, 6, double.NaN, default)).Message.ShouldContain("at least 0");
        Should.Throw<ArgumentException>(() => RmsNorm.Backward<float, Store<float>, Store<float>>(x, x, default, two, six, default, 2, 6, false, default, default))
            .Message.ShouldContain("dx has 6 elements, but 2×6×1 = 12");
    }
}
