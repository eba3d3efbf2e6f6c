using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Ilgpu.Gemm;
using NetDsl.Kernels.Ilgpu.Windows;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>
/// The three products of a convolution, of rank 1 to 3, as matrix products whose factors are read through index arithmetic: no panel of patches is ever written
/// (implicit GEMM); narrow groups of channels have kernels of their own. x [samples × in channels × depth × height × width], weight [out channels × in channels / groups × kernel],
/// y [samples × out channels × results].
/// </summary>
/// <remarks>The row of an epilogue is sample · channels + channel, its column the position within the channel.</remarks>
public static class Convolution
{
    /// <summary>y = e(x ∗ weight).</summary>
    /// <param name="x">samples × input.</param>
    /// <param name="weight">out channels × in channels / groups × kernel.</param>
    /// <param name="y">samples × output; must not overlap the others.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of y exactly once, in registers.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says, or the groups don't divide the channels.</exception>
    public static void Forward<T, TShape, TEpilogue>(ArrayView<T> x, ArrayView<T> weight, ArrayView<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IConvolutionShape
        where TEpilogue : struct, IEpilogue<T>
    {
        Check<T, TShape>(x, nameof(x), weight, nameof(weight), y, nameof(y), samples);
        if (ChannelGroup<TShape>.IsNarrow)
            Work.On(weight).Launch(Work.Groups(y.IntLength), Work.Threads, new NarrowForwardKernel<T, TShape, TEpilogue>(x, weight, y, epilogue));
        else
            Product.Run<T, ConvolutionForward<T, TShape, TEpilogue>>(Work.On(weight), new(x, weight, y, samples, epilogue));
    }

    /// <summary>dx = e(∂/∂x), the transpose of the forward product applied to dy.</summary>
    /// <param name="dy">samples × output.</param>
    /// <param name="weight">out channels × in channels / groups × kernel.</param>
    /// <param name="dx">samples × input; must not overlap the others.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of dx exactly once, in registers.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says, or the groups don't divide the channels.</exception>
    public static void BackwardInput<T, TShape, TEpilogue>(ArrayView<T> dy, ArrayView<T> weight, ArrayView<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IConvolutionShape
        where TEpilogue : struct, IEpilogue<T>
    {
        Check<T, TShape>(dx, nameof(dx), weight, nameof(weight), dy, nameof(dy), samples);
        if (ChannelGroup<TShape>.IsNarrow)
            Work.On(weight).Launch(Work.Groups(dx.IntLength), Work.Threads, new NarrowBackwardInputKernel<T, TShape, TEpilogue>(dy, weight, dx, epilogue));
        else
            Product.Run<T, ConvolutionBackwardInput<T, TShape, TEpilogue>>(Work.On(weight), new(dy, weight, dx, samples, epilogue));
    }

    /// <summary>dWeight = ∂/∂weight and dBias = Σ dy over samples and positions, or added to what is there; dBias is the column of an input of ones.</summary>
    /// <param name="dy">samples × output.</param>
    /// <param name="x">samples × input.</param>
    /// <param name="dWeight">out channels × in channels / groups × kernel.</param>
    /// <param name="dBias">out channels, or empty for a layer without bias.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="accumulate">Whether to add.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says, or the groups don't divide the channels.</exception>
    public static void BackwardParameters<T, TShape>(ArrayView<T> dy, ArrayView<T> x, ArrayView<T> dWeight, ArrayView<T> dBias, int samples, bool accumulate)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IConvolutionShape
    {
        Check<T, TShape>(x, nameof(x), dWeight, nameof(dWeight), dy, nameof(dy), samples);
        Require.LengthOrEmpty(dBias.Length, 1, TShape.OutChannels, nameof(dBias));
        if (ChannelGroup<TShape>.IsNarrow)
            Work.On(dWeight).Launch(Work.Grid(dWeight.IntLength + dBias.IntLength), Work.Threads, new NarrowBackwardParametersKernel<T, TShape>(dy, x, dWeight, dBias, samples, accumulate ? 1 : 0));
        else
            Product.Run<T, ConvolutionBackwardParameters<T, TShape>>(Work.On(dWeight), new(dy, x, dWeight, dBias, samples, accumulate ? 1 : 0));
    }

    private static void Check<T, TShape>(ArrayView<T> x, string xName, ArrayView<T> weight, string weightName, ArrayView<T> y, string yName, int samples)
        where T : unmanaged
        where TShape : struct, NetDsl.Kernels.IConvolutionShape
    {
        if (TShape.Groups < 1 || TShape.InChannels % TShape.Groups != 0 || TShape.OutChannels % TShape.Groups != 0)
            throw new ArgumentException($"{TShape.InChannels} channels in and {TShape.OutChannels} out do not fall into {TShape.Groups} groups; groups divide both.");
        Require.Length(x.Length, samples * TShape.InChannels, Window<ConvolutionWindow<TShape>>.Elements, xName);
        Require.Length(weight.Length, TShape.OutChannels, ChannelGroup<TShape>.Patch, weightName);
        Require.Length(y.Length, samples * TShape.OutChannels, Window<ConvolutionWindow<TShape>>.Places, yName);
    }
}

/// <summary>Y [out channels × samples·places] = W · patches, for each group of channels.</summary>
internal readonly struct ConvolutionForward<T, TShape, TEpilogue>(ArrayView<T> x, ArrayView<T> weight, ArrayView<T> y, int samples, TEpilogue epilogue) : IProduct<T>
    where T : unmanaged, INumber<T>
    where TShape : struct, NetDsl.Kernels.IConvolutionShape
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _weight = weight;
    private readonly ArrayView<T> _y = y;
    private readonly int _samples = samples;
    private readonly TEpilogue _epilogue = epilogue;

    public static bool LeftAlongDepth => true;

    public static bool RightAlongDepth => false;

    public static int Groups => TShape.Groups;

    public int Rows => ChannelGroup<TShape>.Out;

    public int Columns => _samples * Places;

    public int Depth => ChannelGroup<TShape>.Patch;

    private static int Places => Window<ConvolutionWindow<TShape>>.Places;

    private static int Taps => Window<ConvolutionWindow<TShape>>.Taps;

    public T Left(int row, int k) => _weight[(ChannelGroup<TShape>.FirstOut + row) * Depth + k];

    public T Right(int k, int column)
    {
        var (sample, channel) = (column / Places, ChannelGroup<TShape>.FirstIn + k / Taps);
        var element = Window<ConvolutionWindow<TShape>>.Source(column % Places, k % Taps);
        return element >= 0 ? _x[(sample * TShape.InChannels + channel) * Window<ConvolutionWindow<TShape>>.Elements + element] : T.Zero;
    }

    public void Store(int row, int column, T sum)
    {
        var (channel, place) = (column / Places * TShape.OutChannels + ChannelGroup<TShape>.FirstOut + row, column % Places);
        _y[channel * Places + place] = _epilogue.Apply(sum, channel, place);
    }
}

/// <summary>dX [in channels × samples·elements] = Wᵀ · those gradients that each element has reached, for each group of channels.</summary>
internal readonly struct ConvolutionBackwardInput<T, TShape, TEpilogue>(ArrayView<T> dy, ArrayView<T> weight, ArrayView<T> dx, int samples, TEpilogue epilogue) : IProduct<T>
    where T : unmanaged, INumber<T>
    where TShape : struct, NetDsl.Kernels.IConvolutionShape
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _dy = dy;
    private readonly ArrayView<T> _weight = weight;
    private readonly ArrayView<T> _dx = dx;
    private readonly int _samples = samples;
    private readonly TEpilogue _epilogue = epilogue;

    public static bool LeftAlongDepth => true;

    public static bool RightAlongDepth => false;

    public static int Groups => TShape.Groups;

    public int Rows => ChannelGroup<TShape>.In;

    public int Columns => _samples * Elements;

    public int Depth => ChannelGroup<TShape>.Out * Taps;

    private static int Elements => Window<ConvolutionWindow<TShape>>.Elements;

    private static int Taps => Window<ConvolutionWindow<TShape>>.Taps;

    public T Left(int row, int k) => _weight[((ChannelGroup<TShape>.FirstOut + k / Taps) * ChannelGroup<TShape>.In + row) * Taps + k % Taps];

    public T Right(int k, int column)
    {
        var (sample, channel) = (column / Elements, ChannelGroup<TShape>.FirstOut + k / Taps);
        var place = Window<ConvolutionWindow<TShape>>.Place(column % Elements, k % Taps);
        return place >= 0 ? _dy[(sample * TShape.OutChannels + channel) * Window<ConvolutionWindow<TShape>>.Places + place] : T.Zero;
    }

    public void Store(int row, int column, T sum)
    {
        var (channel, element) = (column / Elements * TShape.InChannels + ChannelGroup<TShape>.FirstIn + row, column % Elements);
        _dx[channel * Elements + element] = _epilogue.Apply(sum, channel, element);
    }
}

/// <summary>dW [out channels × in channels·taps] = dY · patchesᵀ, and db in a column of its own, for each group of channels.</summary>
internal readonly struct ConvolutionBackwardParameters<T, TShape>(ArrayView<T> dy, ArrayView<T> x, ArrayView<T> dWeight, ArrayView<T> dBias, int samples, int accumulate) : IProduct<T>
    where T : unmanaged, INumber<T>
    where TShape : struct, NetDsl.Kernels.IConvolutionShape
{
    private readonly ArrayView<T> _dy = dy;
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _dWeight = dWeight;
    private readonly ArrayView<T> _dBias = dBias;
    private readonly int _samples = samples;
    private readonly int _accumulate = accumulate;

    public static bool LeftAlongDepth => true;

    public static bool RightAlongDepth => true;

    public static int Groups => TShape.Groups;

    public int Rows => ChannelGroup<TShape>.Out;

    public int Columns => Patch + (_dBias.Length > 0 ? 1 : 0);

    public int Depth => _samples * Places;

    private static int Places => Window<ConvolutionWindow<TShape>>.Places;

    private static int Taps => Window<ConvolutionWindow<TShape>>.Taps;

    private static int Patch => ChannelGroup<TShape>.Patch;

    public T Left(int row, int k) => _dy[(k / Places * TShape.OutChannels + ChannelGroup<TShape>.FirstOut + row) * Places + k % Places];

    public T Right(int k, int column)
    {
        if (column == Patch)
            return T.One;
        var (sample, channel) = (k / Places, ChannelGroup<TShape>.FirstIn + column / Taps);
        var element = Window<ConvolutionWindow<TShape>>.Source(k % Places, column % Taps);
        return element >= 0 ? _x[(sample * TShape.InChannels + channel) * Window<ConvolutionWindow<TShape>>.Elements + element] : T.Zero;
    }

    public void Store(int row, int column, T sum)
    {
        if (column < Patch)
            _dWeight.Put((ChannelGroup<TShape>.FirstOut + row) * Patch + column, sum, _accumulate);
        else
            _dBias.Put(ChannelGroup<TShape>.FirstOut + row, sum, _accumulate);
    }
}
