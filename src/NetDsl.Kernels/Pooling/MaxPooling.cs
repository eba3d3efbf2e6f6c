namespace NetDsl.Kernels;

/// <summary>The largest element of each window; padding never wins, a NaN does, and a window without elements gives −∞. x [samples × channels × depth × height × width], y [samples × channels × results].</summary>
/// <remarks>The row of an epilogue is sample · channels + channel, its column the position within the channel.</remarks>
public static class MaxPooling
{
    /// <summary>y = e(max of the window).</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TShape">The sizes.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue.</typeparam>
    /// <param name="x">samples × input.</param>
    /// <param name="y">samples × output; must not overlap x.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of y exactly once.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says, or the shape is no pooling.</exception>
    public static void Forward<T, TShape, TEpilogue>(ReadOnlySpan<T> x, Span<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IPoolingShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct =>
        Pooling<LargestOfWindow>.Forward<T, TShape, TEpilogue>(x, y, samples, epilogue);

    /// <summary>dx = e(Σ of the dy of those windows whose largest element this is; of equal ones the first in row-major order is it).</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TShape">The sizes.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue.</typeparam>
    /// <param name="dy">samples × output.</param>
    /// <param name="x">samples × input, as forward.</param>
    /// <param name="y">samples × output, as forward without an epilogue.</param>
    /// <param name="dx">samples × input: x itself, or memory that overlaps none of the others.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of dx exactly once, say the derivative of the activation before.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says, or the shape is no pooling.</exception>
    public static void BackwardInput<T, TShape, TEpilogue>(
        ReadOnlySpan<T> dy, ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IPoolingShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct =>
        Pooling<LargestOfWindow>.Backward<T, TShape, TEpilogue>(dy, x, y, dx, samples, epilogue);
}
