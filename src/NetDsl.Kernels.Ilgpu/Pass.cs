using ILGPU;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>An elementwise operator as a kernel of its own.</summary>
public static class Pass
{
    /// <summary>y[r, c] = e(x[r, c], r, c).</summary>
    /// <param name="x">Input [rows × columns].</param>
    /// <param name="y">Output [rows × columns]; may be <paramref name="x"/>.</param>
    /// <param name="rows">Rows, usually samples.</param>
    /// <param name="columns">Columns, usually features.</param>
    /// <param name="e">The operator.</param>
    /// <exception cref="ArgumentException">A view's length is not rows·columns.</exception>
    public static void Apply<T, TEpilogue>(ArrayView<T> x, ArrayView<T> y, int rows, int columns, TEpilogue e)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>
    {
        Require.Length(x.Length, rows, columns, nameof(x));
        Require.Length(y.Length, rows, columns, nameof(y));
        Apply(x, y, rows, columns, columns, columns, e);
    }

    /// <summary>y[r·yStride + c] = e(x[r·xStride + c], r, c): a pass over some of the columns of wider matrices.</summary>
    /// <param name="x">Input, at least (rows − 1)·xStride + columns elements.</param>
    /// <param name="y">Output, at least (rows − 1)·yStride + columns elements; what lies between the rows stays.</param>
    /// <param name="rows">Rows, usually samples.</param>
    /// <param name="columns">Columns, usually features.</param>
    /// <param name="xStride">Elements from a row of x to the next.</param>
    /// <param name="yStride">Elements from a row of y to the next.</param>
    /// <param name="e">The operator.</param>
    public static void Apply<T, TEpilogue>(ArrayView<T> x, ArrayView<T> y, int rows, int columns, int xStride, int yStride, TEpilogue e)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>
    {
        var length = rows * columns;
        Work.On(x).Launch(Work.Groups(length), Work.Threads, new PassKernel<T, TEpilogue>(x, y, length, columns, xStride, yStride, e));
    }

    /// <summary>y[r, c] = x[r, c − before] where that is one of x's columns, and 0 elsewhere.</summary>
    /// <param name="x">Input [rows × columns].</param>
    /// <param name="y">Output [rows × yColumns].</param>
    /// <param name="rows">Rows, usually samples.</param>
    /// <param name="before">Zeros before each row.</param>
    /// <param name="columns">Columns of x.</param>
    /// <param name="yColumns">Columns of y.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Pad<T>(ArrayView<T> x, ArrayView<T> y, int rows, int before, int columns, int yColumns)
        where T : unmanaged
    {
        Require.Length(x.Length, rows, columns, nameof(x));
        Require.Length(y.Length, rows, yColumns, nameof(y));
        Work.On(x).Launch(Work.Groups(y.IntLength), Work.Threads, new PadKernel<T>(x, y, before, columns, yColumns));
    }
}

/// <summary>One thread an element.</summary>
internal readonly struct PassKernel<T, TEpilogue>(ArrayView<T> x, ArrayView<T> y, int length, int columns, int xStride, int yStride, TEpilogue e) : IKernel
    where T : unmanaged
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _y = y;
    private readonly int _length = length;
    private readonly int _columns = columns;
    private readonly int _xStride = xStride;
    private readonly int _yStride = yStride;
    private readonly TEpilogue _e = e;

    public void Run()
    {
        var i = Grid.GlobalLinearIndex;
        if (i >= _length)
            return;
        var row = i / _columns;
        var column = i - row * _columns;
        _y[row * _yStride + column] = _e.Apply(_x[row * _xStride + column], row, column);
    }
}

/// <summary>One thread an element of the result.</summary>
internal readonly struct PadKernel<T>(ArrayView<T> x, ArrayView<T> y, int before, int columns, int yColumns) : IKernel
    where T : unmanaged
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _y = y;
    private readonly int _before = before;
    private readonly int _columns = columns;
    private readonly int _yColumns = yColumns;

    public void Run()
    {
        var i = Grid.GlobalLinearIndex;
        if (i >= _y.IntLength)
            return;
        var row = i / _yColumns;
        var column = i - row * _yColumns - _before;
        _y[i] = column >= 0 && column < _columns ? _x[row * _columns + column] : default;
    }
}
