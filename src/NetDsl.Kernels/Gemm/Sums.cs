using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>Applies the epilogue to a block of finished sums that wait in a buffer.</summary>
internal static unsafe class Sums
{
    /// <summary>c[row + i, column + j] = epilogue(sums[i, j]), with rows of <paramref name="stride"/> and <paramref name="cStride"/> elements.</summary>
    public static void Finish<T, TEpilogue>(
        T* sums, nint stride, T* c, nint cStride, int row, int rows, int column, int columns, TEpilogue epilogue)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        var body = new Body<T, TEpilogue> { Sums = sums - row * stride - column, Stride = stride, C = c, CStride = cStride, Epilogue = epilogue };
        Lanes.Run<T, Body<T, TEpilogue>>(row, row + rows, column, column + columns, ref body);
    }

    private ref struct Body<T, TEpilogue> : ILaneBody<T>
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        public T* Sums;
        public nint Stride;
        public T* C;
        public nint CStride;
        public TEpilogue Epilogue;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Run<V>(int row, int column)
            where V : struct, ISimd<V, T> =>
            Epilogue.Apply(V.Load(in Sums[row * Stride + column]), row, column).Store(ref C[row * CStride + column]);
    }
}
