using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Normalization;

/// <summary>Where the statistics of a batch go.</summary>
internal readonly ref struct BatchStatistics<T>(
    Span<T> mean, Span<T> inverseDeviation, Span<T> runningMean, Span<T> runningVariance, double eps, double momentum)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Span<T> _mean = mean;
    private readonly Span<T> _inverseDeviation = inverseDeviation;
    private readonly Span<T> _runningMean = runningMean;
    private readonly Span<T> _runningVariance = runningVariance;
    private readonly double _eps = eps;
    private readonly double _momentum = momentum;

    /// <summary>What is kept for the backward pass.</summary>
    public ReadStatistics<T> Read => new(_mean, _inverseDeviation, areConstant: false);

    /// <summary>Keeps the running statistics in place of a batch's.</summary>
    public void KeepRunning()
    {
        _runningMean.CopyTo(_mean);
        for (var channel = 0; channel < _inverseDeviation.Length; channel++)
            _inverseDeviation[channel] = T.CreateTruncating(1 / Math.Sqrt(double.CreateTruncating(_runningVariance[channel]) + _eps));
    }

    /// <summary>Keeps the statistics of a channel and returns 1/√(σ² + ε).</summary>
    public double Keep(int channel, Moments moments)
    {
        var inverse = 1 / Math.Sqrt(moments.Variance + _eps);
        _mean[channel] = T.CreateTruncating(moments.Mean);
        _inverseDeviation[channel] = T.CreateTruncating(inverse);
        if (!_runningMean.IsEmpty)
            Move(ref _runningMean[channel], moments.Mean);
        if (!_runningVariance.IsEmpty)
            Move(ref _runningVariance[channel], moments.UnbiasedVariance);
        return inverse;
    }

    /// <summary>Keeps the statistics of neighbouring channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Keep<V>(int channel, V mean, V squaredDeviations, int count)
        where V : struct, ISimd<V, T>
    {
        mean.Store(_mean, channel);
        (V.One / V.Sqrt(squaredDeviations / V.Create((double)count) + V.Create(_eps))).Store(_inverseDeviation, channel);
        if (!_runningMean.IsEmpty)
            Move(_runningMean, channel, mean);
        if (!_runningVariance.IsEmpty)
            Move(_runningVariance, channel, squaredDeviations / V.Create((double)count - 1));
    }

    private void Move(ref T running, double batch) =>
        running = T.CreateTruncating((1 - _momentum) * double.CreateTruncating(running) + _momentum * batch);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Move<V>(Span<T> running, int channel, V batch)
        where V : struct, ISimd<V, T>
        => V.FusedMultiplyAdd(V.Create(_momentum), batch, V.Create(1 - _momentum) * V.Load(running, channel)).Store(running, channel);
}
