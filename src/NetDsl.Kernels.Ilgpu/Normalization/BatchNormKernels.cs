using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Normalization;

/// <summary>The statistics that a batch normalisation goes by, and where they are kept.</summary>
/// <param name="moments">Those of the batch, where the batch's count.</param>
/// <param name="mean">Receives μ.</param>
/// <param name="inverseDeviation">Receives 1/√(σ² + ε).</param>
/// <param name="runningMean">Read, or moved towards the batch's; empty if none is kept.</param>
/// <param name="runningVariance">Read, or moved towards the batch's; empty if none is kept.</param>
/// <param name="count">Numbers of a channel in the batch.</param>
/// <param name="eps">ε.</param>
/// <param name="momentum">Weight of the batch in the running statistics.</param>
/// <param name="training">1 where the batch's count, and not the running ones.</param>
internal readonly struct BatchStatistics<T>(
    PieceMoments<T> moments, ArrayView<T> mean, ArrayView<T> inverseDeviation, ArrayView<T> runningMean, ArrayView<T> runningVariance, int count, double eps, double momentum, int training)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly PieceMoments<T> _moments = moments;
    private readonly ArrayView<T> _mean = mean;
    private readonly ArrayView<T> _inverseDeviation = inverseDeviation;
    private readonly ArrayView<T> _runningMean = runningMean;
    private readonly ArrayView<T> _runningVariance = runningVariance;
    private readonly T _eps = T.CreateTruncating(eps);
    private readonly T _momentum = T.CreateTruncating(momentum);
    private readonly T _rest = T.CreateTruncating(1 - momentum);
    private readonly T _unbiased = T.CreateTruncating(count / Math.Max(count - 1.0, 1));
    private readonly int _training = training;

    /// <summary>μ and 1/√(σ² + ε) of the thread's channel. All threads of the group must call it.</summary>
    /// <param name="shared">Two elements for each thread.</param>
    /// <param name="channel">The channel; behind the last one in some threads.</param>
    /// <param name="isThere">Whether it is one.</param>
    /// <param name="keeps">Whether the thread is the one that keeps them.</param>
    public (T Mean, T InverseDeviation) Of(ArrayView<T> shared, int channel, bool isThere, bool keeps)
    {
        var (mean, variance) = _moments.Of(shared, _training != 0);
        if (_training == 0 && isThere)
            (mean, variance) = (_runningMean[channel], _runningVariance[channel]);
        var inverse = T.One / T.Sqrt(variance + _eps);
        if (keeps)
        {
            _mean[channel] = mean;
            _inverseDeviation[channel] = inverse;
            if (_training != 0 && _runningMean.Length > 0)
                _runningMean[channel] = _rest * _runningMean[channel] + _momentum * mean;
            if (_training != 0 && _runningVariance.Length > 0)
                _runningVariance[channel] = _rest * _runningVariance[channel] + _momentum * (_unbiased * variance);
        }

        return (mean, inverse);
    }
}

/// <summary>y = e(γ·(x − μ)·r + β).</summary>
internal readonly struct BatchNormKernel<T, TEpilogue>(ArrayView<T> x, ArrayView<T> gamma, ArrayView<T> beta, ArrayView<T> y, BatchStatistics<T> statistics, ChannelPieces pieces, TEpilogue e) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _gamma = gamma;
    private readonly ArrayView<T> _beta = beta;
    private readonly ArrayView<T> _y = y;
    private readonly BatchStatistics<T> _statistics = statistics;
    private readonly ChannelPieces _pieces = pieces;
    private readonly TEpilogue _e = e;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(2 * Work.Threads);
        var channel = _pieces.Channel;
        var (mean, inverse) = _statistics.Of(shared, channel, channel < _pieces.Channels, _pieces.IsFirst);
        if (channel >= _pieces.Channels)
            return;
        var scale = _gamma.Length > 0 ? _gamma[channel] * inverse : inverse;
        var shift = _beta.Length > 0 ? _beta[channel] : T.Zero;
        for (var i = _pieces.Start; i < _pieces.End; i += _pieces.Shares)
        {
            var (row, column, index) = _pieces.Place(i);
            _y[index] = _e.Apply((_x[index] - mean) * scale + shift, row, column);
        }
    }
}

/// <summary>dx = e(γ·r·(g − mean(g) − x̂·mean(g·x̂))), or e(γ·r·g) from constant statistics; the gradients of γ and β on the way.</summary>
internal readonly struct BatchNormBackwardKernel<T, TPrologue, TEpilogue>(
    ArrayView<T> dy, Normalised<T> normalised, ArrayView<T> gamma, PieceGradients<T> sums, AffineGradients<T> gradients, ArrayView<T> dx, ChannelPieces pieces, T share, int hasSums,
    TPrologue prologue, TEpilogue e) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TPrologue : struct, IEpilogue<T>
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _dy = dy;
    private readonly Normalised<T> _normalised = normalised;
    private readonly ArrayView<T> _gamma = gamma;
    private readonly PieceGradients<T> _sums = sums;
    private readonly AffineGradients<T> _gradients = gradients;
    private readonly ArrayView<T> _dx = dx;
    private readonly ChannelPieces _pieces = pieces;
    private readonly T _share = share;
    private readonly int _hasSums = hasSums;
    private readonly TPrologue _prologue = prologue;
    private readonly TEpilogue _e = e;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(2 * Work.Threads);
        var channel = _pieces.Channel;
        var (gradient, product) = _sums.Of(shared, _hasSums != 0);
        if (_hasSums != 0 && _pieces.IsFirst)
            _gradients.Keep(channel, gradient, product);
        if (channel >= _pieces.Channels)
            return;
        var scale = _gamma.Length > 0 ? _gamma[channel] * _normalised.InverseDeviation(channel) : _normalised.InverseDeviation(channel);
        var (meanGradient, meanProduct) = (gradient * _share, product * _share);
        for (var i = _pieces.Start; i < _pieces.End; i += _pieces.Shares)
        {
            var (row, column, index) = _pieces.Place(i);
            var g = _prologue.Apply(_dy[index], row, column);
            _dx[index] = _e.Apply(scale * (g - meanGradient - _normalised.Of(index, channel) * meanProduct), row, column);
        }
    }
}

/// <summary>scale = γ/√(running variance + ε), shift = β − running mean·scale, a thread for each channel.</summary>
internal readonly struct FoldKernel<T>(
    ArrayView<T> gamma, ArrayView<T> beta, ArrayView<T> runningMean, ArrayView<T> runningVariance, ArrayView<T> scale, ArrayView<T> shift, int channels, T eps) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ArrayView<T> _gamma = gamma;
    private readonly ArrayView<T> _beta = beta;
    private readonly ArrayView<T> _runningMean = runningMean;
    private readonly ArrayView<T> _runningVariance = runningVariance;
    private readonly ArrayView<T> _scale = scale;
    private readonly ArrayView<T> _shift = shift;
    private readonly int _channels = channels;
    private readonly T _eps = eps;

    public void Run()
    {
        var channel = Grid.GlobalLinearIndex;
        if (channel >= _channels)
            return;
        var scale = (_gamma.Length > 0 ? _gamma[channel] : T.One) / T.Sqrt(_runningVariance[channel] + _eps);
        _scale[channel] = scale;
        _shift[channel] = (_beta.Length > 0 ? _beta[channel] : T.Zero) - _runningMean[channel] * scale;
    }
}
