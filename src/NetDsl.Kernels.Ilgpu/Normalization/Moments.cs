using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Normalization;

/// <summary>Mean and sum of squared deviations of each piece of each channel [pieces × channels], where the next kernel puts them together.</summary>
internal readonly struct PieceMoments<T>(ArrayView<T> mean, ArrayView<T> squares, ChannelPieces pieces)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ArrayView<T> _mean = mean;
    private readonly ArrayView<T> _squares = squares;
    private readonly ChannelPieces _pieces = pieces;

    // Shares of a piece in its channel, since ILGPU knows no generic conversion.
    private readonly T _share = T.CreateTruncating((double)pieces.LengthOf(0) / pieces.Count);
    private readonly T _lastShare = T.CreateTruncating((double)pieces.LengthOf(pieces.Pieces - 1) / pieces.Count);
    private readonly T _inverseCount = T.CreateTruncating(1.0 / pieces.Count);

    public void Keep(T mean, T squares)
    {
        _mean[_pieces.Piece * _pieces.Channels + _pieces.Channel] = mean;
        _squares[_pieces.Piece * _pieces.Channels + _pieces.Channel] = squares;
    }

    /// <summary>
    /// Mean and biased variance of the thread's channel (T. Chan, G. Golub and R. LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979).
    /// All threads of the group must call it.
    /// </summary>
    /// <param name="shared">Two elements for each thread.</param>
    /// <param name="isKept">Whether there are any; else the result means nothing.</param>
    public (T Mean, T Variance) Of(ArrayView<T> shared, bool isKept)
    {
        var channel = _pieces.Channel;
        var end = isKept && channel < _pieces.Channels ? _pieces.Pieces : 0;
        var mean = T.Zero;
        for (var piece = _pieces.Share; piece < end; piece += _pieces.Shares)
            mean += ShareOf(piece) * _mean[piece * _pieces.Channels + channel];
        mean = GroupSum.Pair(mean, T.Zero, shared, _pieces.Width).First;
        var (within, between) = (T.Zero, T.Zero);
        for (var piece = _pieces.Share; piece < end; piece += _pieces.Shares)
        {
            var difference = _mean[piece * _pieces.Channels + channel] - mean;
            within += _squares[piece * _pieces.Channels + channel] * _inverseCount;
            between += ShareOf(piece) * difference * difference;
        }

        (within, between) = GroupSum.Pair(within, between, shared, _pieces.Width);
        return (mean, within + between);
    }

    private T ShareOf(int piece) => piece < _pieces.Pieces - 1 ? _share : _lastShare;
}

/// <summary>The moments of a piece: its mean first, then the deviations from it, from the cache.</summary>
internal readonly struct MomentsKernel<T>(ArrayView<T> x, PieceMoments<T> moments, ChannelPieces pieces) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly PieceMoments<T> _moments = moments;
    private readonly ChannelPieces _pieces = pieces;
    private readonly T _inverseLength = T.CreateTruncating(1.0 / pieces.LengthOf(0));
    private readonly T _lastInverseLength = T.CreateTruncating(1.0 / pieces.LengthOf(pieces.Pieces - 1));

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(2 * Work.Threads);
        var inverseLength = _pieces.Piece < _pieces.Pieces - 1 ? _inverseLength : _lastInverseLength;
        var sum = T.Zero;
        for (var i = _pieces.Start; i < _pieces.End; i += _pieces.Shares)
            sum += _x[_pieces.Place(i).Index];
        var near = GroupSum.Pair(sum, T.Zero, shared, _pieces.Width).First * inverseLength;
        var (deviations, squares) = (T.Zero, T.Zero);
        for (var i = _pieces.Start; i < _pieces.End; i += _pieces.Shares)
        {
            var d = _x[_pieces.Place(i).Index] - near;
            deviations += d;
            squares += d * d;
        }

        (deviations, squares) = GroupSum.Pair(deviations, squares, shared, _pieces.Width);
        if (Group.IdxX >= _pieces.Width || _pieces.Channel >= _pieces.Channels)
            return;
        // What the mean is off by, being rounded, the deviations tell; a variance is not negative, and NaN stays.
        var rest = deviations * inverseLength;
        squares -= deviations * rest;
        _moments.Keep(near + rest, squares < T.Zero ? T.Zero : squares);
    }
}
