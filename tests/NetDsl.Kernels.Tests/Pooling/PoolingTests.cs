using System.Numerics;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests;

[Collection(nameof(WorkerPool))]
public sealed class PoolingTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomWindowsAreRightInEveryVectorWidth(int rank)
    {
        var random = new Random(rank);
        for (var i = 0; i < 60; i++)
        {
            var shape = PoolingCase.Random(random, rank);
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
    public void WholeInputsAreRight()
    {
        foreach (var (height, width) in new[] { (1, 1), (7, 7), (8, 8), (5, 33) })
        {
            var shape = new PoolingCase(3, 5, Axis.None, new(height, height, height, 1, 0, 0), new(width, width, width, 1, 0, 0), false, true);
            shape.Plan<float>(16).IsGlobal.ShouldBeTrue();
            Check<float>(shape, Simd512<float>.Count);
            Check<double>(shape, Simd256<double>.Count);
        }
    }

    [Fact]
    public void PairsAreRight()
    {
        foreach (var (height, width) in new[] { (5, 9), (24, 24), (8, 8), (7, 33), (6, 40), (4, 63), (3, 128) })
        {
            var shape = new PoolingCase(2, 3, Axis.None, new(height, 2, 2, 1, 0, 0), new(width, 2, 2, 1, 0, 0), false, true);
            shape.Plan<float>(16).Pairs.HasValue.ShouldBe(Pairs.AreFast<Simd128<float>, float>());
            Check<float>(shape, Simd512<float>.Count);
            Check<double>(shape, Simd512<double>.Count);
        }
    }

    [Fact]
    public void TheEntriesGiveWhatThePlansGive()
    {
        var shape = new PoolingCase(2, 3, Axis.None, new(9, 3, 2, 1, 1, 0), new(10, 2, 2, 1, 0, 1), true, false);
        var x = Reference.Integers<float>(shape.XLength, 1);
        var dy = Reference.Integers<float>(shape.YLength, 2);
        var y = new float[shape.YLength];
        var dx = new float[shape.XLength];
        MaxPooling.Forward<float, Crooked, Store<float>>(x, y, 2, default);
        MaxPooling.BackwardInput<float, Crooked, Store<float>>(dy, x, y, dx, 2, default);
        ShouldBe(y, shape.Max(Doubles(x)), 0, "max");
        ShouldBe(dx, shape.MaxGradient(Doubles(dy), Doubles(x)), 0, "gradient of max");
        AveragePooling.Forward<float, Crooked, Store<float>>(x, y, 2, default);
        AveragePooling.BackwardInput<float, Crooked, Store<float>>(dy, dx, 2, default);
        ShouldBe(y, shape.Average(Doubles(x)), 1e-6, "average");
        ShouldBe(dx, shape.AverageGradient(Doubles(dy)), 1e-6, "gradient of average");
        L2Pooling.Forward<float, Crooked, Store<float>>(x, y, 2, default);
        L2Pooling.BackwardInput<float, Crooked, Store<float>>(dy, x, y, dx, 2, default);
        ShouldBe(y, shape.Length(Doubles(x)), 1e-6, "length");
        ShouldBe(dx, shape.LengthGradient(Doubles(dy), Doubles(x)), 1e-5, "gradient of length");
    }

    [Fact]
    public void UpsamplingRepeatsElementsAndSumsTheirGradients()
    {
        // y [1 × 2 × 4 × 6] and windows of 2×3.
        float[] x = [1, 2, 3, 4, 5, 6, 7, 8];
        var y = new float[48];
        var dx = new float[8];
        Upsampling.Forward<float, Tiles, Store<float>>(x, y, 1, default);
        y.ShouldBe([.. Enumerable.Range(0, 48).Select(i => x[i / 24 * 4 + i / 12 % 2 * 2 + i / 3 % 2])]);
        var dy = Reference.Integers<float>(48, 3);
        Upsampling.BackwardInput<float, Tiles, Store<float>>(dy, dx, 1, default);
        dx.ShouldBe([.. Enumerable.Range(0, 8).Select(k => Enumerable.Range(0, 48).Where(i => i / 24 * 4 + i / 12 % 2 * 2 + i / 3 % 2 == k).Sum(i => dy[i]))]);
    }

    [Fact]
    public void NaNPassesOnAndTakesTheGradient()
    {
        var axis = new Axis(4, 2, 2, 1, 0, 0);
        var shape = new PoolingCase(1, 1, Axis.None, axis, axis, false, true);
        float[] x = [1, 2, 3, float.NaN, 9, float.NaN, 4, float.NaN, 0, 0, 0, 0, float.NegativeInfinity, 0, -1, 0];
        float[] dy = [1, 2, 3, 4];
        var plan = shape.Plan<float>(Simd256<float>.Count);
        var y = new float[4];
        var dx = new float[16];
        Pooling<LargestOfWindow>.Forward(plan, x, y, 1, default(Store<float>));
        y.ShouldBe([float.NaN, float.NaN, 0, 0]);
        Pooling<LargestOfWindow>.Backward(plan, dy, x, y, dx, 1, default(Store<float>));
        dx.ShouldBe([0, 0, 0, 2, 0, 1, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0]);
    }

    [Fact]
    public void PaddingNeverWins()
    {
        var axis = new Axis(2, 2, 1, 1, 1, 1);
        var shape = new PoolingCase(1, 1, Axis.None, axis, axis, false, true);
        var plan = shape.Plan<float>(Simd256<float>.Count);
        foreach (var value in new[] { -5f, float.NegativeInfinity })
        {
            float[] x = [value, value, value, value], dy = [1, 2, 3, 4, 5, 6, 7, 8, 9], y = new float[9], dx = new float[4];
            Pooling<LargestOfWindow>.Forward(plan, x, y, 1, default(Store<float>));
            y.ShouldAllBe(result => result == value);
            Pooling<LargestOfWindow>.Backward(plan, dy, x, y, dx, 1, default(Store<float>));
            dx.ShouldBe([1 + 2 + 4 + 5, 3 + 6, 7 + 8, 9]);
        }
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        var axis = new Axis(40, 3, 2, 1, 1, 1);
        var shape = new PoolingCase(9, 23, Axis.None, axis, axis, false, false);
        var x = Reference.Uniform<float>(shape.XLength, 1);
        var dy = Reference.Uniform<float>(shape.YLength, 2);
        var plan = shape.Plan<float>(Simd512<float>.Count);
        float[]? first = null;
        foreach (var threads in new[] { 1, 2, 3, 5 })
        {
            WorkerPool.Threads = threads;
            var y = new float[shape.YLength];
            var dx = new float[shape.XLength];
            var averages = new float[shape.XLength];
            Pooling<LargestOfWindow>.Forward(plan, x, y, 9, default(Store<float>));
            Pooling<LargestOfWindow>.Backward(plan, dy, x, y, dx, 9, default(Store<float>));
            Pooling<AverageOfWindow>.Backward(plan, dy, [], [], averages, 9, default(Store<float>));
            float[] all = [.. y, .. dx, .. averages];
            first ??= all;
            all.AsSpan().SequenceEqual(first).ShouldBeTrue($"{threads} threads");
        }
    }

    [Fact]
    public void NothingIsAllocatedOnceThePlansStand()
    {
        float[] x = new float[540], y = new float[150], dx = new float[540];
        void Step()
        {
            MaxPooling.Forward<float, Crooked, Store<float>>(x, y, 2, default);
            MaxPooling.BackwardInput<float, Crooked, Store<float>>(y, x, y, dx, 2, default);
        }
        Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Step();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void WrongSizesAreNamed()
    {
        Should.Throw<ArgumentException>(() => MaxPooling.Forward<float, Crooked, Store<float>>(new float[269], new float[75], 1, default))
            .Message.ShouldContain("x has 269 elements, but 1×270 = 270");
        Should.Throw<ArgumentException>(() => AveragePooling.BackwardInput<float, Crooked, Store<float>>(new float[75], new float[271], 1, default))
            .Message.ShouldContain("dx has 271 elements, but 1×270 = 270");
        Should.Throw<ArgumentException>(() => new PoolingPlan<float>(0, Axis.None, Axis.None, Axis.None, false, true, 16)).Message.ShouldContain("0 channels");
        Should.Throw<ArgumentException>(() => new PoolingPlan<float>(1, Axis.None, Axis.None, new(2, 3, 1, 1, 0, 0), false, true, 16))
            .Message.ShouldContain("the kernel covers 3 elements, but the padded input has 2");
    }

    private static void Check<T>(PoolingCase shape, int lanes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Small integers, so that there are ties.
        var x = Reference.Integers<T>(shape.XLength, 1);
        var dy = Reference.Integers<T>(shape.YLength, 2);
        var context = $"{typeof(T).Name}, {lanes} lanes, {shape}";
        var plan = shape.Plan<T>(lanes);
        CheckOne<T, LargestOfWindow>(plan, shape, x, dy, shape.Max(Doubles(x)), shape.MaxGradient(Doubles(dy), Doubles(x)), 0, context + " max");
        CheckOne<T, AverageOfWindow>(plan, shape, x, dy, shape.Average(Doubles(x)), shape.AverageGradient(Doubles(dy)), 4e-6, context + " average");
        CheckOne<T, LengthOfWindow>(plan, shape, x, dy, shape.Length(Doubles(x)), shape.LengthGradient(Doubles(dy), Doubles(x)), 2e-5, context + " length");
    }

    private static void CheckOne<T, TPooling>(
        PoolingPlan<T> plan, PoolingCase shape, T[] x, T[] dy, double[] expectedY, double[] expectedDx, double bound, string context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPooling : struct, IPooling
    {
        var y = new T[shape.YLength];
        var dx = new T[shape.XLength];
        Pooling<TPooling>.Forward(plan, x, y, shape.Samples, default(Store<T>));
        ShouldBe(y, expectedY, bound, context);
        Pooling<TPooling>.Backward(plan, dy, x, y, dx, shape.Samples, default(Store<T>));
        ShouldBe(dx, expectedDx, bound, context + ", gradient");
        var replaced = (T[])x.Clone();
        Pooling<TPooling>.Backward(plan, dy, replaced, y, replaced, shape.Samples, default(Store<T>));
        replaced.ShouldBe(dx, context + ", gradient in place of x");

        var (visitsY, visitsDx) = (new int[y.Length], new int[dx.Length]);
        Pooling<TPooling>.Forward(plan, x, (T[])y.Clone(), shape.Samples, new Visits<T>(visitsY, shape.OutSize));
        Pooling<TPooling>.Backward(plan, dy, x, y, (T[])dx.Clone(), shape.Samples, new Visits<T>(visitsDx, shape.InSize));
        visitsY.ShouldAllBe(count => count == 1);
        visitsDx.ShouldAllBe(count => count == 1);
    }

    private static double[] Doubles<T>(T[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => [.. values.Select(double.CreateChecked)];

    private static void ShouldBe<T>(T[] actual, double[] expected, double bound, string context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < actual.Length; i++)
        {
            var value = double.CreateChecked(actual[i]);
            if (value != expected[i] && !(Math.Abs(value - expected[i]) <= bound))
                Assert.Fail($"{context}: element {i} is {actual[i]}, not {expected[i]}");
        }
    }

    private readonly struct Tiles : IPoolingShape
    {
        public static int Channels => 2;

        public static int Height => 4;

        public static int Width => 6;

        public static int KernelHeight => 2;

        public static int KernelWidth => 3;

        public static int StrideHeight => 2;

        public static int StrideWidth => 3;
    }

    private readonly struct Crooked : IPoolingShape
    {
        public static int Channels => 3;

        public static int Height => 9;

        public static int Width => 10;

        public static int KernelHeight => 3;

        public static int KernelWidth => 2;

        public static int StrideHeight => 2;

        public static int StrideWidth => 2;

        public static int PadTop => 1;

        public static int PadRight => 1;

        public static bool CeilMode => true;

        public static bool CountIncludesPadding => false;
    }
}
