using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Ilgpu.Gemm;
using NetDsl.Kernels.Ilgpu.Windows;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>
/// The three products of a convolution, of rank 1 to 3, as matrix products whose factors are read through index arithmetic: no panel of patches is ever written
/// (implicit GEMM). x [samples × in channels × depth × height × width], weight [out channels × in channels × kernel], y [samples × out channels × results].
/// </summary>
/// <remarks>The row of an epilogue is sample · channels + channel, its column the position within the channel. One group of channels.</remarks>
public static class Convolution
{
    /// <summary>y = e(x ∗ weight).</summary>
    /// <param name="x">samples × input.</param>
    /// <param name="weight">out channels × in channels × kernel.</param>
    /// <param name="y">samples × output; must not overlap the others.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of y exactly once, in registers.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says, or the shape has groups.</exception>
    public static void Forward<T, TShape, TEpilogue>(ArrayView<T> x, ArrayView<T> weight, ArrayView<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IConvolutionShape
        where TEpilogue : struct, IEpilogue<T>
    {
        Check<T, TShape>(x, nameof(x), weight, nameof(weight), y, nameof(y), samples);
        Product.Run<T, ConvolutionForward<T, TShape, TEpilogue>>(Work.On(weight), new(x, weight, y, samples, epilogue));
    }

    /// <summary>dx = e(∂/∂x), the transpose of the forward product applied to dy.</summary>
    /// <param name="dy">samples × output.</param>
    /// <param name="weight">out channels × in channels × kernel.</param>
    /// <param name="dx">samples × input; must not overlap the others.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of dx exactly once, in registers.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says, or the shape has groups.</exception>
    public static void BackwardInput<T, TShape, TEpilogue>(ArrayView<T> dy, ArrayView<T> weight, ArrayView<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IConvolutionShape
        where TEpilogue : struct, IEpilogue<T>
    {
        Check<T, TShape>(dx, nameof(dx), weight, nameof(weight), dy, nameof(dy), samples);
        Product.Run<T, ConvolutionBackwardInput<T, TShape, TEpilogue>>(Work.On(weight), new(dy, weight, dx, samples, epilogue));
    }

    /// <summary>dWeight = ∂/∂weight and dBias = Σ dy over samples and positions, or added to what is there; dBias is the column of an input of ones.</summary>
    /// <param name="dy">samples × output.</param>
    /// <param name="x">samples × input.</param>
    /// <param name="dWeight">out channels × in channels × kernel.</param>
    /// <param name="dBias">out channels, or empty for a layer without bias.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="accumulate">Whether to add.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says, or the shape has groups.</exception>
    public static void BackwardParameters<T, TShape>(ArrayView<T> dy, ArrayView<T> x, ArrayView<T> dWeight, ArrayView<T> dBias, int samples, bool accumulate)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IConvolutionShape
    {
        Check<T, TShape>(x, nameof(x), dWeight, nameof(dWeight), dy, nameof(dy), samples);
        Require.LengthOrEmpty(dBias.Length, 1, TShape.OutChannels, nameof(dBias));
        Product.Run<T, ConvolutionBackwardParameters<T, TShape>>(Work.On(dWeight), new(dy, x, dWeight, dBias, samples, accumulate ? 1 : 0));
    }

    private static void Check<T, TShape>(ArrayView<T> x, string xName, ArrayView<T> weight, string weightName, ArrayView<T> y, string yName, int samples)
        where T : unmanaged
        where TShape : struct, NetDsl.Kernels.IConvolutionShape
    {
        if (TShape.Groups != 1)
            throw new ArgumentException($"The convolution has {TShape.Groups} groups of channels; devices have kernels for one group.");
        Require.Length(x.Length, samples * TShape.InChannels, Window<ConvolutionWindow<TShape>>.Elements, xName);
        Require.Length(weight.Length, TShape.OutChannels, TShape.InChannels * Window<ConvolutionWindow<TShape>>.Taps, weightName);
        Require.Length(y.Length, samples * TShape.OutChannels, Window<ConvolutionWindow<TShape>>.Places, yName);
    }
}

/// <summary>Y [out channels × samples·places] = W · patches.</summary>
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

    public int Rows => TShape.OutChannels;

    public int Columns => _samples * Places;

    public int Depth => TShape.InChannels * Taps;

    private static int Places => Window<ConvolutionWindow<TShape>>.Places;

    private static int Taps => Window<ConvolutionWindow<TShape>>.Taps;

    public T Left(int row, int k) => _weight[row * Depth + k];

    public T Right(int k, int column)
    {
        var (sample, channel) = (column / Places, k / Taps);
        var element = Window<ConvolutionWindow<TShape>>.Source(column % Places, k % Taps);
        return element >= 0 ? _x[(sample * TShape.InChannels + channel) * Window<ConvolutionWindow<TShape>>.Elements + element] : T.Zero;
    }

    public void Store(int row, int column, T sum)
    {
        var (channel, place) = (column / Places * TShape.OutChannels + row, column % Places);
        _y[channel * Places + place] = _epilogue.Apply(sum, channel, place);
    }
}

/// <summary>dX [in channels × samples·elements] = Wᵀ · those gradients that each element has reached.</summary>
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

    public int Rows => TShape.InChannels;

    public int Columns => _samples * Elements;

    public int Depth => TShape.OutChannels * Taps;

    private static int Elements => Window<ConvolutionWindow<TShape>>.Elements;

    private static int Taps => Window<ConvolutionWindow<TShape>>.Taps;

    public T Left(int row, int k) => _weight[(k / Taps * TShape.InChannels + row) * Taps + k % Taps];

    public T Right(int k, int column)
    {
        var (sample, channel) = (column / Elements, k / Taps);
        var place = Window<ConvolutionWindow<TShape>>.Place(column % Elements, k % Taps);
        return place >= 0 ? _dy[(sample * TShape.OutChannels + channel) * Window<ConvolutionWindow<TShape>>.Places + place] : T.Zero;
    }

    public void Store(int row, int column, T sum)
    {
        var (channel, element) = (column / Elements * TShape.InChannels + row, column % Elements);
        _dx[channel * Elements + element] = _epilogue.Apply(sum, channel, element);
    }
}

/// <summary>dW [out channels × in channels·taps] = dY · patchesᵀ, and db in a column of its own.</summary>
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

    public int Rows => TShape.OutChannels;

    public int Columns => Patch + (_dBias.Length > 0 ? 1 : 0);

    public int Depth => _samples * Places;

    private static int Places => Window<ConvolutionWindow<TShape>>.Places;

    private static int Taps => Window<ConvolutionWindow<TShape>>.Taps;

    private static int Patch => TShape.InChannels * Taps;

    public T Left(int row, int k) => _dy[(k / Places * TShape.OutChannels + row) * Places + k % Places];

    public T Right(int k, int column)
    {
        if (column == Patch)
            return T.One;
        var (sample, channel) = (k / Places, column / Taps);
        var element = Window<ConvolutionWindow<TShape>>.Source(k % Places, column % Taps);
        return element >= 0 ? _x[(sample * TShape.InChannels + channel) * Window<ConvolutionWindow<TShape>>.Elements + element] : T.Zero;
    }

    public void Store(int row, int column, T sum)
    {
        if (column < Patch)
            Put(_dWeight, row * Patch + column, sum);
        else
            Put(_dBias, row, sum);
    }

    private void Put(ArrayView<T> target, int index, T sum) => target[index] = _accumulate != 0 ? target[index] + sum : sum;
}
