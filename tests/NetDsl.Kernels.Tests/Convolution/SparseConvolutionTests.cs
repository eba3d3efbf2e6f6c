using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests;

/// <summary>The gradients of convolutions behind which most of dy is 0.</summary>
[Collection(nameof(WorkerPool))]
public sealed class SparseConvolutionTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void RandomShapesAreExactInEveryVectorWidth(int rank)
    {
        var random = new Random(rank);
        for (var i = 0; i < 60; i++)
        {
            var shape = ConvolutionCase.Random(random, rank) with { Groups = 1 };
            shape = shape with { Width = shape.Width with { Dilation = 1 } };
            if (!SparsePlan.Suits(shape.Geometry))
                continue;
            Check<float>(shape, Simd512<float>.Count);
            Check<float>(shape, Simd256<float>.Count);
            if (i % 4 == 0)
            {
                Check<float>(shape, Simd128<float>.Count);
                Check<float>(shape, 1);
                Check<double>(shape, Simd512<double>.Count);
                Check<double>(shape, Simd256<double>.Count);
            }
        }
    }

    [Fact]
    public void ManySamplesAndLargeImagesFallIntoPieces()
    {
        // Several chunks of samples, the last one shorter.
        var samples = new ConvolutionCase(37, 24, 9, 1, Axis.None, new(17, 3, 2, 1, 1, 1), new(18, 3, 2, 1, 0, 1));
        Plan<float>(samples, Simd512<float>.Count).SamplesPerChunk.ShouldBeInRange(2, 36);
        Check<float>(samples, Simd512<float>.Count);
        // Several blocks of rows of one sample.
        var rows = new ConvolutionCase(2, 30, 3, 1, Axis.None, new(61, 3, 1, 2, 1, 1), new(90, 3, 1, 1, 1, 1));
        Plan<float>(rows, Simd512<float>.Count).RowsPerBlock.ShouldBeInRange(1, 30);
        Check<float>(rows, Simd512<float>.Count);
        Check<double>(rows, Simd512<double>.Count);
    }

    [Fact]
    public void TheEntriesTakeThisWayWhereItPays()
    {
        SparsePlans<float, Pooled>.Gradients.ShouldNotBeNull().IsForInput.ShouldBeTrue();
        SparsePlans<float, Thin>.Gradients.ShouldNotBeNull().IsForInput.ShouldBeFalse();
        SparsePlans<float, Dense>.Gradients.ShouldBeNull();
        SparsePlan.Of<float>(new(16, 8, 2, Axis.None, Some, Some), 4).ShouldBeNull();
        SparsePlan.Of<float>(new(16, 8, 1, Some, Some, Some), 4).ShouldBeNull();
        SparsePlan.Of<float>(new(16, 8, 1, Axis.None, Some, Some with { Dilation = 2 }), 4).ShouldBeNull();
        SparsePlan.Of<float>(new(64, 8, 1, Axis.None, Some with { Size = 8192 }, Some with { Size = 8192 }), 4).ShouldBeNull();

        var shape = new ConvolutionCase(3, 12, 7, 1, Axis.None, Some, Some);
        var (x, weight, dy) = Operands<float>(shape);
        float[] dx = new float[x.Length], dWeight = new float[weight.Length], dBias = new float[7];
        Convolution.BackwardInput<float, Pooled, Store<float>>(dy, weight, dx, 3, default);
        Convolution.BackwardParameters<float, Pooled>(dy, x, dWeight, dBias, 3, accumulate: false);
        ShouldEqual(dx, shape.BackwardInput(Doubles(dy), Doubles(weight)), "dx");
        ShouldEqual(dWeight, shape.BackwardWeight(Doubles(dy), Doubles(x)), "dWeight");
        ShouldEqual(dBias, shape.BackwardBias(Doubles(dy)), "dBias");
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        foreach (var samples in new[] { 1, 9 })
        {
            var axis = new Axis(28, 5, 1, 1, 0, 1);
            var shape = new ConvolutionCase(samples, 13, 40, 1, Axis.None, axis, axis);
            var plan = Plan<float>(shape, Simd512<float>.Count);
            var x = Reference.Uniform<float>(shape.XLength, 1);
            var weight = Reference.Uniform<float>(shape.WeightLength, 2);
            var dy = Reference.Uniform<float>(shape.YLength, 3);
            float[]? first = null;
            foreach (var threads in new[] { 1, 2, 3, 5 })
            {
                WorkerPool.Threads = threads;
                float[] dx = new float[shape.XLength], dWeight = new float[shape.WeightLength], dBias = new float[shape.OutChannels];
                Convolution.BackwardInput(plan, dy, weight, dx, samples, default(Store<float>));
                Convolution.Gradients(plan, dy, x, dWeight, dBias, samples, accumulate: false);
                float[] all = [.. dx, .. dWeight, .. dBias];
                first ??= all;
                all.AsSpan().SequenceEqual(first).ShouldBeTrue($"{samples} samples, {threads} threads");
            }
        }
    }

    [Fact]
    public void NaNIsNoZero()
    {
        var shape = new ConvolutionCase(1, 12, 7, 1, Axis.None, Some, Some);
        var (x, weight, dy) = Operands<float>(shape);
        Array.Fill(x, 1);
        Array.Clear(dy);
        dy[^1] = float.NaN;
        float[] dx = new float[x.Length], dWeight = new float[weight.Length], dBias = new float[7];
        Convolution.BackwardInput<float, Pooled, Store<float>>(dy, weight, dx, 1, default);
        Convolution.BackwardParameters<float, Pooled>(dy, x, dWeight, dBias, 1, accumulate: false);
        float.IsNaN(dx[^1]).ShouldBeTrue();
        float.IsNaN(dWeight[^5]).ShouldBeTrue();
        float.IsNaN(dBias[6]).ShouldBeTrue();
        dBias[..6].ShouldAllBe(value => value == 0);
        dWeight[..(6 * 12 * 9)].ShouldAllBe(value => value == 0);
    }

    [Fact]
    public void NothingIsAllocatedOnceThePlansStand()
    {
        WorkerPool.Threads = 2;
        var (x, weight, dy) = Operands<float>(new(3, 12, 7, 1, Axis.None, Some, Some));
        float[] dx = new float[x.Length], dWeight = new float[weight.Length];
        void Step()
        {
            Convolution.BackwardInput<float, Pooled, Store<float>>(dy, weight, dx, 3, default);
            Convolution.BackwardParameters<float, Pooled>(dy, x, dWeight, [], 3, accumulate: true);
        }
        for (var warmUp = 0; warmUp < 3; warmUp++)
            Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Step();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static Axis Some => new(10, 3, 1, 1, 1, 1);

    private static void Check<T>(ConvolutionCase shape, int lanes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (x, weight, dy) = Operands<T>(shape);
        var plan = Plan<T>(shape, lanes);
        var context = $"{typeof(T).Name}, {lanes} lanes, {shape}";

        var dx = new T[x.Length];
        var columns = x.Length / shape.Samples / shape.InChannels;
        var visits = new int[x.Length];
        Convolution.BackwardInput(plan, dy, weight, dx, shape.Samples, new Visits<T>(visits, columns));
        var expected = shape.BackwardInput(Doubles(dy), Doubles(weight));
        ShouldEqual(dx, [.. expected.Select((value, i) => value + double.CreateChecked(Visits<T>.Position(i / columns, i % columns)))], context + " input");
        visits.ShouldAllBe(count => count == 1);

        T[] dWeight = new T[weight.Length], dBias = new T[shape.OutChannels];
        Convolution.Gradients<T>(plan, dy, x, dWeight, [], shape.Samples, accumulate: false);
        Convolution.Gradients(plan, dy, x, dWeight, dBias, shape.Samples, accumulate: true);
        Convolution.Gradients(plan, dy, x, dWeight, dBias, shape.Samples, accumulate: true);
        ShouldEqual(dWeight, [.. shape.BackwardWeight(Doubles(dy), Doubles(x)).Select(value => 3 * value)], context + " weights");
        ShouldEqual(dBias, [.. shape.BackwardBias(Doubles(dy)).Select(value => 2 * value)], context + " biases");
    }

    private static SparsePlan Plan<T>(ConvolutionCase shape, int lanes) => new(shape.Geometry, 4, lanes, Unsafe.SizeOf<T>());

    // Integers, three of four elements of dy being 0 without any order.
    private static (T[] X, T[] Weight, T[] Dy) Operands<T>(ConvolutionCase shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(4);
        return (
            Reference.Integers<T>(shape.XLength, 1), Reference.Integers<T>(shape.WeightLength, 2),
            [.. Reference.Integers<T>(shape.YLength, 3).Select(value => random.Next(4) == 0 ? value : T.Zero)]);
    }

    private static double[] Doubles<T>(T[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => [.. values.Select(double.CreateChecked)];

    private static void ShouldEqual<T>(T[] actual, double[] expected, string context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < actual.Length; i++)
        {
            if (double.CreateChecked(actual[i]) != expected[i])
                Assert.Fail($"{context}: element {i} is {actual[i]}, not {expected[i]}");
        }
    }

    private readonly struct Pooled : IConvolutionShape
    {
        public static int InChannels => 12;

        public static int OutChannels => 7;

        public static int Height => 10;

        public static int Width => 10;

        public static int KernelHeight => 3;

        public static int KernelWidth => 3;

        public static int PadTop => 1;

        public static int PadBottom => 1;

        public static int PadLeft => 1;

        public static int PadRight => 1;

        public static int ResultsPerGradient => 4;
    }

    private readonly struct Thin : IConvolutionShape
    {
        public static int InChannels => 1;

        public static int OutChannels => 7;

        public static int Height => 10;

        public static int Width => 10;

        public static int KernelHeight => 5;

        public static int KernelWidth => 5;

        public static int ResultsPerGradient => 4;
    }

    private readonly struct Dense : IConvolutionShape
    {
        public static int InChannels => 12;

        public static int OutChannels => 7;

        public static int Height => 10;

        public static int Width => 10;

        public static int KernelHeight => 3;

        public static int KernelWidth => 3;
    }
}
