using System.Numerics;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests;

[Collection(nameof(WorkerPool))]
public sealed class ConvolutionTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomShapesAreExactInEveryVectorWidth(int rank)
    {
        var random = new Random(rank);
        for (var i = 0; i < 60; i++)
        {
            var expected = new Expected(ConvolutionCase.Random(random, rank));
            Check<float>(expected, Simd512<float>.Count);
            Check<float>(expected, Simd256<float>.Count);
            if (i % 4 == 0)
            {
                Check<float>(expected, Simd128<float>.Count);
                Check<float>(expected, 1);
                Check<double>(expected, Simd512<double>.Count);
                Check<double>(expected, Simd256<double>.Count);
            }
        }
    }

    [Theory]
    [InlineData(11, 20, 12, 5, 1, 0)]
    [InlineData(16, 14, 18, 3, 1, 1)]
    [InlineData(16, 20, 17, 3, 2, 1)]
    public void LayersOfSeveralTasksAndBlocksAreExact(int inChannels, int outChannels, int size, int kernel, int stride, int pad)
    {
        var axis = new Axis(size, kernel, stride, 1, pad, pad);
        var expected = new Expected(new(5, inChannels, outChannels, 1, Axis.None, axis, axis));
        Check<float>(expected, Simd512<float>.Count);
        Check<double>(expected, Simd256<double>.Count);
    }

    [Theory]
    [InlineData(1, 1, 4, 4, 0, 0)]
    [InlineData(3, 5, 8, 8, 1, 1)]
    [InlineData(7, 17, 9, 13, 1, 1)]
    [InlineData(14, 6, 5, 37, 2, 0)]
    [InlineData(4, 33, 35, 3, 0, 2)]
    [InlineData(6, 7, 11, 70, 1, 2)]
    [InlineData(13, 8, 2, 2, 1, 1)]
    [InlineData(40, 41, 8, 8, 1, 1)]
    [InlineData(128, 80, 6, 6, 1, 1)]
    [InlineData(3, 4, 1, 1, 1, 1)]
    [InlineData(2, 7, 3, 3, 0, 0)]
    [InlineData(5, 3, 1, 41, 1, 1)]
    [InlineData(3, 13, 29, 1, 1, 1)]
    [InlineData(3, 5, 40, 41, 1, 1)]
    public void TilesAreExactInEveryVectorWidth(int inChannels, int outChannels, int height, int width, int before, int after)
    {
        foreach (var samples in new[] { 1, 5 })
        {
            var expected = new Expected(new(samples, inChannels, outChannels, 1, Axis.None, new(height, 3, 1, 1, before, after), new(width, 3, 1, 1, after, before)));
            CheckTiles<float>(expected, Simd512<float>.Count);
            CheckTiles<float>(expected, Simd256<float>.Count);
            CheckTiles<float>(expected, Simd128<float>.Count);
            CheckTiles<double>(expected, Simd512<double>.Count);
            CheckTiles<double>(expected, Simd256<double>.Count);
            CheckTiles<double>(expected, Simd128<double>.Count);
        }
    }

    [Fact]
    public void TheEntriesGiveWhatThePlansGive()
    {
        CheckEntries<float, Plain>(new(3, 5, 7, 1, Axis.None, new(11, 3, 1, 1, 0, 0), new(13, 3, 1, 1, 0, 0)));
        CheckEntries<double, Plain>(new(3, 5, 7, 1, Axis.None, new(11, 3, 1, 1, 0, 0), new(13, 3, 1, 1, 0, 0)));
        CheckEntries<float, Crooked>(new(2, 4, 6, 2, new(5, 3, 2, 1, 0, 1), new(9, 2, 1, 2, 1, 2), new(12, 4, 3, 1, 2, 0)));
        CheckEntries<float, Tiled>(new(3, 12, 13, 1, Axis.None, new(9, 3, 1, 1, 1, 1), new(9, 3, 1, 1, 1, 1)));
        CheckEntries<double, Tiled>(new(3, 12, 13, 1, Axis.None, new(9, 3, 1, 1, 1, 1), new(9, 3, 1, 1, 1, 1)));
        CheckEntries<float, Line>(new(4, 3, 3, 3, Axis.None, Axis.None, new(50, 7, 1, 1, 3, 3)));
    }

    [Fact]
    public void SamplesOfSmallImagesFillTheVectors()
    {
        foreach (var samples in new[] { 11, 16, 29, 40 })
        {
            (Plans<float, Small>.BySamples(samples) is not null).ShouldBe(ConvolutionLanes.Widest<float>() > 1);
            CheckEntries<float, Small>(new(samples, 6, 14, 2, Axis.None, new(3, 3, 1, 1, 1, 1), new(4, 3, 2, 1, 1, 1)));
            CheckEntries<double, Small>(new(samples, 6, 14, 2, Axis.None, new(3, 3, 1, 1, 1, 1), new(4, 3, 2, 1, 1, 1)));
            var visits = new int[samples * 14 * 6];
            Convolution.Forward<float, Small, Visits<float>>(new float[samples * 72], new float[378], new float[visits.Length], samples, new(visits, 6));
            visits.ShouldAllBe(count => count == 1);
        }
        Plans<float, Small>.BySamples(1).ShouldBeNull();
    }

    [Fact]
    public void TilesAreTakenWhereTheyPay()
    {
        (TiledPlans<float, Tiled>.Forward(3) is not null).ShouldBe(Pairs.AreFast<Simd128<float>, float>());
        (TiledPlans<float, Tiled>.BackwardInput(3) is not null).ShouldBe(Pairs.AreFast<Simd128<float>, float>());
        // Too few tiles; samples that fill the vectors; tiles that take as many products as the sum.
        TiledPlans<float, Tiled>.Forward(2).ShouldBeNull();
        Plans<float, Tiled>.FillsBySamples(32).ShouldBe(ConvolutionLanes.Widest<float>() > 1);
        TiledPlans<float, Tiled>.Forward(32).ShouldBeNull();
        TiledPlans<float, Point>.Forward(1000).ShouldBeNull();
        TiledPlans<float, Point>.BackwardInput(1000).ShouldBeNull();
    }

    [Fact]
    public void RoundingStaysWithinTheBoundOfASum()
    {
        var shape = new ConvolutionCase(2, 9, 14, 1, Axis.None, new(19, 3, 1, 1, 1, 1), new(21, 3, 1, 1, 1, 1));
        var x = Reference.Uniform<float>(shape.XLength, 1);
        var weight = Reference.Uniform<float>(shape.WeightLength, 2);
        var dy = Reference.Uniform<float>(shape.YLength, 3);
        var plans = new AllPlans(shape.Geometry, ConvolutionLanes.Choose<float>(shape.Width.Results));
        var y = new float[shape.YLength];
        var dx = new float[shape.XLength];
        var dWeight = new float[shape.WeightLength];
        Convolution.Correlate(plans.Forward, x, weight, y, shape.Samples, default(Store<float>));
        Convolution.Correlate(plans.Gathering, dy, weight, dx, shape.Samples, default(Store<float>));
        Convolution.Gradients<float>(plans.Weight, dy, x, dWeight, [], shape.Samples, accumulate: false);
        ShouldBeNear(y, shape.Forward(Doubles(x), Doubles(weight)), 81 * 6e-8);
        ShouldBeNear(dx, shape.BackwardInput(Doubles(dy), Doubles(weight)), 126 * 6e-8);
        Convolution.AddParts(plans.Scattering, dy, weight, dx, shape.Samples, default(Store<float>));
        ShouldBeNear(dx, shape.BackwardInput(Doubles(dy), Doubles(weight)), 126 * 6e-8);
        ShouldBeNear(dWeight, shape.BackwardWeight(Doubles(dy), Doubles(x)), 798 * 6e-8);
        // Tiles add up four inputs before they multiply: the same bound all the same.
        var (forward, backward) = (new WinogradPlan(shape.Geometry, isGradient: false, Simd128<float>.Count), new WinogradPlan(shape.Geometry, isGradient: true, Simd128<float>.Count));
        Convolution.Multiply(forward, x, weight, y, shape.Samples, default(Store<float>));
        Convolution.Multiply(backward, dy, weight, dx, shape.Samples, default(Store<float>));
        Convolution.Gradients<float>(forward, dy, x, dWeight, [], shape.Samples, accumulate: false);
        ShouldBeNear(y, shape.Forward(Doubles(x), Doubles(weight)), 81 * 6e-8);
        ShouldBeNear(dx, shape.BackwardInput(Doubles(dy), Doubles(weight)), 126 * 6e-8);
        ShouldBeNear(dWeight, shape.BackwardWeight(Doubles(dy), Doubles(x)), 798 * 6e-8);
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        foreach (var (samples, stride) in new[] { (1, 1), (9, 1), (5, 2) })
        {
            var axis = new Axis(28, 5, stride, 1, 0, 1);
            var shape = new ConvolutionCase(samples, 13, 40, 1, Axis.None, axis, axis);
            var x = Reference.Uniform<float>(shape.XLength, 1);
            var weight = Reference.Uniform<float>(shape.WeightLength, 2);
            var dy = Reference.Uniform<float>(shape.YLength, 3);
            var plans = new AllPlans(shape.Geometry, Simd256<float>.Count);
            float[]? first = null;
            foreach (var threads in new[] { 1, 2, 3, 5 })
            {
                WorkerPool.Threads = threads;
                var y = new float[shape.YLength];
                var dx = new float[shape.XLength];
                var parts = new float[shape.XLength];
                var dWeight = new float[shape.WeightLength];
                var dBias = new float[shape.OutChannels];
                Convolution.Correlate(plans.Forward, x, weight, y, samples, default(Store<float>));
                Convolution.Correlate(plans.Gathering, dy, weight, dx, samples, default(Store<float>));
                Convolution.AddParts(plans.Scattering, dy, weight, parts, samples, default(Store<float>));
                Convolution.Gradients(plans.Weight, dy, x, dWeight, dBias, samples, accumulate: false);
                float[] all = [.. y, .. dx, .. parts, .. dWeight, .. dBias];
                first ??= all;
                all.AsSpan().SequenceEqual(first).ShouldBeTrue($"{samples} samples, stride {stride}, {threads} threads");
            }
        }
    }

    [Fact]
    public void TheBitsOfTilesAreTheSameForEveryNumberOfThreads()
    {
        foreach (var (samples, size) in new[] { (1, 8), (1, 12), (9, 14), (3, 31) })
        {
            var axis = new Axis(size, 3, 1, 1, 1, 1);
            var shape = new ConvolutionCase(samples, 40, 41, 1, Axis.None, axis, axis);
            var x = Reference.Uniform<float>(shape.XLength, 1);
            var weight = Reference.Uniform<float>(shape.WeightLength, 2);
            var dy = Reference.Uniform<float>(shape.YLength, 3);
            var (forward, backward) = (new WinogradPlan(shape.Geometry, isGradient: false, Simd256<float>.Count), new WinogradPlan(shape.Geometry, isGradient: true, Simd256<float>.Count));
            float[]? first = null;
            foreach (var threads in new[] { 1, 2, 3, 5 })
            {
                WorkerPool.Threads = threads;
                float[] y = new float[shape.YLength], dx = new float[shape.XLength], dWeight = new float[shape.WeightLength], dBias = new float[shape.OutChannels];
                Convolution.Multiply(forward, x, weight, y, samples, default(Store<float>));
                Convolution.Multiply(backward, dy, weight, dx, samples, default(Store<float>));
                Convolution.Gradients(forward, dy, x, dWeight, dBias, samples, accumulate: false);
                float[] all = [.. y, .. dx, .. dWeight, .. dBias];
                first ??= all;
                all.AsSpan().SequenceEqual(first).ShouldBeTrue($"{samples} samples of {size}², {threads} threads");
            }
        }
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(3, 31)]
    public void TheBitsOfTilesAreTheSameForEveryVectorWidth(int samples, int size)
    {
        var axis = new Axis(size, 3, 1, 1, 1, 1);
        var shape = new ConvolutionCase(samples, 14, 15, 1, Axis.None, axis, axis);
        var x = Reference.Uniform<float>(shape.XLength, 1);
        var weight = Reference.Uniform<float>(shape.WeightLength, 2);
        var dy = Reference.Uniform<float>(shape.YLength, 3);
        float[]? first = null;
        foreach (var lanes in new[] { Simd128<float>.Count, Simd256<float>.Count, Simd512<float>.Count })
        {
            float[] y = new float[shape.YLength], dx = new float[shape.XLength];
            Convolution.Multiply(new WinogradPlan(shape.Geometry, isGradient: false, lanes), x, weight, y, samples, default(Store<float>));
            Convolution.Multiply(new WinogradPlan(shape.Geometry, isGradient: true, lanes), dy, weight, dx, samples, default(Store<float>));
            float[] both = [.. y, .. dx];
            first ??= both;
            both.AsSpan().SequenceEqual(first).ShouldBeTrue($"{lanes} lanes");
        }
    }

    [Fact]
    public void NothingIsAllocatedOnceThePlansStand()
    {
        WorkerPool.Threads = 2;
        var shape = new ConvolutionCase(4, 4, 6, 2, new(5, 3, 2, 1, 0, 1), new(9, 2, 1, 2, 1, 2), new(12, 4, 3, 1, 2, 0));
        float[] x = new float[shape.XLength], weight = new float[shape.WeightLength], y = new float[shape.YLength], dBias = new float[6];
        float[] tiled = new float[3 * 12 * 81], tiledWeight = new float[13 * 12 * 9], tiledY = new float[3 * 13 * 81];
        float[] small = new float[16 * 72], smallWeight = new float[378], smallY = new float[16 * 14 * 6];
        void Step()
        {
            Convolution.Forward<float, Crooked, Store<float>>(x, weight, y, 4, default);
            Convolution.BackwardInput<float, Crooked, Store<float>>(y, weight, x, 4, default);
            Convolution.BackwardParameters<float, Crooked>(y, x, weight, dBias, 4, accumulate: true);
            Convolution.Forward<float, Small, Store<float>>(small, smallWeight, smallY, 16, default);
            Convolution.BackwardInput<float, Small, Store<float>>(smallY, smallWeight, small, 16, default);
            Convolution.BackwardParameters<float, Small>(smallY, small, smallWeight, [], 16, accumulate: false);
            Convolution.Forward<float, Tiled, Store<float>>(tiled, tiledWeight, tiledY, 3, default);
            Convolution.BackwardInput<float, Tiled, Store<float>>(tiledY, tiledWeight, tiled, 3, default);
            Convolution.BackwardParameters<float, Tiled>(tiledY, tiled, tiledWeight, [], 3, accumulate: false);
        }
        for (var warmUp = 0; warmUp < 3; warmUp++)
            Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Step();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void WithoutSamplesGradientsAreZeroOrStay()
    {
        float[] dWeight = new float[5 * 7 * 9], dBias = new float[7];
        Array.Fill(dWeight, 1);
        Array.Fill(dBias, 1);
        Convolution.Forward<float, Plain, Store<float>>([], dWeight, [], 0, default);
        Convolution.BackwardInput<float, Plain, Store<float>>([], dWeight, [], 0, default);
        Convolution.BackwardParameters<float, Plain>([], [], dWeight, dBias, 0, accumulate: true);
        dWeight.ShouldAllBe(value => value == 1);
        dBias.ShouldAllBe(value => value == 1);
        Convolution.BackwardParameters<float, Plain>([], [], dWeight, dBias, 0, accumulate: false);
        dWeight.ShouldAllBe(value => value == 0);
        dBias.ShouldAllBe(value => value == 0);
    }

    [Fact]
    public void InfinityReachesExactlyTheResultsThatSeeIt()
    {
        var shape = new ConvolutionCase(1, 1, 3, 1, Axis.None, new(9, 3, 1, 1, 1, 1), new(21, 3, 1, 1, 1, 1));
        var plan = new AllPlans(shape.Geometry, Simd512<float>.Count).Forward;
        var x = new float[shape.XLength];
        x[4 * 21 + 20] = float.PositiveInfinity;
        var weight = new float[shape.WeightLength];
        Array.Fill(weight, 1);
        var y = new float[shape.YLength];
        Convolution.Correlate(plan, x, weight, y, 1, default(Store<float>));
        for (var i = 0; i < y.Length; i++)
            y[i].ShouldBe(i / 21 % 9 is >= 3 and <= 5 && i % 21 >= 19 ? float.PositiveInfinity : 0, $"element {i}");
    }

    [Theory]
    [InlineData(3, 19)]
    [InlineData(3, 20)]
    [InlineData(4, 19)]
    [InlineData(4, 20)]
    public void InfinityReachesNoTilesResultThatDoesNotSeeIt(int line, int column)
    {
        var shape = new ConvolutionCase(1, 1, 3, 1, Axis.None, new(9, 3, 1, 1, 1, 1), new(21, 3, 1, 1, 1, 1));
        var x = new float[shape.XLength];
        x[line * 21 + column] = float.PositiveInfinity;
        var weight = new float[shape.WeightLength];
        Array.Fill(weight, 1);
        var y = new float[shape.YLength];
        Convolution.Multiply(new WinogradPlan(shape.Geometry, isGradient: false, Simd128<float>.Count), x, weight, y, 1, default(Store<float>));
        for (var i = 0; i < y.Length; i++)
            float.IsFinite(y[i]).ShouldBe(Math.Abs(i / 21 % 9 - line) > 1 || Math.Abs(i % 21 - column) > 1, $"element {i}");
    }

    [Fact]
    public void WrongLengthsAreNamed()
    {
        Should.Throw<ArgumentException>(() => Convolution.Forward<float, Plain, Store<float>>(new float[715], new float[314], new float[693], 1, default))
            .Message.ShouldContain("weight has 314 elements, but 1×315 = 315");
        Should.Throw<ArgumentException>(() => Convolution.BackwardInput<float, Plain, Store<float>>(new float[693], new float[315], new float[714], 1, default))
            .Message.ShouldContain("dx has 714 elements, but 1×715 = 715");
        Should.Throw<ArgumentException>(() => Convolution.BackwardParameters<float, Plain>(new float[693], new float[715], new float[315], new float[6], 1, accumulate: false))
            .Message.ShouldContain("dBias has 6 elements, but 1×7 = 7");
        Should.Throw<ArgumentOutOfRangeException>(() => Convolution.Forward<float, Plain, Store<float>>([], new float[315], [], -1, default));
    }

    [Fact]
    public void WhatIsNoConvolutionIsRefused()
    {
        var axis = new Axis(5, 3, 1, 1, 0, 0);
        Should.Throw<ArgumentException>(() => new Geometry(4, 6, 3, Axis.None, axis, axis))
            .Message.ShouldContain("4 channels in and 6 out do not fall into 3 groups");
        Should.Throw<ArgumentException>(() => new Geometry(1, 1, 1, Axis.None, axis, axis with { Kernel = 4, Dilation = 2, Before = 1 }))
            .Message.ShouldContain("Along the width the kernel covers 7 elements, but the padded input has 6");
        Should.Throw<ArgumentException>(() => new Geometry(1, 1, 1, Axis.None, axis with { Stride = 0 }, axis)).Message.ShouldContain("stride 0");
        Should.Throw<ArgumentException>(() => new Geometry(1, 1, 1, axis with { After = -1 }, axis, axis)).Message.ShouldContain("pads along the depth are 0 and -1");
    }

    private static void Check<T>(Expected expected, int lanes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = expected.Shape;
        var x = Reference.Integers<T>(shape.XLength, 1);
        var weight = Reference.Integers<T>(shape.WeightLength, 2);
        var dy = Reference.Integers<T>(shape.YLength, 3);
        var context = $"{typeof(T).Name}, {lanes} lanes, {shape}";
        var plans = new AllPlans(shape.Geometry, lanes);

        var y = new T[shape.YLength];
        Convolution.Correlate(plans.Forward, x, weight, y, shape.Samples, default(Store<T>));
        ShouldEqual(y, expected.Y, context + " forward");
        var columns = shape.YLength / shape.Samples / shape.OutChannels;
        var visits = new int[y.Length];
        Convolution.Correlate(plans.Forward, x, weight, y, shape.Samples, new Visits<T>(visits, columns));
        ShouldEqual(y, Placed<T>(expected.Y, columns), context + " forward with positions");
        visits.ShouldAllBe(count => count == 1);

        columns = shape.XLength / shape.Samples / shape.InChannels;
        var dx = new T[shape.XLength];
        Convolution.Correlate(plans.Gathering, dy, weight, dx, shape.Samples, default(Store<T>));
        ShouldEqual(dx, expected.Dx, context + " gathered");
        visits = new int[dx.Length];
        Convolution.Correlate(plans.Gathering, dy, weight, dx, shape.Samples, new Visits<T>(visits, columns));
        ShouldEqual(dx, Placed<T>(expected.Dx, columns), context + " gathered with positions");
        visits.ShouldAllBe(count => count == 1);
        visits = new int[dx.Length];
        Convolution.AddParts(plans.Scattering, dy, weight, dx, shape.Samples, new Visits<T>(visits, columns));
        ShouldEqual(dx, Placed<T>(expected.Dx, columns), context + " scattered with positions");
        visits.ShouldAllBe(count => count == 1);

        var dWeight = new T[shape.WeightLength];
        var dBias = new T[shape.OutChannels];
        Convolution.Gradients<T>(plans.Weight, dy, x, dWeight, [], shape.Samples, accumulate: false);
        ShouldEqual(dWeight, expected.DWeight, context + " weights");
        Convolution.Gradients(plans.Weight, dy, x, dWeight, dBias, shape.Samples, accumulate: true);
        Convolution.Gradients(plans.Weight, dy, x, dWeight, dBias, shape.Samples, accumulate: true);
        ShouldEqual(dWeight, [.. expected.DWeight.Select(value => 3 * value)], context + " weights added");
        ShouldEqual(dBias, [.. expected.DBias.Select(value => 2 * value)], context + " biases added");
    }

    private static void CheckTiles<T>(Expected expected, int lanes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = expected.Shape;
        var x = Reference.Integers<T>(shape.XLength, 1);
        var weight = Reference.Integers<T>(shape.WeightLength, 2);
        var dy = Reference.Integers<T>(shape.YLength, 3);
        var context = $"{typeof(T).Name}, {lanes} lanes, {shape}, tiles";
        WinogradPlan.Suits(shape.Geometry).ShouldBeTrue();
        var (forward, backward) = (new WinogradPlan(shape.Geometry, isGradient: false, lanes), new WinogradPlan(shape.Geometry, isGradient: true, lanes));

        var y = new T[shape.YLength];
        Convolution.Multiply(forward, x, weight, y, shape.Samples, default(Store<T>));
        ShouldEqual(y, expected.Y, context + " forward");
        var columns = shape.YLength / shape.Samples / shape.OutChannels;
        var visits = new int[y.Length];
        Convolution.Multiply(forward, x, weight, y, shape.Samples, new Visits<T>(visits, columns));
        ShouldEqual(y, Placed<T>(expected.Y, columns), context + " forward with positions");
        visits.ShouldAllBe(count => count == 1);

        columns = shape.XLength / shape.Samples / shape.InChannels;
        var dx = new T[shape.XLength];
        visits = new int[dx.Length];
        Convolution.Multiply(backward, dy, weight, dx, shape.Samples, new Visits<T>(visits, columns));
        ShouldEqual(dx, Placed<T>(expected.Dx, columns), context + " input with positions");
        visits.ShouldAllBe(count => count == 1);

        var dWeight = new T[shape.WeightLength];
        var dBias = new T[shape.OutChannels];
        Convolution.Gradients<T>(forward, dy, x, dWeight, [], shape.Samples, accumulate: false);
        ShouldEqual(dWeight, expected.DWeight, context + " weights");
        Convolution.Gradients(forward, dy, x, dWeight, dBias, shape.Samples, accumulate: true);
        Convolution.Gradients(forward, dy, x, dWeight, dBias, shape.Samples, accumulate: true);
        ShouldEqual(dWeight, [.. expected.DWeight.Select(value => 3 * value)], context + " weights added");
        ShouldEqual(dBias, [.. expected.DBias.Select(value => 2 * value)], context + " biases added");
    }

    private static void CheckEntries<T, TShape>(ConvolutionCase shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, IConvolutionShape
    {
        var x = Reference.Integers<T>(shape.XLength, 1);
        var weight = Reference.Integers<T>(shape.WeightLength, 2);
        var dy = Reference.Integers<T>(shape.YLength, 3);
        var y = new T[shape.YLength];
        var dx = new T[shape.XLength];
        var dWeight = new T[shape.WeightLength];
        var dBias = new T[shape.OutChannels];
        Convolution.Forward<T, TShape, Store<T>>(x, weight, y, shape.Samples, default);
        Convolution.BackwardInput<T, TShape, Store<T>>(dy, weight, dx, shape.Samples, default);
        Convolution.BackwardParameters<T, TShape>(dy, x, dWeight, dBias, shape.Samples, accumulate: false);
        CheckInPlace<T, TShape>(shape, x, weight, y);
        ShouldEqual(y, shape.Forward(Doubles(x), Doubles(weight)), typeof(TShape).Name);
        ShouldEqual(dx, shape.BackwardInput(Doubles(dy), Doubles(weight)), typeof(TShape).Name);
        ShouldEqual(dWeight, shape.BackwardWeight(Doubles(dy), Doubles(x)), typeof(TShape).Name);
        ShouldEqual(dBias, shape.BackwardBias(Doubles(dy)), typeof(TShape).Name);

        // The transposed convolution reads y and gives x.
        var sums = new T[shape.InChannels];
        var size = shape.XLength / shape.Samples / shape.InChannels;
        TransposedConvolution.Forward<T, TShape, Store<T>>(dy, weight, dx, shape.Samples, default);
        TransposedConvolution.BackwardInput<T, TShape, Store<T>>(x, weight, y, shape.Samples, default);
        TransposedConvolution.BackwardParameters<T, TShape>(x, dy, dWeight, sums, shape.Samples, accumulate: false);
        TransposedConvolution.BackwardParameters<T, TShape>(x, dy, dWeight, sums, shape.Samples, accumulate: true);
        ShouldEqual(dx, shape.BackwardInput(Doubles(dy), Doubles(weight)), typeof(TShape).Name);
        ShouldEqual(y, shape.Forward(Doubles(x), Doubles(weight)), typeof(TShape).Name);
        ShouldEqual(dWeight, [.. shape.BackwardWeight(Doubles(dy), Doubles(x)).Select(value => 2 * value)], typeof(TShape).Name);
        ShouldEqual(
            sums, [.. Enumerable.Range(0, shape.InChannels).Select(c => 2 * Doubles(x).Where((_, i) => i / size % shape.InChannels == c).Sum())], typeof(TShape).Name);
    }

    // An epilogue may read an operand where the result goes: it sees what was there before.
    private static void CheckInPlace<T, TShape>(ConvolutionCase shape, T[] x, T[] weight, T[] y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, IConvolutionShape
    {
        var operand = Reference.Integers<T>(shape.YLength, 4);
        var place = operand.ToArray();
        Convolution.Forward<T, TShape, Plus<T>>(x, weight, place, shape.Samples, new(place, shape.YLength / shape.Samples / shape.OutChannels));
        ShouldEqual(place, [.. Doubles(y).Zip(Doubles(operand), (a, b) => a + b)], typeof(TShape).Name + " in place");
    }

    private static double[] Doubles<T>(T[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => [.. values.Select(double.CreateChecked)];

    private static double[] Placed<T>(double[] values, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [.. values.Select((value, i) => value + double.CreateChecked(Visits<T>.Position(i / columns, i % columns)))];

    private static void ShouldEqual<T>(T[] actual, double[] expected, string context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < actual.Length; i++)
        {
            if (double.CreateChecked(actual[i]) != expected[i])
                Assert.Fail($"{context}: element {i} is {actual[i]}, not {expected[i]}");
        }
    }

    private static void ShouldBeNear(float[] actual, double[] expected, double bound)
    {
        for (var i = 0; i < actual.Length; i++)
            Math.Abs(actual[i] - expected[i]).ShouldBeLessThan(bound);
    }

    /// <summary>What comes out for the integers that <see cref="Check"/> puts in.</summary>
    private sealed class Expected
    {
        public Expected(ConvolutionCase shape)
        {
            Shape = shape;
            var x = Reference.Integers<double>(shape.XLength, 1);
            var weight = Reference.Integers<double>(shape.WeightLength, 2);
            var dy = Reference.Integers<double>(shape.YLength, 3);
            Y = shape.Forward(x, weight);
            Dx = shape.BackwardInput(dy, weight);
            DWeight = shape.BackwardWeight(dy, x);
            DBias = shape.BackwardBias(dy);
        }

        public ConvolutionCase Shape { get; }

        public double[] Y { get; }

        public double[] Dx { get; }

        public double[] DWeight { get; }

        public double[] DBias { get; }
    }

    /// <summary>Every way to compute a convolution's products, in one vector width.</summary>
    private sealed class AllPlans
    {
        public AllPlans(Geometry geometry, int lanes)
        {
            Forward = CorrelationPlan.Forward(geometry, lanes);
            Gathering = CorrelationPlan.BackwardInput(geometry, lanes);
            Scattering = new(geometry, Forward);
            Weight = new(geometry, Forward);
        }

        public CorrelationPlan Forward { get; }

        public CorrelationPlan Gathering { get; }

        public InputGradientPlan Scattering { get; }

        public WeightGradientPlan Weight { get; }
    }

    /// <summary>Adds an operand of the result's shape.</summary>
    private readonly ref struct Plus<T>(ReadOnlySpan<T> operand, int columns) : IEpilogue<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _operand = operand;
        private readonly int _columns = columns;

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, T> => value + V.Load(_operand, row * _columns + column);
    }

    private readonly struct Plain : IConvolutionShape
    {
        public static int InChannels => 5;

        public static int OutChannels => 7;

        public static int Height => 11;

        public static int Width => 13;

        public static int KernelHeight => 3;

        public static int KernelWidth => 3;
    }

    private readonly struct Small : IConvolutionShape
    {
        public static int InChannels => 6;

        public static int OutChannels => 14;

        public static int Groups => 2;

        public static int Height => 3;

        public static int Width => 4;

        public static int KernelHeight => 3;

        public static int KernelWidth => 3;

        public static int StrideWidth => 2;

        public static int PadTop => 1;

        public static int PadBottom => 1;

        public static int PadLeft => 1;

        public static int PadRight => 1;
    }

    private readonly struct Tiled : IConvolutionShape
    {
        public static int InChannels => 12;

        public static int OutChannels => 13;

        public static int Height => 9;

        public static int Width => 9;

        public static int KernelHeight => 3;

        public static int KernelWidth => 3;

        public static int PadTop => 1;

        public static int PadBottom => 1;

        public static int PadLeft => 1;

        public static int PadRight => 1;
    }

    private readonly struct Point : IConvolutionShape
    {
        public static int InChannels => 128;

        public static int OutChannels => 128;

        public static int Height => 1;

        public static int Width => 1;

        public static int KernelHeight => 3;

        public static int KernelWidth => 3;

        public static int PadTop => 1;

        public static int PadBottom => 1;

        public static int PadLeft => 1;

        public static int PadRight => 1;
    }

    private readonly struct Line : IConvolutionShape
    {
        public static int InChannels => 3;

        public static int OutChannels => 3;

        public static int Groups => 3;

        public static int Width => 50;

        public static int KernelWidth => 7;

        public static int PadLeft => 3;

        public static int PadRight => 3;
    }

    private readonly struct Crooked : IConvolutionShape
    {
        public static int InChannels => 4;

        public static int OutChannels => 6;

        public static int Groups => 2;

        public static int Depth => 5;

        public static int Height => 9;

        public static int Width => 12;

        public static int KernelDepth => 3;

        public static int KernelHeight => 2;

        public static int KernelWidth => 4;

        public static int StrideDepth => 2;

        public static int StrideWidth => 3;

        public static int DilationHeight => 2;

        public static int PadBack => 1;

        public static int PadTop => 1;

        public static int PadBottom => 2;

        public static int PadLeft => 2;
    }
}
