namespace NetDsl.Kernels;

/// <summary>
/// The convolution that leads back: its products are those of the convolution <c>TShape</c> with input and output exchanged. x [samples × out channels of
/// TShape × results], y [samples × in channels of TShape × input], weight [out channels × in channels / groups × kernel] of TShape, which is
/// [in × out / groups × kernel] of the layer, as PyTorch has it.
/// </summary>
/// <remarks>Its output has the size that TShape declares as its input, which settles what other notations call output padding.</remarks>
public static class TransposedConvolution
{
    /// <summary>y = e(Σ weight[i, o, k] · x[i, p] at stride·p + dilation·k − pad).</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TShape">The sizes of the convolution from y to x.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue.</typeparam>
    /// <param name="x">samples × output of TShape.</param>
    /// <param name="weight">As TShape's.</param>
    /// <param name="y">samples × input of TShape; must not overlap the others.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of y exactly once; its row is sample · channels + channel.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says, or the shape is no convolution.</exception>
    public static void Forward<T, TShape, TEpilogue>(ReadOnlySpan<T> x, ReadOnlySpan<T> weight, Span<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IConvolutionShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct =>
        Convolution.BackwardInput<T, TShape, TEpilogue>(x, weight, y, samples, epilogue);

    /// <summary>dx = e(∂/∂x), a convolution of dy.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TShape">The sizes of the convolution from y to x.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue.</typeparam>
    /// <param name="dy">samples × input of TShape.</param>
    /// <param name="weight">As TShape's.</param>
    /// <param name="dx">samples × output of TShape; must not overlap the others.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of dx exactly once.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says, or the shape is no convolution.</exception>
    public static void BackwardInput<T, TShape, TEpilogue>(ReadOnlySpan<T> dy, ReadOnlySpan<T> weight, Span<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IConvolutionShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct =>
        Convolution.Forward<T, TShape, TEpilogue>(dy, weight, dx, samples, epilogue);

    /// <summary>dWeight = ∂/∂weight and dBias = Σ dy over samples and positions, or added to what is there.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TShape">The sizes of the convolution from y to x.</typeparam>
    /// <param name="dy">samples × input of TShape.</param>
    /// <param name="x">samples × output of TShape.</param>
    /// <param name="dWeight">As TShape's weight.</param>
    /// <param name="dBias">In channels of TShape, or empty for a layer without bias.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="accumulate">Whether to add.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says, or the shape is no convolution.</exception>
    public static void BackwardParameters<T, TShape>(
        ReadOnlySpan<T> dy, ReadOnlySpan<T> x, Span<T> dWeight, Span<T> dBias, int samples, bool accumulate)
        where T : unmanaged
        where TShape : struct, IConvolutionShape
    {
        Require.LengthOrEmpty(dBias.Length, 1, TShape.InChannels, nameof(dBias));
        Convolution.BackwardParameters<T, TShape>(x, dy, dWeight, [], samples, accumulate);
        if (!dBias.IsEmpty)
            ChannelSums.Run(dy, dBias, samples, TShape.Depth * TShape.Height * TShape.Width, accumulate);
    }
}
