using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Normalization;

/// <content>Channels of one position, plain features: vectors run across channels, and the passes over a tile of them go row by row.</content>
public static partial class BatchNorm
{
    private readonly ref struct FeatureForwardBody<T, TEpilogue>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, Span<T> y, BatchStatistics<T> statistics, int samples, int channels, TEpilogue e) : IFeatureBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly BatchStatistics<T> _statistics = statistics;
        private readonly int _samples = samples;
        private readonly int _channels = channels;
        private readonly FeatureScaleShiftBody<T, TEpilogue> _normalise = new(x, gamma, beta, y, statistics.Read, samples, channels, e);

        public void Tile(int start, int end)
        {
            // Two passes, the second from the cache.
            Span<T> mean = stackalloc T[FeatureLoop.TileColumns], deviations = stackalloc T[FeatureLoop.TileColumns], squares = stackalloc T[FeatureLoop.TileColumns];
            var sumTerm = new FeatureTerm<T>(_x, default, start, _channels);
            ColumnSums.Run<T, FeatureTerm<T>>(_samples, start, end, in sumTerm, mean, squares);
            foreach (ref var sum in mean)
                sum /= T.CreateTruncating(_samples);
            var term = new FeatureTerm<T>(_x, mean, start, _channels);
            ColumnSums.Run<T, FeatureTerm<T>>(_samples, start, end, in term, deviations, squares);
            var keep = new FeatureKeepBody<T>(mean, deviations, squares, _statistics, start, _samples);
            Lanes.Run<T, FeatureKeepBody<T>>(0, 1, start, end, in keep);
            _normalise.Tile(start, end);
        }
    }

    private readonly ref struct FeatureScaleShiftBody<T, TEpilogue>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, Span<T> y, ReadStatistics<T> statistics, int samples, int channels, TEpilogue e) : IFeatureBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _gamma = gamma;
        private readonly ReadOnlySpan<T> _beta = beta;
        private readonly Span<T> _y = y;
        private readonly ReadStatistics<T> _statistics = statistics;
        private readonly int _samples = samples;
        private readonly int _channels = channels;
        private readonly TEpilogue _e = e;

        public void Tile(int start, int end)
        {
            Span<T> scale = stackalloc T[FeatureLoop.TileColumns];
            var prepare = new FeatureScaleBody<T>(_gamma, _statistics, scale, start);
            Lanes.Run<T, FeatureScaleBody<T>>(0, 1, start, end, in prepare);
            var body = new FeatureNormaliseBody<T, TEpilogue>(_x, _y, _statistics, scale, _beta, start, _channels, _e);
            Lanes.Run<T, FeatureNormaliseBody<T, TEpilogue>>(0, _samples, start, end, in body);
        }
    }

    private readonly ref struct FeatureBackwardBody<T, TPrologue, TEpilogue>(
        ReadOnlySpan<T> dy,
        ReadOnlySpan<T> x,
        ReadOnlySpan<T> gamma,
        ReadStatistics<T> statistics,
        Span<T> dx,
        Span<T> dgamma,
        Span<T> dbeta,
        int samples,
        int channels,
        bool accumulate,
        TPrologue prologue,
        TEpilogue e) : IFeatureBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPrologue : struct, IEpilogue<T>, allows ref struct
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _dy = dy;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _gamma = gamma;
        private readonly ReadStatistics<T> _statistics = statistics;
        private readonly Span<T> _dx = dx;
        private readonly Span<T> _dgamma = dgamma;
        private readonly Span<T> _dbeta = dbeta;
        private readonly int _samples = samples;
        private readonly int _channels = channels;
        private readonly bool _accumulate = accumulate;
        private readonly TPrologue _prologue = prologue;
        private readonly TEpilogue _e = e;

        public void Tile(int start, int end)
        {
            Span<T> gradient = stackalloc T[FeatureLoop.TileColumns], product = stackalloc T[FeatureLoop.TileColumns], scale = stackalloc T[FeatureLoop.TileColumns];
            var prepare = new FeatureScaleBody<T>(_gamma, _statistics, scale, start);
            Lanes.Run<T, FeatureScaleBody<T>>(0, 1, start, end, in prepare);
            var term = new FeatureGradientTerm<T, TPrologue>(_dy, _x, _statistics, _channels, _prologue);
            ColumnSums.Run<T, FeatureGradientTerm<T, TPrologue>>(_samples, start, end, in term, gradient, product);
            var keep = new FeatureKeepGradientBody<T>(gradient, product, scale, _statistics, _dgamma, _dbeta, start, _samples, _accumulate);
            Lanes.Run<T, FeatureKeepGradientBody<T>>(0, 1, start, end, in keep);
            if (_dx.IsEmpty)
                return;
            var body = new FeatureGradientBody<T, TPrologue, TEpilogue>(_dy, _x, _dx, _statistics, scale, gradient, product, start, _channels, _prologue, _e);
            Lanes.Run<T, FeatureGradientBody<T, TPrologue, TEpilogue>>(0, _samples, start, end, in body);
        }
    }

    /// <summary>d = x − origin and d²; an empty origin is 0.</summary>
    private readonly ref struct FeatureTerm<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> origin, int start, int channels) : ITermPair<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _origin = origin;
        private readonly int _start = start;
        private readonly int _channels = channels;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add<V>(int row, int column, ref V first, ref V second)
            where V : struct, ISimd<V, T>
        {
            var d = V.Load(_x, row * _channels + column);
            if (!_origin.IsEmpty)
                d -= V.Load(_origin, column - _start);
            first += d;
            second = V.FusedMultiplyAdd(d, d, second);
        }
    }

    /// <summary>From sums to kept statistics.</summary>
    private readonly ref struct FeatureKeepBody<T>(
        ReadOnlySpan<T> mean, ReadOnlySpan<T> deviations, ReadOnlySpan<T> squares, BatchStatistics<T> statistics, int start, int samples) : ILaneBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _mean = mean;
        private readonly ReadOnlySpan<T> _deviations = deviations;
        private readonly ReadOnlySpan<T> _squares = squares;
        private readonly BatchStatistics<T> _statistics = statistics;
        private readonly int _start = start;
        private readonly int _samples = samples;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var deviations = V.Load(_deviations, column - _start);
            // What the mean is off by, being rounded, the deviations tell.
            var rest = deviations / V.Create((double)_samples);
            // A variance is not negative; NaN stays.
            var squares = V.AtLeast(V.Zero, V.Load(_squares, column - _start) - deviations * rest);
            _statistics.Keep(column, V.Load(_mean, column - _start) + rest, squares, _samples);
        }
    }

    /// <summary>scale = γ/√(variance + ε).</summary>
    private readonly ref struct FeatureScaleBody<T>(ReadOnlySpan<T> gamma, ReadStatistics<T> statistics, Span<T> scale, int start) : ILaneBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _gamma = gamma;
        private readonly ReadStatistics<T> _statistics = statistics;
        private readonly Span<T> _scale = scale;
        private readonly int _start = start;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var inverse = _statistics.InverseDeviations<V>(column);
            (_gamma.IsEmpty ? inverse : V.Load(_gamma, column) * inverse).Store(_scale, column - _start);
        }
    }

    /// <summary>y = e((x − mean)·scale + β).</summary>
    private readonly ref struct FeatureNormaliseBody<T, TEpilogue>(
        ReadOnlySpan<T> x, Span<T> y, ReadStatistics<T> statistics, ReadOnlySpan<T> scale, ReadOnlySpan<T> beta, int start, int channels, TEpilogue e) : ILaneBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _y = y;
        private readonly ReadStatistics<T> _statistics = statistics;
        private readonly ReadOnlySpan<T> _scale = scale;
        private readonly ReadOnlySpan<T> _beta = beta;
        private readonly int _start = start;
        private readonly int _channels = channels;
        private readonly TEpilogue _e = e;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var index = row * _channels + column;
            var shift = _beta.IsEmpty ? V.Zero : V.Load(_beta, column);
            var value = V.FusedMultiplyAdd(V.Load(_x, index) - _statistics.Means<V>(column), V.Load(_scale, column - _start), shift);
            _e.Apply(value, row, column).Store(_y, index);
        }
    }

    /// <summary>g = prologue(dy) and g·(x − mean).</summary>
    private readonly ref struct FeatureGradientTerm<T, TPrologue>(
        ReadOnlySpan<T> dy, ReadOnlySpan<T> x, ReadStatistics<T> statistics, int channels, TPrologue prologue) : ITermPair<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPrologue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _dy = dy;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadStatistics<T> _statistics = statistics;
        private readonly int _channels = channels;
        private readonly TPrologue _prologue = prologue;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add<V>(int row, int column, ref V first, ref V second)
            where V : struct, ISimd<V, T>
        {
            var index = row * _channels + column;
            var g = _prologue.Apply(V.Load(_dy, index), row, column);
            first += g;
            second = V.FusedMultiplyAdd(g, V.Load(_x, index) - _statistics.Means<V>(column), second);
        }
    }

    /// <summary>From sums to kept gradients, and in the sums' place the shift and slope of the gradient of the input.</summary>
    private readonly ref struct FeatureKeepGradientBody<T>(
        Span<T> gradient, Span<T> product, ReadOnlySpan<T> scale, ReadStatistics<T> statistics, Span<T> dgamma, Span<T> dbeta, int start, int samples, bool accumulate) : ILaneBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Span<T> _gradient = gradient;
        private readonly Span<T> _product = product;
        private readonly ReadOnlySpan<T> _scale = scale;
        private readonly ReadStatistics<T> _statistics = statistics;
        private readonly Span<T> _dgamma = dgamma;
        private readonly Span<T> _dbeta = dbeta;
        private readonly int _start = start;
        private readonly int _samples = samples;
        private readonly bool _accumulate = accumulate;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var inverse = _statistics.InverseDeviations<V>(column);
            var (gradient, product) = (V.Load(_gradient, column - _start), V.Load(_product, column - _start) * inverse);
            Keep(_dbeta, column, gradient);
            Keep(_dgamma, column, product);
            // Constant statistics do not answer to the input.
            var share = V.Create(_statistics.AreConstant ? 0 : -1.0 / _samples) * V.Load(_scale, column - _start);
            (gradient * share).Store(_gradient, column - _start);
            (product * inverse * share).Store(_product, column - _start);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Keep<V>(Span<T> sums, int column, V sum)
            where V : struct, ISimd<V, T>
        {
            if (!sums.IsEmpty)
                (_accumulate ? sum + V.Load(sums, column) : sum).Store(sums, column);
        }
    }

    /// <summary>dx = e(g·scale + shift + (x − mean)·slope) with g = prologue(dy).</summary>
    private readonly ref struct FeatureGradientBody<T, TPrologue, TEpilogue>(
        ReadOnlySpan<T> dy,
        ReadOnlySpan<T> x,
        Span<T> dx,
        ReadStatistics<T> statistics,
        ReadOnlySpan<T> scale,
        ReadOnlySpan<T> shift,
        ReadOnlySpan<T> slope,
        int start,
        int channels,
        TPrologue prologue,
        TEpilogue e) : ILaneBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPrologue : struct, IEpilogue<T>, allows ref struct
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _dy = dy;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _dx = dx;
        private readonly ReadStatistics<T> _statistics = statistics;
        private readonly ReadOnlySpan<T> _scale = scale;
        private readonly ReadOnlySpan<T> _shift = shift;
        private readonly ReadOnlySpan<T> _slope = slope;
        private readonly int _start = start;
        private readonly int _channels = channels;
        private readonly TPrologue _prologue = prologue;
        private readonly TEpilogue _e = e;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var (index, place) = (row * _channels + column, column - _start);
            var g = _prologue.Apply(V.Load(_dy, index), row, column);
            var value = V.FusedMultiplyAdd(g, V.Load(_scale, place), V.Load(_shift, place));
            value = V.FusedMultiplyAdd(V.Load(_x, index) - _statistics.Means<V>(column), V.Load(_slope, place), value);
            _e.Apply(value, row, column).Store(_dx, index);
        }
    }
}
