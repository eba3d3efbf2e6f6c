using System.Numerics;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Normalization;

/// <content>Channels of several positions: vectors run along a channel's rows, of which each sample has one.</content>
public static partial class BatchNorm
{
    private readonly ref struct ForwardBody<T, TEpilogue>(
        int tasks, ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, Span<T> y, BatchStatistics<T> statistics, int samples, int channels, int inner, TEpilogue e)
        : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly int _tasks = tasks;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _gamma = gamma;
        private readonly ReadOnlySpan<T> _beta = beta;
        private readonly Span<T> _y = y;
        private readonly BatchStatistics<T> _statistics = statistics;
        private readonly int _samples = samples;
        private readonly int _channels = channels;
        private readonly int _inner = inner;
        private readonly TEpilogue _e = e;

        public void Execute(int task)
        {
            var end = Chunks.Start(task + 1, _tasks, _channels);
            for (var channel = Chunks.Start(task, _tasks, _channels); channel < end; channel++)
            {
                var moments = Moments.Of(_x[(channel * _inner)..], _samples, _inner, _channels * _inner);
                var scale = Scale(_gamma, channel, _statistics.Keep(channel, moments));
                var body = new NormaliseBody<T, TEpilogue>(_x, _y, channel, _channels, _inner, T.CreateTruncating(moments.Mean), scale, Shift(_beta, channel), _e);
                Lanes.Run<T, NormaliseBody<T, TEpilogue>>(0, _samples, 0, _inner, in body);
            }
        }
    }

    private readonly ref struct ScaleShiftBody<T, TEpilogue>(
        int tasks, ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, Span<T> y, ReadStatistics<T> statistics, int samples, int channels, int inner, TEpilogue e)
        : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly int _tasks = tasks;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _gamma = gamma;
        private readonly ReadOnlySpan<T> _beta = beta;
        private readonly Span<T> _y = y;
        private readonly ReadStatistics<T> _statistics = statistics;
        private readonly int _samples = samples;
        private readonly int _channels = channels;
        private readonly int _inner = inner;
        private readonly TEpilogue _e = e;

        public void Execute(int task)
        {
            var end = Chunks.Start(task + 1, _tasks, _channels);
            for (var channel = Chunks.Start(task, _tasks, _channels); channel < end; channel++)
            {
                var scale = Scale(_gamma, channel, _statistics.InverseDeviation(channel));
                var body = new NormaliseBody<T, TEpilogue>(_x, _y, channel, _channels, _inner, _statistics.Mean(channel), scale, Shift(_beta, channel), _e);
                Lanes.Run<T, NormaliseBody<T, TEpilogue>>(0, _samples, 0, _inner, in body);
            }
        }
    }

    private readonly ref struct BackwardBody<T, TPrologue, TEpilogue>(
        int tasks,
        ReadOnlySpan<T> dy,
        ReadOnlySpan<T> x,
        ReadOnlySpan<T> gamma,
        ReadStatistics<T> statistics,
        Span<T> dx,
        Span<T> dgamma,
        Span<T> dbeta,
        int samples,
        int channels,
        int inner,
        bool accumulate,
        TPrologue prologue,
        TEpilogue e) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPrologue : struct, IEpilogue<T>, allows ref struct
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly int _tasks = tasks;
        private readonly ReadOnlySpan<T> _dy = dy;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _gamma = gamma;
        private readonly ReadStatistics<T> _statistics = statistics;
        private readonly Span<T> _dx = dx;
        private readonly Span<T> _dgamma = dgamma;
        private readonly Span<T> _dbeta = dbeta;
        private readonly int _samples = samples;
        private readonly int _channels = channels;
        private readonly int _inner = inner;
        private readonly bool _accumulate = accumulate;
        private readonly TPrologue _prologue = prologue;
        private readonly TEpilogue _e = e;

        public void Execute(int task)
        {
            var end = Chunks.Start(task + 1, _tasks, _channels);
            for (var channel = Chunks.Start(task, _tasks, _channels); channel < end; channel++)
                Channel(channel);
        }

        private void Channel(int channel)
        {
            var inverse = _statistics.InverseDeviation(channel);
            var (gradient, product) = (0.0, 0.0);
            if (!(_statistics.AreConstant && _dgamma.IsEmpty && _dbeta.IsEmpty))
            {
                var term = new GradientTerm<T, TPrologue>(_dy, _x, channel, _channels, _inner, _statistics.Mean(channel), _prologue);
                (gradient, product) = PairSums.Run<T, GradientTerm<T, TPrologue>>(_samples, _inner, in term);
                Keep(_dgamma, channel, product * inverse);
                Keep(_dbeta, channel, gradient);
            }
            if (_dx.IsEmpty)
                return;
            // Constant statistics do not answer to the input.
            var share = _statistics.AreConstant ? 0 : -1 / ((double)_samples * _inner);
            var scale = Scale(_gamma, channel, inverse);
            var shift = T.CreateTruncating(gradient * share * double.CreateTruncating(scale));
            var slope = T.CreateTruncating(product * share * double.CreateTruncating(scale) * inverse * inverse);
            var body = new GradientBody<T, TPrologue, TEpilogue>(_dy, _x, _dx, channel, _channels, _inner, _statistics.Mean(channel), scale, shift, slope, _prologue, _e);
            Lanes.Run<T, GradientBody<T, TPrologue, TEpilogue>>(0, _samples, 0, _inner, in body);
        }

        private void Keep(Span<T> sums, int channel, double sum)
        {
            if (!sums.IsEmpty)
                sums[channel] = T.CreateTruncating(sum) + (_accumulate ? sums[channel] : T.Zero);
        }
    }

    private static T Scale<T>(ReadOnlySpan<T> gamma, int channel, double inverseDeviation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.CreateTruncating(gamma.IsEmpty ? inverseDeviation : double.CreateTruncating(gamma[channel]) * inverseDeviation);

    private static T Shift<T>(ReadOnlySpan<T> beta, int channel)
        where T : unmanaged
        => beta.IsEmpty ? default : beta[channel];
}
