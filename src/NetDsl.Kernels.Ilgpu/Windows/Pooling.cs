using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Windows;

/// <summary>A pooling's entries, for the operation that a public class names.</summary>
internal static class Pooling<TPooling>
    where TPooling : struct, IPooling
{
    public static void Forward<T, TShape, TEpilogue>(ArrayView<T> x, ArrayView<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IPoolingShape
        where TEpilogue : struct, IEpilogue<T>
    {
        Check<T, TShape>(x, nameof(x), y, nameof(y), samples);
        Work.On(x).Launch(Work.Groups(y.IntLength), Work.Threads, new PoolingKernel<T, TShape, TPooling, TEpilogue>(x, y, epilogue));
    }

    public static void BackwardInput<T, TShape, TEpilogue>(ArrayView<T> dy, ArrayView<T> x, ArrayView<T> y, ArrayView<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IPoolingShape
        where TEpilogue : struct, IEpilogue<T>
    {
        Check<T, TShape>(dx, nameof(dx), dy, nameof(dy), samples);
        if (TPooling.ReadsInput)
            Check<T, TShape>(x, nameof(x), y, nameof(y), samples);
        var device = Work.On(dx);
        using (device.TakeTurn())
        {
            if (TPooling.ChoosesFirst)
            {
                // The plan may lay dx over x, and other threads still look there for an earlier element that is as large.
                var copy = device.Scratch<T>(x.Length);
                Pass.Apply<T, Store<T>>(x, copy, 1, x.IntLength, default);
                x = copy;
            }

            device.Launch(Work.Groups(dx.IntLength), Work.Threads, new PoolingBackwardKernel<T, TShape, TPooling, TEpilogue>(dy, x, y, dx, epilogue));
        }
    }

    private static void Check<T, TShape>(ArrayView<T> x, string xName, ArrayView<T> y, string yName, int samples)
        where T : unmanaged
        where TShape : struct, NetDsl.Kernels.IPoolingShape
    {
        Require.Length(x.Length, samples * TShape.Channels, Window<PoolingWindow<TShape>>.Elements, xName);
        Require.Length(y.Length, samples * TShape.Channels, Window<PoolingWindow<TShape>>.Places, yName);
    }
}

/// <summary>A thread for each window.</summary>
internal readonly struct PoolingKernel<T, TShape, TPooling, TEpilogue>(ArrayView<T> x, ArrayView<T> y, TEpilogue epilogue) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TShape : struct, NetDsl.Kernels.IPoolingShape
    where TPooling : struct, IPooling
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _y = y;
    private readonly TEpilogue _epilogue = epilogue;

    public void Run()
    {
        var i = Grid.GlobalLinearIndex;
        if (i >= _y.IntLength)
            return;
        var (channel, place) = (i / Window<PoolingWindow<TShape>>.Places, i % Window<PoolingWindow<TShape>>.Places);
        var sum = TPooling.Start<T>();
        // Counted in T, since ILGPU knows no generic conversion.
        var count = T.Zero;
        for (var tap = 0; tap < Window<PoolingWindow<TShape>>.Taps; tap++)
        {
            var element = Window<PoolingWindow<TShape>>.Source(place, tap);
            if (element >= 0)
                sum = TPooling.Take(sum, _x[channel * Window<PoolingWindow<TShape>>.Elements + element]);
            if (TPooling.ReadsCount)
                count += Window<PoolingWindow<TShape>>.Counts(place, tap, TShape.CountIncludesPadding) ? T.One : T.Zero;
        }

        _y[i] = _epilogue.Apply(TPooling.Finish(sum, count), channel, place);
    }
}

/// <summary>A thread for each element of the input: it gathers from the windows that it is in, so that no two threads add to one place.</summary>
internal readonly struct PoolingBackwardKernel<T, TShape, TPooling, TEpilogue>(ArrayView<T> dy, ArrayView<T> x, ArrayView<T> y, ArrayView<T> dx, TEpilogue epilogue) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TShape : struct, NetDsl.Kernels.IPoolingShape
    where TPooling : struct, IPooling
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _dy = dy;
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _y = y;
    private readonly ArrayView<T> _dx = dx;
    private readonly TEpilogue _epilogue = epilogue;

    public void Run()
    {
        var i = Grid.GlobalLinearIndex;
        if (i >= _dx.IntLength)
            return;
        var (channel, element) = (i / Window<PoolingWindow<TShape>>.Elements, i % Window<PoolingWindow<TShape>>.Elements);
        var value = TPooling.ReadsInput ? _x[i] : T.Zero;
        var sum = T.Zero;
        for (var tap = 0; tap < Window<PoolingWindow<TShape>>.Taps; tap++)
        {
            var place = Window<PoolingWindow<TShape>>.Place(element, tap);
            if (place < 0)
                continue;
            var result = channel * Window<PoolingWindow<TShape>>.Places + place;
            var y = TPooling.ReadsInput ? _y[result] : T.Zero;
            if (!TPooling.ChoosesFirst || IsFirst(channel, place, tap, y))
                sum += TPooling.Part(_dy[result], value, y, TPooling.ReadsCount ? Count(place) : T.One);
        }

        _dx[i] = _epilogue.Apply(sum, channel, element);
    }

    private static T Count(int place)
    {
        var count = T.Zero;
        for (var tap = 0; tap < Window<PoolingWindow<TShape>>.Taps; tap++)
            count += Window<PoolingWindow<TShape>>.Counts(place, tap, TShape.CountIncludesPadding) ? T.One : T.Zero;
        return count;
    }

    // Whether no earlier element of the window is its result.
    private bool IsFirst(int channel, int place, int tap, T y)
    {
        var isFirst = true;
        for (var earlier = 0; earlier < tap; earlier++)
        {
            var element = Window<PoolingWindow<TShape>>.Source(place, earlier);
            if (element >= 0 && LargestOfWindow.IsLargest(_x[channel * Window<PoolingWindow<TShape>>.Elements + element], y))
                isFirst = false;
        }

        return isFirst;
    }
}
