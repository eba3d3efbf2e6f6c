using ILGPU;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>Kernels with elementary functions know single precision alone.</summary>
internal static class Singles
{
    /// <summary>The view as one of floats.</summary>
    /// <exception cref="NotSupportedException">It has another element type.</exception>
    public static ArrayView<float> Of<T>(ArrayView<T> view)
        where T : unmanaged
        => typeof(T) == typeof(float)
            ? view.Cast<float>()
            : throw new NotSupportedException($"Elementary functions on devices are written for float, and this is {typeof(T).Name}: use Precision.Single, or the CPU.");
}
