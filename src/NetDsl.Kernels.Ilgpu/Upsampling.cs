using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Ilgpu.Windows;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>
/// Repeats elements: each stands all over a window of the result. The windows are those of a pooling from the result back to the input:
/// x [samples × channels × results of TShape], y [samples × channels × input of TShape].
/// </summary>
/// <remarks>The row of an epilogue is sample · channels + channel, its column the position within the channel.</remarks>
public static class Upsampling
{
    /// <summary>y = e(Σ of the elements whose windows contain the place: a single one where windows lie side by side).</summary>
    /// <param name="x">samples × output of TShape.</param>
    /// <param name="y">samples × input of TShape; must not overlap x.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of y exactly once.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says.</exception>
    public static void Forward<T, TShape, TEpilogue>(ArrayView<T> x, ArrayView<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IPoolingShape
        where TEpilogue : struct, IEpilogue<T>
        => Windows.Pooling<Windows.SumOfWindow>.BackwardInput<T, TShape, TEpilogue>(x, default, default, y, samples, epilogue);

    /// <summary>dx = e(Σ of the window of dy).</summary>
    /// <param name="dy">samples × input of TShape.</param>
    /// <param name="dx">samples × output of TShape; must not overlap dy.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of dx exactly once.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says.</exception>
    public static void BackwardInput<T, TShape, TEpilogue>(ArrayView<T> dy, ArrayView<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IPoolingShape
        where TEpilogue : struct, IEpilogue<T>
        => Windows.Pooling<Windows.SumOfWindow>.Forward<T, TShape, TEpilogue>(dy, dx, samples, epilogue);
}

/// <summary>
/// Upsampling by linear interpolation along each axis: linear, bilinear or trilinear. x [samples × channels × depth × height × width], y the factors times as
/// much.
/// </summary>
/// <remarks>The row of an epilogue is sample · channels + channel, its column the position within the channel.</remarks>
public static class LinearUpsampling
{
    /// <summary>y = e(x between its elements).</summary>
    /// <param name="x">samples × input of TShape.</param>
    /// <param name="y">samples × output of TShape; must not overlap x.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of y exactly once.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says.</exception>
    public static void Forward<T, TShape, TEpilogue>(ArrayView<T> x, ArrayView<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IUpsamplingShape
        where TEpilogue : struct, IEpilogue<T>
    {
        Check<T, TShape>(x, nameof(x), y, nameof(y), samples);
        Interpolation<T>.Instance.Forward<TShape, TEpilogue>(x, y, epilogue);
    }

    /// <summary>dx = e(Σ of the dy that each element has a share in, by its share).</summary>
    /// <param name="dy">samples × output of TShape.</param>
    /// <param name="dx">samples × input of TShape; must not overlap dy.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of dx exactly once.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says.</exception>
    public static void BackwardInput<T, TShape, TEpilogue>(ArrayView<T> dy, ArrayView<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IUpsamplingShape
        where TEpilogue : struct, IEpilogue<T>
    {
        Check<T, TShape>(dx, nameof(dx), dy, nameof(dy), samples);
        Interpolation<T>.Instance.BackwardInput<TShape, TEpilogue>(dy, dx, epilogue);
    }

    private static void Check<T, TShape>(ArrayView<T> x, string xName, ArrayView<T> y, string yName, int samples)
        where T : unmanaged
        where TShape : struct, NetDsl.Kernels.IUpsamplingShape
    {
        Require.Length(x.Length, samples * TShape.Channels, InterpolationAxes<TShape>.Elements, xName);
        Require.Length(y.Length, samples * TShape.Channels, InterpolationAxes<TShape>.Places, yName);
    }
}
