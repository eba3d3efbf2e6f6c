using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Gemm;

/// <summary>A square of sums in one thread's registers. Written out, since ILGPU unrolls no loop and an array would lie in memory.</summary>
/// <remarks>A thread's rows and columns lie a group's side apart, so that neighbouring threads read neighbouring elements.</remarks>
internal interface IRegisterBlock<TSelf, T>
    where TSelf : struct, IRegisterBlock<TSelf, T>
    where T : unmanaged
{
    /// <summary>Rows and columns.</summary>
    static abstract int Size { get; }

    /// <summary>The square with one more product added to each sum.</summary>
    /// <param name="left">The left factors of one k, from the thread's first row on.</param>
    /// <param name="right">The right factors of one k, from the thread's first column on.</param>
    /// <param name="side">Threads along a side of the group.</param>
    TSelf Add(ArrayView<T> left, ArrayView<T> right, int side);

    /// <summary>Hands over the sums.</summary>
    void Store<TTarget>(TTarget target, int row, int column, int side)
        where TTarget : struct, ITileTarget<T>;
}

/// <summary>What becomes of a tile's sums.</summary>
internal interface ITileTarget<T>
    where T : unmanaged
{
    /// <summary>Takes a sum; rows and columns may lie beyond the result.</summary>
    void Store(int row, int column, T sum);
}
