using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>The largest of several linear pieces: Goodfellow et al., "Maxout Networks" (2013).</summary>
public static class Maxout
{
    /// <summary>y[o, c, i] = max_k x[o, c·pieces + k, i]; NaN if a piece is NaN.</summary>
    /// <param name="x">Input [outer × channels·pieces × inner].</param>
    /// <param name="y">Output [outer × channels × inner].</param>
    /// <param name="outer">Product of the axes before the channels.</param>
    /// <param name="channels">Channels of the output.</param>
    /// <param name="pieces">Neighbouring channels of the input that compete for one of the output.</param>
    /// <param name="inner">Product of the axes behind the channels.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pieces"/> is below 1.</exception>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Forward<T>(ArrayView<T> x, ArrayView<T> y, int outer, int channels, int pieces, int inner)
        where T : unmanaged, INumber<T>
    {
        Check(x.Length, y.Length, outer * channels, pieces, inner);
        Work.On(x).Launch(Work.Groups(y.IntLength), Work.Threads, new MaxoutKernel<T>(x, y, pieces, inner));
    }

    /// <summary>dx is dy at the first of the largest pieces and 0 at the others; the first piece takes it where one is NaN.</summary>
    /// <param name="x">Input of the forward pass [outer × channels·pieces × inner].</param>
    /// <param name="dy">Gradient of the output [outer × channels × inner].</param>
    /// <param name="dx">Gradient of the input; may be <paramref name="x"/>.</param>
    /// <param name="outer">Product of the axes before the channels.</param>
    /// <param name="channels">Channels of the output.</param>
    /// <param name="pieces">Neighbouring channels of the input that compete for one of the output.</param>
    /// <param name="inner">Product of the axes behind the channels.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pieces"/> is below 1.</exception>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Backward<T>(ArrayView<T> x, ArrayView<T> dy, ArrayView<T> dx, int outer, int channels, int pieces, int inner)
        where T : unmanaged, INumber<T>
    {
        Check(x.Length, dy.Length, outer * channels, pieces, inner);
        Require.Length(dx.Length, outer * channels * pieces, inner, nameof(dx));
        Work.On(x).Launch(Work.Groups(dy.IntLength), Work.Threads, new MaxoutBackwardKernel<T>(x, dy, dx, pieces, inner));
    }

    private static void Check(long x, long y, int rows, int pieces, int inner)
    {
        if (pieces < 1)
            throw new ArgumentOutOfRangeException(nameof(pieces), pieces, "Maxout takes the largest of at least 1 piece.");
        Require.Length(x, rows * pieces, inner, nameof(x));
        Require.Length(y, rows, inner, nameof(y));
    }

    /// <summary>The largest of the pieces that start at <paramref name="start"/> and follow one another by <paramref name="inner"/>.</summary>
    internal static T Largest<T>(ArrayView<T> x, int start, int pieces, int inner)
        where T : unmanaged, INumber<T>
    {
        var max = x[start];
        for (var k = 1; k < pieces; k++)
        {
            var piece = x[start + k * inner];
            // A comparison with NaN is false: NaN takes the place, and stays.
            max = piece <= max || T.IsNaN(max) ? max : piece;
        }

        return max;
    }
}

/// <summary>A thread for each element of the output.</summary>
internal readonly struct MaxoutKernel<T>(ArrayView<T> x, ArrayView<T> y, int pieces, int inner) : IKernel
    where T : unmanaged, INumber<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _y = y;
    private readonly int _pieces = pieces;
    private readonly int _inner = inner;

    public void Run()
    {
        var i = Grid.GlobalLinearIndex;
        if (i < _y.IntLength)
            _y[i] = Maxout.Largest(_x, i / _inner * _pieces * _inner + i % _inner, _pieces, _inner);
    }
}

/// <summary>A thread for each element of the output's gradient, which writes those of its pieces.</summary>
internal readonly struct MaxoutBackwardKernel<T>(ArrayView<T> x, ArrayView<T> dy, ArrayView<T> dx, int pieces, int inner) : IKernel
    where T : unmanaged, INumber<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _dy = dy;
    private readonly ArrayView<T> _dx = dx;
    private readonly int _pieces = pieces;
    private readonly int _inner = inner;

    public void Run()
    {
        var i = Grid.GlobalLinearIndex;
        if (i >= _dy.IntLength)
            return;
        var start = i / _inner * _pieces * _inner + i % _inner;
        var max = Maxout.Largest(_x, start, _pieces, _inner);
        var rest = _dy[i];
        for (var k = 0; k < _pieces; k++)
        {
            // What a piece does not take, being less than the largest, is left for those behind it.
            var isLess = _x[start + k * _inner] < max;
            _dx[start + k * _inner] = isLess ? T.Zero : rest;
            rest = isLess ? rest : T.Zero;
        }
    }
}
