using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Normalization;

/// <summary>dx = e(g·scale + shift + (x − mean)·slope) with g = prologue(dy) on one channel of a matrix of rows [inner], its first at firstRow and then one each rowStep.</summary>
internal readonly ref struct GradientBody<T, TPrologue, TEpilogue>(
    ReadOnlySpan<T> dy,
    ReadOnlySpan<T> x,
    Span<T> dx,
    int firstRow,
    int rowStep,
    int inner,
    T mean,
    T scale,
    T shift,
    T slope,
    TPrologue prologue,
    TEpilogue e) : ILaneBody<T>
    where T : unmanaged
    where TPrologue : struct, IEpilogue<T>, allows ref struct
    where TEpilogue : struct, IEpilogue<T>, allows ref struct
{
    private readonly ReadOnlySpan<T> _dy = dy;
    private readonly ReadOnlySpan<T> _x = x;
    private readonly Span<T> _dx = dx;
    private readonly int _firstRow = firstRow;
    private readonly int _rowStep = rowStep;
    private readonly int _inner = inner;
    private readonly T _mean = mean;
    private readonly T _scale = scale;
    private readonly T _shift = shift;
    private readonly T _slope = slope;
    private readonly TPrologue _prologue = prologue;
    private readonly TEpilogue _e = e;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<V>(int row, int column)
        where V : struct, ISimd<V, T>
    {
        row = row * _rowStep + _firstRow;
        var index = row * _inner + column;
        var g = _prologue.Apply(V.Load(_dy, index), row, column);
        var value = V.FusedMultiplyAdd(V.Load(_x, index) - V.Create(_mean), V.Create(_slope), V.FusedMultiplyAdd(g, V.Create(_scale), V.Create(_shift)));
        _e.Apply(value, row, column).Store(_dx, index);
    }
}
