using System.Runtime.Intrinsics;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>Matrix products, with an epilogue on each element before it is stored. Matrices are row-major and tight.</summary>
public static unsafe class Gemm
{
    /// <summary>c = epilogue(op(a)·op(b)).</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue; <see cref="Store{T}"/> for the plain product.</typeparam>
    /// <param name="transposeA">Whether op(a) = aᵀ.</param>
    /// <param name="transposeB">Whether op(b) = bᵀ.</param>
    /// <param name="m">Rows of op(a) and c.</param>
    /// <param name="n">Columns of op(b) and c.</param>
    /// <param name="k">Columns of op(a) and rows of op(b); the product is 0 where k is.</param>
    /// <param name="a">m×k, or k×m if transposed.</param>
    /// <param name="b">k×n, or n×k if transposed.</param>
    /// <param name="c">m×n; must not overlap a or b.</param>
    /// <param name="epilogue">Applied to each element exactly once.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public static void Multiply<T, TEpilogue>(
        Transpose transposeA, Transpose transposeB, int m, int n, int k, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, TEpilogue epilogue)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        Require.Shape(m, n);
        Require.Shape(k, k);
        Require.Length(a.Length, m, k, nameof(a));
        Require.Length(b.Length, k, n, nameof(b));
        Require.Length(c.Length, m, n, nameof(c));
        if (c.IsEmpty)
            return;
        if (Vector512.IsHardwareAccelerated)
            Multiply<T, Simd512<T>, TEpilogue>(transposeA, transposeB, m, n, k, a, b, c, epilogue);
        else if (Vector256.IsHardwareAccelerated)
            Multiply<T, Simd256<T>, TEpilogue>(transposeA, transposeB, m, n, k, a, b, c, epilogue);
        else if (Vector128.IsHardwareAccelerated)
            Multiply<T, Simd128<T>, TEpilogue>(transposeA, transposeB, m, n, k, a, b, c, epilogue);
        else
            Multiply<T, Simd1<T>, TEpilogue>(transposeA, transposeB, m, n, k, a, b, c, epilogue);
    }

    /// <summary>The product with vectors of a given width; <paramref name="c"/> is not empty and the lengths are right.</summary>
    internal static void Multiply<T, V, TEpilogue>(
        Transpose transposeA, Transpose transposeB, int m, int n, int k, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, TEpilogue epilogue)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        fixed (T* aPointer = a, bPointer = b, cPointer = c)
        {
            if (transposeA == Transpose.No && transposeB == Transpose.Yes && k >= V.Count && Blocking.PrefersDotProducts<T, V>(m, n))
                RowProduct<T, V, TEpilogue>.Run(m, n, k, aPointer, bPointer, cPointer, epilogue);
            else
                PanelProduct<T, V, TEpilogue>.Run(transposeA, transposeB, m, n, k, aPointer, bPointer, cPointer, epilogue);
        }
    }
}
