namespace NetDsl.Kernels;

/// <summary>
/// Repeats elements: each stands all over a window of the result. The windows are those of a pooling from the result back to the input:
/// x [samples × channels × results of TShape], y [samples × channels × input of TShape].
/// </summary>
/// <remarks>The row of an epilogue is sample · channels + channel, its column the position within the channel.</remarks>
public static class Upsampling
{
    /// <summary>y = e(Σ of the elements whose windows contain the place: a single one where windows lie side by side).</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TShape">The sizes of the pooling from y to x.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue.</typeparam>
    /// <param name="x">samples × output of TShape.</param>
    /// <param name="y">samples × input of TShape; must not overlap x.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of y exactly once.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says, or the shape is no pooling.</exception>
    public static void Forward<T, TShape, TEpilogue>(ReadOnlySpan<T> x, Span<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IPoolingShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct =>
        Pooling<SumOfWindow>.Backward<T, TShape, TEpilogue>(x, [], [], y, samples, epilogue);

    /// <summary>dx = e(Σ of the window of dy).</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TShape">The sizes of the pooling from y to x.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue.</typeparam>
    /// <param name="dy">samples × input of TShape.</param>
    /// <param name="dx">samples × output of TShape; must not overlap dy.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of dx exactly once, say the derivative of the activation before.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says, or the shape is no pooling.</exception>
    public static void BackwardInput<T, TShape, TEpilogue>(ReadOnlySpan<T> dy, Span<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IPoolingShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct =>
        Pooling<SumOfWindow>.Forward<T, TShape, TEpilogue>(dy, dx, samples, epilogue);
}
