using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Kernels.Ilgpu.Device;
using NetDsl.Kernels.Ilgpu.Gemm;

namespace NetDsl.Gpu.Tests.Support;

/// <summary>BLAS's gemm as its definition has it, a thread for each element: what cuBLAS is asked for, on devices without it.</summary>
internal sealed class PlainBlas(DeviceCore device) : IBlas
{
    /// <summary>Products so far.</summary>
    public int Calls { get; private set; }

    /// <summary>What each takes at least.</summary>
    public TimeSpan Pause { get; init; }

    public void Multiply<T>(bool transposeA, bool transposeB, int m, int n, int k, ArrayView<T> a, int lda, ArrayView<T> b, int ldb, T beta, ArrayView<T> c, int ldc)
        where T : unmanaged
    {
        Calls++;
        Thread.Sleep(Pause);
        // BLAS's own demands.
        (transposeA ? k : m).ShouldBeLessThanOrEqualTo(lda);
        (transposeB ? n : k).ShouldBeLessThanOrEqualTo(ldb);
        m.ShouldBeLessThanOrEqualTo(ldc);
        a.Length.ShouldBe((long)lda * (transposeA ? m : k));
        b.Length.ShouldBe((long)ldb * (transposeB ? k : n));
        c.Length.ShouldBe((long)ldc * n);
        if (typeof(T) == typeof(float))
            Launch(a.Cast<float>(), b.Cast<float>(), (float)(object)beta, c.Cast<float>());
        else
            Launch(a.Cast<double>(), b.Cast<double>(), (double)(object)beta, c.Cast<double>());

        void Launch<V>(ArrayView<V> onA, ArrayView<V> onB, V weight, ArrayView<V> onC)
            where V : unmanaged, INumber<V>
            => device.Launch(Work.Groups(m * n), Work.Threads, new PlainGemm<V>(transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, onA, lda, onB, ldb, weight, onC, ldc));
    }
}

/// <summary>C[i, j] = Σ op(A)[i, l]·op(B)[l, j] + beta·C[i, j], where element [i, j] of a matrix lies at i + j·ld.</summary>
internal readonly struct PlainGemm<T>(int transposeA, int transposeB, int m, int n, int k, ArrayView<T> a, int lda, ArrayView<T> b, int ldb, T beta, ArrayView<T> c, int ldc) : IKernel
    where T : unmanaged, INumber<T>
{
    private readonly int _transposeA = transposeA;
    private readonly int _transposeB = transposeB;
    private readonly int _m = m;
    private readonly int _n = n;
    private readonly int _k = k;
    private readonly ArrayView<T> _a = a;
    private readonly int _lda = lda;
    private readonly ArrayView<T> _b = b;
    private readonly int _ldb = ldb;
    private readonly T _beta = beta;
    private readonly ArrayView<T> _c = c;
    private readonly int _ldc = ldc;

    public void Run()
    {
        var thread = Grid.GlobalLinearIndex;
        if (thread >= _m * _n)
            return;
        var (i, j) = (thread % _m, thread / _m);
        var sum = T.Zero;
        for (var l = 0; l < _k; l++)
            sum += _a[_transposeA != 0 ? l + i * _lda : i + l * _lda] * _b[_transposeB != 0 ? j + l * _ldb : l + j * _ldb];
        // With a beta of zero C isn't read.
        _c[i + j * _ldc] = _beta == T.Zero ? sum : sum + _beta * _c[i + j * _ldc];
    }
}
