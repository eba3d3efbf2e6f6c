using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Ilgpu.Windows;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>
/// The convolution that leads back: its products are those of the convolution <c>TShape</c> with input and output exchanged. x [samples × out channels of
/// TShape × results], y [samples × in channels of TShape × input], weight [out channels × in channels / groups × kernel] of TShape.
/// </summary>
/// <remarks>The row of an epilogue is sample · channels + channel, its column the position within the channel.</remarks>
public static class TransposedConvolution
{
    /// <summary>y = e(Σ weight[i, o, k] · x[i, p] at stride·p + dilation·k − pad).</summary>
    /// <param name="x">samples × output of TShape.</param>
    /// <param name="weight">As TShape's.</param>
    /// <param name="y">samples × input of TShape; must not overlap the others.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of y exactly once, in registers.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says, or the groups don't divide the channels.</exception>
    public static void Forward<T, TShape, TEpilogue>(ArrayView<T> x, ArrayView<T> weight, ArrayView<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IConvolutionShape
        where TEpilogue : struct, IEpilogue<T>
        => Convolution.BackwardInput<T, TShape, TEpilogue>(x, weight, y, samples, epilogue);

    /// <summary>dx = e(∂/∂x), a convolution of dy.</summary>
    /// <param name="dy">samples × input of TShape.</param>
    /// <param name="weight">As TShape's.</param>
    /// <param name="dx">samples × output of TShape; must not overlap the others.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of dx exactly once, in registers.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says, or the groups don't divide the channels.</exception>
    public static void BackwardInput<T, TShape, TEpilogue>(ArrayView<T> dy, ArrayView<T> weight, ArrayView<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IConvolutionShape
        where TEpilogue : struct, IEpilogue<T>
        => Convolution.Forward<T, TShape, TEpilogue>(dy, weight, dx, samples, epilogue);

    /// <summary>dWeight = ∂/∂weight and dBias = Σ dy over samples and positions, or added to what is there; dBias takes a launch of its own, since windows may leave elements of dy out.</summary>
    /// <param name="dy">samples × input of TShape.</param>
    /// <param name="x">samples × output of TShape.</param>
    /// <param name="dWeight">As TShape's weight.</param>
    /// <param name="dBias">In channels of TShape, or empty for a layer without bias.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="accumulate">Whether to add.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says, or the groups don't divide the channels.</exception>
    public static void BackwardParameters<T, TShape>(ArrayView<T> dy, ArrayView<T> x, ArrayView<T> dWeight, ArrayView<T> dBias, int samples, bool accumulate)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IConvolutionShape
    {
        Require.LengthOrEmpty(dBias.Length, 1, TShape.InChannels, nameof(dBias));
        Convolution.BackwardParameters<T, TShape>(x, dy, dWeight, default, samples, accumulate);
        if (dBias.Length > 0)
            Reduce.Channels<T, Store<T>>(dy, dBias, samples, TShape.InChannels, Window<ConvolutionWindow<TShape>>.Elements, default, accumulate);
    }
}
