using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Gemm;

/// <summary>8 neighbouring sums of a row.</summary>
internal readonly struct Row8<T>(T s0, T s1, T s2, T s3, T s4, T s5, T s6, T s7)
    where T : unmanaged, INumber<T>
{
    public readonly T S0 = s0;
    public readonly T S1 = s1;
    public readonly T S2 = s2;
    public readonly T S3 = s3;
    public readonly T S4 = s4;
    public readonly T S5 = s5;
    public readonly T S6 = s6;
    public readonly T S7 = s7;

    public Row8<T> Add(T left, in Row8<T> right) => new(S0 + left * right.S0, S1 + left * right.S1, S2 + left * right.S2, S3 + left * right.S3, S4 + left * right.S4, S5 + left * right.S5, S6 + left * right.S6, S7 + left * right.S7);

    public void Store<TTarget>(TTarget target, int row, int column, int side)
        where TTarget : struct, ITileTarget<T>
    {
        target.Store(row, column, S0);
        target.Store(row, column + side, S1);
        target.Store(row, column + 2 * side, S2);
        target.Store(row, column + 3 * side, S3);
        target.Store(row, column + 4 * side, S4);
        target.Store(row, column + 5 * side, S5);
        target.Store(row, column + 6 * side, S6);
        target.Store(row, column + 7 * side, S7);
    }
}

/// <summary>8 × 8 sums.</summary>
internal readonly struct Block8<T>(Row8<T> r0, Row8<T> r1, Row8<T> r2, Row8<T> r3, Row8<T> r4, Row8<T> r5, Row8<T> r6, Row8<T> r7) : IRegisterBlock<Block8<T>, T>
    where T : unmanaged, INumber<T>
{
    private readonly Row8<T> _r0 = r0;
    private readonly Row8<T> _r1 = r1;
    private readonly Row8<T> _r2 = r2;
    private readonly Row8<T> _r3 = r3;
    private readonly Row8<T> _r4 = r4;
    private readonly Row8<T> _r5 = r5;
    private readonly Row8<T> _r6 = r6;
    private readonly Row8<T> _r7 = r7;

    public static int Size => 8;

    public Block8<T> Add(ArrayView<T> left, ArrayView<T> right, int side)
    {
        var b = new Row8<T>(right[0], right[side], right[2 * side], right[3 * side], right[4 * side], right[5 * side], right[6 * side], right[7 * side]);
        return new(_r0.Add(left[0], in b), _r1.Add(left[side], in b), _r2.Add(left[2 * side], in b), _r3.Add(left[3 * side], in b), _r4.Add(left[4 * side], in b), _r5.Add(left[5 * side], in b), _r6.Add(left[6 * side], in b), _r7.Add(left[7 * side], in b));
    }

    public void Store<TTarget>(TTarget target, int row, int column, int side)
        where TTarget : struct, ITileTarget<T>
    {
        _r0.Store(target, row, column, side);
        _r1.Store(target, row + side, column, side);
        _r2.Store(target, row + 2 * side, column, side);
        _r3.Store(target, row + 3 * side, column, side);
        _r4.Store(target, row + 4 * side, column, side);
        _r5.Store(target, row + 5 * side, column, side);
        _r6.Store(target, row + 6 * side, column, side);
        _r7.Store(target, row + 7 * side, column, side);
    }
}
