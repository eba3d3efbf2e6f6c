using ILGPU;
using ILGPU.Runtime.Cuda;
using NetDsl.Kernels.Ilgpu.Device;

namespace NetDsl.Kernels.Ilgpu.Gemm;

/// <summary>NVIDIA's cuBLAS.</summary>
internal sealed class CuBlasLibrary : IBlas
{
    // One a device for the process, as its kernels are: a handle takes device memory, and nobody would free it.
    private static readonly Dictionary<DeviceCore, CuBlasLibrary> Open = [];

    private readonly CuBlas _library;

    private CuBlasLibrary(CudaAccelerator accelerator)
    {
        // ILGPU tries the versions of the library before it does so.
        accelerator.Bind();
        // The default mode computes floats as floats: TF32 has to be asked for.
        _library = new CuBlas(accelerator) { MathMode = CuBlasMathMode.DefaultMath, AtomicsMode = CuBlasAtomicsMode.NotAllowed, PointerMode = CuBlasPointerMode.Host };
    }

    /// <summary>Opens the library for a device, or finds it open.</summary>
    /// <exception cref="NotSupportedException">The device isn't CUDA's, or the library isn't there; the message says what was looked for.</exception>
    public static CuBlasLibrary On(DeviceCore device)
    {
        if (device.Accelerator is not CudaAccelerator accelerator)
            throw new NotSupportedException($"cuBLAS is NVIDIA's library for CUDA devices, and this one is {device.Info}: leave Products.Tiles, or take Products.Fastest, which uses the library where there is one.");
        try
        {
            lock (Open)
            using (device.TakeTurn())
                return Open.TryGetValue(device, out var library) ? library : Open[device] = new CuBlasLibrary(accelerator);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or CuBlasException)
        {
            throw new NotSupportedException(Missing(exception.Message), exception);
        }
    }

    public void Multiply<T>(bool transposeA, bool transposeB, int m, int n, int k, ArrayView<T> a, int lda, ArrayView<T> b, int ldb, T beta, ArrayView<T> c, int ldc)
        where T : unmanaged
    {
        var (opA, opB) = (Operation(transposeA), Operation(transposeB));
        if (typeof(T) == typeof(float))
            _library.Gemm(opA, opB, m, n, k, 1f, a.Cast<float>(), lda, b.Cast<float>(), ldb, (float)(object)beta, c.Cast<float>(), ldc);
        else
            _library.Gemm(opA, opB, m, n, k, 1d, a.Cast<double>(), lda, b.Cast<double>(), ldb, (double)(object)beta, c.Cast<double>(), ldc);
    }

    /// <summary>What is said where the library isn't found or refuses; the versions are those that ILGPU 1.5.3 knows.</summary>
    public static string Missing(string reason)
    {
        var (names, path) = OperatingSystem.IsWindows() ? ("cublas64_12.dll, cublas64_11.dll and cublas64_10.dll", "PATH") : ("libcublas.so.12, libcublas.so.11 and libcublas.so.10", "LD_LIBRARY_PATH");
        return $"cuBLAS can't be used. Looked for {names}; one of them has to lie where the system finds libraries ({path}): CUDA's toolkit has it, and so has the pip package nvidia-cublas-cu12. Or leave Products.Tiles. The system says: {reason}";
    }

    private static CuBlasOperation Operation(bool transpose) => transpose ? CuBlasOperation.Transpose : CuBlasOperation.NonTranspose;
}
