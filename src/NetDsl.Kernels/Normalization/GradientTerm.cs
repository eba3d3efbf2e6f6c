using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Normalization;

/// <summary>g = prologue(dy) and g·(x − mean) on one channel of a matrix of rows [inner], its first at firstRow and then one each rowStep.</summary>
internal readonly ref struct GradientTerm<T, TPrologue>(
    ReadOnlySpan<T> dy, ReadOnlySpan<T> x, int firstRow, int rowStep, int inner, T mean, TPrologue prologue) : ITermPair<T>
    where T : unmanaged
    where TPrologue : struct, IEpilogue<T>, allows ref struct
{
    private readonly ReadOnlySpan<T> _dy = dy;
    private readonly ReadOnlySpan<T> _x = x;
    private readonly int _firstRow = firstRow;
    private readonly int _rowStep = rowStep;
    private readonly int _inner = inner;
    private readonly T _mean = mean;
    private readonly TPrologue _prologue = prologue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add<V>(int row, int column, ref V first, ref V second)
        where V : struct, ISimd<V, T>
    {
        row = row * _rowStep + _firstRow;
        var index = row * _inner + column;
        var g = _prologue.Apply(V.Load(_dy, index), row, column);
        first += g;
        second = V.FusedMultiplyAdd(g, V.Load(_x, index) - V.Create(_mean), second);
    }
}
