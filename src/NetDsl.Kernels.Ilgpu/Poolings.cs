using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>The largest element of each window; of equal ones the first takes the gradient. x [samples × channels × depth × height × width], y [samples × channels × results].</summary>
/// <remarks>The row of an epilogue is sample · channels + channel, its column the position within the channel.</remarks>
public static class MaxPooling
{
    /// <summary>The windows' results.</summary>
    /// <param name="x">samples × input.</param>
    /// <param name="y">samples × output; must not overlap x.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of y exactly once.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says.</exception>
    public static void Forward<T, TShape, TEpilogue>(ArrayView<T> x, ArrayView<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IPoolingShape
        where TEpilogue : struct, IEpilogue<T>
        => Windows.Pooling<Windows.LargestOfWindow>.Forward<T, TShape, TEpilogue>(x, y, samples, epilogue);

    /// <summary>The gradient of the input.</summary>
    /// <param name="dy">samples × output.</param>
    /// <param name="x">samples × input, as forward.</param>
    /// <param name="y">samples × output, as forward without an epilogue.</param>
    /// <param name="dx">samples × input; may be x.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of dx exactly once.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says.</exception>
    public static void BackwardInput<T, TShape, TEpilogue>(ArrayView<T> dy, ArrayView<T> x, ArrayView<T> y, ArrayView<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IPoolingShape
        where TEpilogue : struct, IEpilogue<T>
        => Windows.Pooling<Windows.LargestOfWindow>.BackwardInput<T, TShape, TEpilogue>(dy, x, y, dx, samples, epilogue);
}

/// <summary>The average of each window. x [samples × channels × depth × height × width], y [samples × channels × results].</summary>
/// <remarks>The row of an epilogue is sample · channels + channel, its column the position within the channel.</remarks>
public static class AveragePooling
{
    /// <summary>The windows' results.</summary>
    /// <param name="x">samples × input.</param>
    /// <param name="y">samples × output; must not overlap x.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of y exactly once.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says.</exception>
    public static void Forward<T, TShape, TEpilogue>(ArrayView<T> x, ArrayView<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IPoolingShape
        where TEpilogue : struct, IEpilogue<T>
        => Windows.Pooling<Windows.AverageOfWindow>.Forward<T, TShape, TEpilogue>(x, y, samples, epilogue);

    /// <summary>The gradient of the input.</summary>
    /// <param name="dy">samples × output.</param>
    /// <param name="dx">samples × input.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of dx exactly once.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says.</exception>
    public static void BackwardInput<T, TShape, TEpilogue>(ArrayView<T> dy, ArrayView<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IPoolingShape
        where TEpilogue : struct, IEpilogue<T>
        => Windows.Pooling<Windows.AverageOfWindow>.BackwardInput<T, TShape, TEpilogue>(dy, default, default, dx, samples, epilogue);
}

/// <summary>The length of each window as a vector. x [samples × channels × depth × height × width], y [samples × channels × results].</summary>
/// <remarks>The row of an epilogue is sample · channels + channel, its column the position within the channel.</remarks>
public static class L2Pooling
{
    /// <summary>The windows' results.</summary>
    /// <param name="x">samples × input.</param>
    /// <param name="y">samples × output; must not overlap x.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of y exactly once.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says.</exception>
    public static void Forward<T, TShape, TEpilogue>(ArrayView<T> x, ArrayView<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IPoolingShape
        where TEpilogue : struct, IEpilogue<T>
        => Windows.Pooling<Windows.LengthOfWindow>.Forward<T, TShape, TEpilogue>(x, y, samples, epilogue);

    /// <summary>The gradient of the input.</summary>
    /// <param name="dy">samples × output.</param>
    /// <param name="x">samples × input, as forward.</param>
    /// <param name="y">samples × output, as forward without an epilogue.</param>
    /// <param name="dx">samples × input; may be x.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of dx exactly once.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says.</exception>
    public static void BackwardInput<T, TShape, TEpilogue>(ArrayView<T> dy, ArrayView<T> x, ArrayView<T> y, ArrayView<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IPoolingShape
        where TEpilogue : struct, IEpilogue<T>
        => Windows.Pooling<Windows.LengthOfWindow>.BackwardInput<T, TShape, TEpilogue>(dy, x, y, dx, samples, epilogue);
}
