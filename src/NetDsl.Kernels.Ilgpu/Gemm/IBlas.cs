using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Gemm;

/// <summary>A library of matrix products in BLAS's terms: matrices are column-major, and the leading dimension is the distance of two columns.</summary>
internal interface IBlas
{
    /// <summary>C = op(A)·op(B) + beta·C, queued behind the device's other work.</summary>
    /// <param name="transposeA">Whether op(A) is Aᵀ.</param>
    /// <param name="transposeB">Whether op(B) is Bᵀ.</param>
    /// <param name="m">Rows of op(A) and C.</param>
    /// <param name="n">Columns of op(B) and C.</param>
    /// <param name="k">Columns of op(A), rows of op(B).</param>
    /// <param name="a">A.</param>
    /// <param name="lda">Its leading dimension.</param>
    /// <param name="b">B.</param>
    /// <param name="ldb">Its leading dimension.</param>
    /// <param name="beta">0: C isn't read, and may hold anything.</param>
    /// <param name="c">C, which overlaps neither factor.</param>
    /// <param name="ldc">Its leading dimension.</param>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>, in which the sums are computed.</typeparam>
    void Multiply<T>(bool transposeA, bool transposeB, int m, int n, int k, ArrayView<T> a, int lda, ArrayView<T> b, int ldb, T beta, ArrayView<T> c, int ldc)
        where T : unmanaged;
}
