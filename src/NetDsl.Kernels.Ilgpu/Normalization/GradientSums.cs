using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Normalization;

/// <summary>Σ g and Σ g·x̂ of each piece of each channel [pieces × channels], where the next kernel adds them up.</summary>
internal readonly struct PieceGradients<T>(ArrayView<T> gradient, ArrayView<T> product, ChannelPieces pieces)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ArrayView<T> _gradient = gradient;
    private readonly ArrayView<T> _product = product;
    private readonly ChannelPieces _pieces = pieces;

    public void Keep(T gradient, T product)
    {
        _gradient[_pieces.Piece * _pieces.Channels + _pieces.Channel] = gradient;
        _product[_pieces.Piece * _pieces.Channels + _pieces.Channel] = product;
    }

    /// <summary>The sums of the thread's channel. All threads of the group must call it.</summary>
    /// <param name="shared">Two elements for each thread.</param>
    /// <param name="isKept">Whether there are any; else they are 0.</param>
    public (T Gradient, T Product) Of(ArrayView<T> shared, bool isKept)
    {
        var channel = _pieces.Channel;
        var end = isKept && channel < _pieces.Channels ? _pieces.Pieces : 0;
        var (gradient, product) = (T.Zero, T.Zero);
        for (var piece = _pieces.Share; piece < end; piece += _pieces.Shares)
        {
            gradient += _gradient[piece * _pieces.Channels + channel];
            product += _product[piece * _pieces.Channels + channel];
        }

        return GroupSum.Pair(gradient, product, shared, _pieces.Width);
    }
}

/// <summary>The gradients of γ and β, which are these sums.</summary>
internal readonly struct AffineGradients<T>(ArrayView<T> dgamma, ArrayView<T> dbeta, int accumulate)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ArrayView<T> _dgamma = dgamma;
    private readonly ArrayView<T> _dbeta = dbeta;
    private readonly int _accumulate = accumulate;

    public void Keep(int channel, T gradient, T product)
    {
        if (_dgamma.Length > 0)
            _dgamma.Put(channel, product, _accumulate);
        if (_dbeta.Length > 0)
            _dbeta.Put(channel, gradient, _accumulate);
    }
}

/// <summary>The sums of a piece.</summary>
internal readonly struct GradientSumsKernel<T, TPrologue>(ArrayView<T> dy, Normalised<T> normalised, PieceGradients<T> sums, ChannelPieces pieces, TPrologue prologue) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TPrologue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _dy = dy;
    private readonly Normalised<T> _normalised = normalised;
    private readonly PieceGradients<T> _sums = sums;
    private readonly ChannelPieces _pieces = pieces;
    private readonly TPrologue _prologue = prologue;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(2 * Work.Threads);
        var (gradient, product) = (T.Zero, T.Zero);
        for (var i = _pieces.Start; i < _pieces.End; i += _pieces.Shares)
        {
            var (row, column, index) = _pieces.Place(i);
            var g = _prologue.Apply(_dy[index], row, column);
            gradient += g;
            product += g * _normalised.Of(index, _normalised.Unit(_pieces.Sample(i), _pieces.Channel));
        }

        (gradient, product) = GroupSum.Pair(gradient, product, shared, _pieces.Width);
        if (Group.IdxX < _pieces.Width && _pieces.Channel < _pieces.Channels)
            _sums.Keep(gradient, product);
    }
}

/// <summary>The gradients of γ and β alone.</summary>
internal readonly struct AffineGradientsKernel<T>(PieceGradients<T> sums, AffineGradients<T> gradients, ChannelPieces pieces) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly PieceGradients<T> _sums = sums;
    private readonly AffineGradients<T> _gradients = gradients;
    private readonly ChannelPieces _pieces = pieces;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(2 * Work.Threads);
        var (gradient, product) = _sums.Of(shared, isKept: true);
        if (_pieces.IsFirst)
            _gradients.Keep(_pieces.Channel, gradient, product);
    }
}
