using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Gemm;

/// <summary>4 neighbouring sums of a row.</summary>
internal readonly struct Row4<T>(T s0, T s1, T s2, T s3)
    where T : unmanaged, INumber<T>
{
    public readonly T S0 = s0;
    public readonly T S1 = s1;
    public readonly T S2 = s2;
    public readonly T S3 = s3;

    public Row4<T> Add(T left, in Row4<T> right) => new(S0 + left * right.S0, S1 + left * right.S1, S2 + left * right.S2, S3 + left * right.S3);

    public void Store<TTarget>(TTarget target, int row, int column, int side)
        where TTarget : struct, ITileTarget<T>
    {
        target.Store(row, column, S0);
        target.Store(row, column + side, S1);
        target.Store(row, column + 2 * side, S2);
        target.Store(row, column + 3 * side, S3);
    }
}

/// <summary>4 × 4 sums.</summary>
internal readonly struct Block4<T>(Row4<T> r0, Row4<T> r1, Row4<T> r2, Row4<T> r3) : IRegisterBlock<Block4<T>, T>
    where T : unmanaged, INumber<T>
{
    private readonly Row4<T> _r0 = r0;
    private readonly Row4<T> _r1 = r1;
    private readonly Row4<T> _r2 = r2;
    private readonly Row4<T> _r3 = r3;

    public static int Size => 4;

    public Block4<T> Add(ArrayView<T> left, ArrayView<T> right, int side)
    {
        var b = new Row4<T>(right[0], right[side], right[2 * side], right[3 * side]);
        return new(_r0.Add(left[0], in b), _r1.Add(left[side], in b), _r2.Add(left[2 * side], in b), _r3.Add(left[3 * side], in b));
    }

    public void Store<TTarget>(TTarget target, int row, int column, int side)
        where TTarget : struct, ITileTarget<T>
    {
        _r0.Store(target, row, column, side);
        _r1.Store(target, row + side, column, side);
        _r2.Store(target, row + 2 * side, column, side);
        _r3.Store(target, row + 3 * side, column, side);
    }
}
