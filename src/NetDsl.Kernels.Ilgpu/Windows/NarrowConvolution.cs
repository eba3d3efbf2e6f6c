using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Windows;

/// <summary>Y of a convolution with few channels to a group: a thread for each element.</summary>
internal readonly struct NarrowForwardKernel<T, TShape, TEpilogue>(ArrayView<T> x, ArrayView<T> weight, ArrayView<T> y, TEpilogue epilogue) : IKernel
    where T : unmanaged, INumber<T>
    where TShape : struct, NetDsl.Kernels.IConvolutionShape
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _weight = weight;
    private readonly ArrayView<T> _y = y;
    private readonly TEpilogue _epilogue = epilogue;

    private static int Taps => Window<ConvolutionWindow<TShape>>.Taps;

    public void Run()
    {
        var i = Grid.GlobalLinearIndex;
        if (i >= _y.IntLength)
            return;
        var (row, place) = (i / Window<ConvolutionWindow<TShape>>.Places, i % Window<ConvolutionWindow<TShape>>.Places);
        var (sample, channel) = (row / TShape.OutChannels, row % TShape.OutChannels);
        var weights = channel * ChannelGroup<TShape>.Patch;
        var elements = (sample * TShape.InChannels + channel / ChannelGroup<TShape>.Out * ChannelGroup<TShape>.In) * Window<ConvolutionWindow<TShape>>.Elements;
        var sum = T.Zero;
        for (var tap = 0; tap < Taps; tap++)
        {
            var element = Window<ConvolutionWindow<TShape>>.Source(place, tap);
            if (element < 0)
                continue;
            for (var from = 0; from < ChannelGroup<TShape>.In; from++)
                sum += _weight[weights + from * Taps + tap] * _x[elements + from * Window<ConvolutionWindow<TShape>>.Elements + element];
        }

        _y[i] = _epilogue.Apply(sum, row, place);
    }
}

/// <summary>dX of a convolution with few channels to a group: a thread for each element.</summary>
internal readonly struct NarrowBackwardInputKernel<T, TShape, TEpilogue>(ArrayView<T> dy, ArrayView<T> weight, ArrayView<T> dx, TEpilogue epilogue) : IKernel
    where T : unmanaged, INumber<T>
    where TShape : struct, NetDsl.Kernels.IConvolutionShape
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _dy = dy;
    private readonly ArrayView<T> _weight = weight;
    private readonly ArrayView<T> _dx = dx;
    private readonly TEpilogue _epilogue = epilogue;

    private static int Taps => Window<ConvolutionWindow<TShape>>.Taps;

    public void Run()
    {
        var i = Grid.GlobalLinearIndex;
        if (i >= _dx.IntLength)
            return;
        var (row, element) = (i / Window<ConvolutionWindow<TShape>>.Elements, i % Window<ConvolutionWindow<TShape>>.Elements);
        var (sample, channel) = (row / TShape.InChannels, row % TShape.InChannels);
        var first = channel / ChannelGroup<TShape>.In * ChannelGroup<TShape>.Out;
        var weights = first * ChannelGroup<TShape>.Patch + channel % ChannelGroup<TShape>.In * Taps;
        var places = (sample * TShape.OutChannels + first) * Window<ConvolutionWindow<TShape>>.Places;
        var sum = T.Zero;
        for (var tap = 0; tap < Taps; tap++)
        {
            var place = Window<ConvolutionWindow<TShape>>.Place(element, tap);
            if (place < 0)
                continue;
            for (var to = 0; to < ChannelGroup<TShape>.Out; to++)
                sum += _weight[weights + to * ChannelGroup<TShape>.Patch + tap] * _dy[places + to * Window<ConvolutionWindow<TShape>>.Places + place];
        }

        _dx[i] = _epilogue.Apply(sum, row, element);
    }
}

/// <summary>dW and db of a convolution with few channels to a group: a group of threads for each weight, and behind those for each bias, sums over samples and places.</summary>
internal readonly struct NarrowBackwardParametersKernel<T, TShape>(ArrayView<T> dy, ArrayView<T> x, ArrayView<T> dWeight, ArrayView<T> dBias, int samples, int accumulate) : IKernel
    where T : unmanaged, INumber<T>
    where TShape : struct, NetDsl.Kernels.IConvolutionShape
{
    private readonly ArrayView<T> _dy = dy;
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _dWeight = dWeight;
    private readonly ArrayView<T> _dBias = dBias;
    private readonly int _samples = samples;
    private readonly int _accumulate = accumulate;

    private static int Places => Window<ConvolutionWindow<TShape>>.Places;

    private static int Taps => Window<ConvolutionWindow<TShape>>.Taps;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(Work.Threads);
        var weight = Grid.IdxX;
        var isBias = weight >= _dWeight.IntLength;
        var channel = isBias ? weight - _dWeight.IntLength : weight / ChannelGroup<TShape>.Patch;
        var (from, tap) = (channel / ChannelGroup<TShape>.Out * ChannelGroup<TShape>.In + weight % ChannelGroup<TShape>.Patch / Taps, weight % Taps);
        var sum = T.Zero;
        for (var i = Group.IdxX; i < _samples * Places; i += Work.Threads)
        {
            var (sample, place) = (i / Places, i % Places);
            var gradient = _dy[(sample * TShape.OutChannels + channel) * Places + place];
            if (isBias)
            {
                sum += gradient;
                continue;
            }

            var element = Window<ConvolutionWindow<TShape>>.Source(place, tap);
            if (element >= 0)
                sum += gradient * _x[(sample * TShape.InChannels + from) * Window<ConvolutionWindow<TShape>>.Elements + element];
        }

        sum = GroupSum.Sum(sum, shared, Work.Threads);
        if (Group.IdxX != 0)
            return;
        if (isBias)
            _dBias.Put(channel, sum, _accumulate);
        else
            _dWeight.Put(weight, sum, _accumulate);
    }
}
