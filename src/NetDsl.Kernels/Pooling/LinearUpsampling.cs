namespace NetDsl.Kernels;

/// <summary>
/// Upsampling by linear interpolation along each axis: linear, bilinear or trilinear. x [samples × channels × depth × height × width], y the factors times as
/// much.
/// </summary>
/// <remarks>The row of an epilogue is sample · channels + channel, its column the position within the channel.</remarks>
public static class LinearUpsampling
{
    /// <summary>y = e(x between its elements).</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TShape">The sizes.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue.</typeparam>
    /// <param name="x">samples × input of TShape.</param>
    /// <param name="y">samples × output of TShape; must not overlap x.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of y exactly once.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says, or a size is below 1.</exception>
    public static void Forward<T, TShape, TEpilogue>(ReadOnlySpan<T> x, Span<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IUpsamplingShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct =>
        Plan<T, TShape>.Forward.Run(x, nameof(x), y, nameof(y), samples, epilogue);

    /// <summary>dx = e(Σ of the dy that each element has a share in, by its share).</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TShape">The sizes.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue.</typeparam>
    /// <param name="dy">samples × output of TShape.</param>
    /// <param name="dx">samples × input of TShape; must not overlap dy.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of dx exactly once, say the derivative of the activation before.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says, or a size is below 1.</exception>
    public static void BackwardInput<T, TShape, TEpilogue>(ReadOnlySpan<T> dy, Span<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IUpsamplingShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct =>
        Plan<T, TShape>.Backward.Run(dy, nameof(dy), dx, nameof(dx), samples, epilogue);

    private static class Plan<T, TShape>
        where T : unmanaged
        where TShape : struct, IUpsamplingShape
    {
        private static Resampling<T>? _forward;
        private static Resampling<T>? _backward;

        public static Resampling<T> Forward => _forward ??= new(
            TShape.Channels, Interpolate(TShape.Depth, TShape.FactorDepth), Interpolate(TShape.Height, TShape.FactorHeight), Interpolate(TShape.Width, TShape.FactorWidth));

        public static Resampling<T> Backward => _backward ??= Forward.Transposed();

        private static AxisMap<T> Interpolate(int size, int factor) => AxisMap<T>.Interpolate(size, factor, TShape.AlignCorners);
    }
}
