using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Normalization;

/// <summary>
/// Local response normalisation across the channels of a tensor [samples × channels × inner]: A. Krizhevsky, I. Sutskever and G. E. Hinton,
/// "ImageNet Classification with Deep Convolutional Neural Networks" (2012), section 3.3.
/// </summary>
/// <remarks>Epilogues see a matrix [samples·channels × inner], for inner = 1 the matrix [samples × channels] that layers of plain features see.</remarks>
public static class LocalResponseNorm
{
    /// <summary>y_c = e(x_c·s_c^−beta) with s_c = k + alpha·Σ x_j² over the channels j from c − size/2 to c + (size − 1)/2 that exist.</summary>
    /// <param name="x">Input [samples × channels × inner].</param>
    /// <param name="y">Output of the input's shape; not the input.</param>
    /// <param name="scale">Receives s, of the input's shape, for the backward pass; empty if not wanted.</param>
    /// <param name="samples">Product of the axes before the channels.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Product of the axes behind the channels.</param>
    /// <param name="size">Channels of a window; an even one has its further channel before.</param>
    /// <param name="alpha">Factor of the sum of squares, as in the paper; where it is meant for their mean, give alpha/size.</param>
    /// <param name="beta">Exponent.</param>
    /// <param name="k">Constant, above 0 where a window may hold zeros alone.</param>
    /// <param name="e">Applied to each element of y exactly once.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    public static void Forward<T, TMath, TEpilogue>(
        ArrayView<T> x, ArrayView<T> y, ArrayView<T> scale, int samples, int channels, int inner, int size, double alpha, double beta, double k, TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TMath : struct, IElementary<T>
        where TEpilogue : struct, IEpilogue<T>
    {
        Require.Length(x.Length, samples * channels, inner, nameof(x));
        Require.Length(y.Length, samples * channels, inner, nameof(y));
        Require.LengthOrEmpty(scale.Length, samples * channels, inner, nameof(scale));
        var window = new ChannelWindow<T>(channels, inner, size, beta);
        Work.On(x).Launch(Work.Groups(x.IntLength), Work.Threads, new LocalResponseNormKernel<T, TMath, TEpilogue>(x, y, scale, window, T.CreateTruncating(alpha), T.CreateTruncating(k), e));
    }

    /// <summary>
    /// The gradient of <see cref="Forward"/>: dx_c = e(dy_c·s_c^−beta − 2·alpha·beta·x_c·Σ dy_j·x_j·s_j^(−beta−1)) over the channels j whose window holds c.
    /// </summary>
    /// <param name="dy">Gradient of the output [samples × channels × inner].</param>
    /// <param name="x">Input of the forward pass.</param>
    /// <param name="scale">What the forward pass wrote.</param>
    /// <param name="dx">Receives the gradient of the input; may be <paramref name="dy"/>.</param>
    /// <param name="scratch">Room of the input's shape; may be <paramref name="scale"/>, which then is lost.</param>
    /// <param name="samples">Product of the axes before the channels.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Product of the axes behind the channels.</param>
    /// <param name="size">Channels of a window.</param>
    /// <param name="alpha">Factor of the sum of squares.</param>
    /// <param name="beta">Exponent.</param>
    /// <param name="e">Applied to each element of dx exactly once.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    public static void Backward<T, TMath, TEpilogue>(
        ArrayView<T> dy, ArrayView<T> x, ArrayView<T> scale, ArrayView<T> dx, ArrayView<T> scratch, int samples, int channels, int inner, int size, double alpha, double beta, TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TMath : struct, IElementary<T>
        where TEpilogue : struct, IEpilogue<T>
    {
        Require.Length(dy.Length, samples * channels, inner, nameof(dy));
        Require.Length(x.Length, samples * channels, inner, nameof(x));
        Require.Length(scale.Length, samples * channels, inner, nameof(scale));
        Require.Length(dx.Length, samples * channels, inner, nameof(dx));
        Require.Length(scratch.Length, samples * channels, inner, nameof(scratch));
        var window = new ChannelWindow<T>(channels, inner, size, beta);
        var device = Work.On(x);
        device.Launch(Work.Groups(x.IntLength), Work.Threads, new LocalResponseTermKernel<T, TMath>(dy, x, scale, dx, scratch, window));
        device.Launch(Work.Groups(x.IntLength), Work.Threads, new LocalResponseNormBackwardKernel<T, TEpilogue>(x, dx, scratch, window, T.CreateTruncating(-2 * alpha * beta), e));
    }
}

/// <summary>The windows across the channels of one position, and the exponent.</summary>
internal readonly struct ChannelWindow<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _channels;
    private readonly int _size;
    private readonly T _beta;
    private readonly int _isByRoots;

    public ChannelWindow(int channels, int inner, int size, double beta)
    {
        if (size < 1)
            throw new ArgumentOutOfRangeException(nameof(size), size, "A window of local response normalisation has at least 1 channel.");
        // One that is as wide as all channels to both sides holds them all, and its ends overflow nothing.
        (_channels, Inner, _size, _beta, _isByRoots) = (channels, inner, Math.Min(size, 2 * channels), T.CreateTruncating(beta), beta == 0.75 ? 1 : 0);
    }

    public int Inner { get; }

    /// <summary>The channel of an element.</summary>
    public int Channel(int index) => index / Inner % _channels;

    /// <summary>The channel's first neighbour.</summary>
    public int Start(int channel) => Math.Max(channel - _size / 2, 0);

    /// <summary>The channel behind its last neighbour.</summary>
    public int End(int channel) => Math.Min(channel + (_size - 1) / 2 + 1, _channels);

    /// <summary>The first channel whose window holds the channel.</summary>
    public int HolderStart(int channel) => Math.Max(channel - (_size - 1) / 2, 0);

    /// <summary>The channel behind the last one whose window holds the channel.</summary>
    public int HolderEnd(int channel) => Math.Min(channel + _size / 2 + 1, _channels);

    /// <summary>The epilogue's row and column of an element.</summary>
    public (int Row, int Column) Place(int index)
    {
        var columns = Inner == 1 ? _channels : Inner;
        return (index / columns, index % columns);
    }

    /// <summary>s^−beta, by roots for the exponent of the paper.</summary>
    public T NegativePower<TMath>(T s)
        where TMath : struct, IElementary<T>
    {
        if (_isByRoots == 0)
            return TMath.Exp(-_beta * TMath.Log(s));
        var root = T.Sqrt(s);
        return T.One / (root * T.Sqrt(root));
    }
}

/// <summary>A thread for each element.</summary>
internal readonly struct LocalResponseNormKernel<T, TMath, TEpilogue>(ArrayView<T> x, ArrayView<T> y, ArrayView<T> scale, ChannelWindow<T> window, T alpha, T k, TEpilogue e) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TMath : struct, IElementary<T>
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _y = y;
    private readonly ArrayView<T> _scale = scale;
    private readonly ChannelWindow<T> _window = window;
    private readonly T _alpha = alpha;
    private readonly T _k = k;
    private readonly TEpilogue _e = e;

    public void Run()
    {
        var index = Grid.GlobalLinearIndex;
        if (index >= _x.IntLength)
            return;
        var channel = _window.Channel(index);
        var squares = T.Zero;
        for (var j = _window.Start(channel); j < _window.End(channel); j++)
        {
            var neighbour = _x[index + (j - channel) * _window.Inner];
            squares += neighbour * neighbour;
        }

        var s = _alpha * squares + _k;
        if (_scale.Length > 0)
            _scale[index] = s;
        var (row, column) = _window.Place(index);
        _y[index] = _e.Apply(_x[index] * _window.NegativePower<TMath>(s), row, column);
    }
}

/// <summary>What an element's own channel passes on, dy·s^−beta, and what it passes to the channels in its window.</summary>
internal readonly struct LocalResponseTermKernel<T, TMath>(ArrayView<T> dy, ArrayView<T> x, ArrayView<T> scale, ArrayView<T> direct, ArrayView<T> terms, ChannelWindow<T> window) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TMath : struct, IElementary<T>
{
    private readonly ArrayView<T> _dy = dy;
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _scale = scale;
    private readonly ArrayView<T> _direct = direct;
    private readonly ArrayView<T> _terms = terms;
    private readonly ChannelWindow<T> _window = window;

    public void Run()
    {
        var index = Grid.GlobalLinearIndex;
        if (index >= _x.IntLength)
            return;
        var s = _scale[index];
        var direct = _dy[index] * _window.NegativePower<TMath>(s);
        _terms[index] = direct * _x[index] / s;
        _direct[index] = direct;
    }
}

/// <summary>A thread for each element, which gathers from the windows that it is in.</summary>
internal readonly struct LocalResponseNormBackwardKernel<T, TEpilogue>(ArrayView<T> x, ArrayView<T> dx, ArrayView<T> terms, ChannelWindow<T> window, T factor, TEpilogue e) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _dx = dx;
    private readonly ArrayView<T> _terms = terms;
    private readonly ChannelWindow<T> _window = window;
    private readonly T _factor = factor;
    private readonly TEpilogue _e = e;

    public void Run()
    {
        var index = Grid.GlobalLinearIndex;
        if (index >= _x.IntLength)
            return;
        var channel = _window.Channel(index);
        var sum = T.Zero;
        for (var j = _window.HolderStart(channel); j < _window.HolderEnd(channel); j++)
            sum += _terms[index + (j - channel) * _window.Inner];
        var (row, column) = _window.Place(index);
        _dx[index] = _e.Apply(_factor * _x[index] * sum + _dx[index], row, column);
    }
}
