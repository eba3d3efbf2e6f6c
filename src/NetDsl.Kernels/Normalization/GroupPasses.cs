using System.Numerics;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Normalization;

/// <summary>
/// What group, layer and RMS normalisation share: statistics of contiguous groups, affine maps by channel, an empty span of means for a normalisation
/// that takes none off. A layer's normalised elements are channels of one position.
/// </summary>
internal static partial class GroupPasses
{
    /// <summary>y = e(γ·(x − μ)·r + β).</summary>
    public static void Forward<T, TEpilogue>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, Span<T> y, Span<T> mean, Span<T> inverseDeviation, GroupShape shape, double eps, TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        shape.Check();
        Require.Length(x.Length, shape.Samples, shape.Channels, shape.Inner, nameof(x));
        Require.Length(y.Length, shape.Samples, shape.Channels, shape.Inner, nameof(y));
        Require.LengthOrEmpty(gamma.Length, 1, shape.Channels, nameof(gamma));
        Require.LengthOrEmpty(beta.Length, 1, shape.Channels, nameof(beta));
        Require.Length(inverseDeviation.Length, shape.Samples, shape.Groups, nameof(inverseDeviation));
        Require.Epsilon(eps);
        var tasks = Chunks.Count(x.Length, shape.Units);
        WorkerPool.Run(tasks, new ForwardBody<T, TEpilogue>(tasks, x, gamma, beta, y, mean, inverseDeviation, shape, eps, e));
    }

    /// <summary>dx = e(r·(γ·g − mean(γ·g) − x̂·mean(γ·g·x̂))), dγ = Σ g·x̂ and dβ = Σ g.</summary>
    public static void Backward<T, TPrologue, TEpilogue>(
        ReadOnlySpan<T> dy,
        ReadOnlySpan<T> x,
        ReadOnlySpan<T> gamma,
        ReadOnlySpan<T> mean,
        ReadOnlySpan<T> inverseDeviation,
        Span<T> dx,
        Span<T> dgamma,
        Span<T> dbeta,
        GroupShape shape,
        bool accumulate,
        TPrologue prologue,
        TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPrologue : struct, IEpilogue<T>, allows ref struct
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        shape.Check();
        Require.Length(dy.Length, shape.Samples, shape.Channels, shape.Inner, nameof(dy));
        Require.Length(x.Length, shape.Samples, shape.Channels, shape.Inner, nameof(x));
        if (!dx.IsEmpty)
            Require.Length(dx.Length, shape.Samples, shape.Channels, shape.Inner, nameof(dx));
        Require.LengthOrEmpty(gamma.Length, 1, shape.Channels, nameof(gamma));
        Require.LengthOrEmpty(dgamma.Length, 1, shape.Channels, nameof(dgamma));
        Require.LengthOrEmpty(dbeta.Length, 1, shape.Channels, nameof(dbeta));
        Require.Length(inverseDeviation.Length, shape.Samples, shape.Groups, nameof(inverseDeviation));
        // The parameters first: the gradient of the input may take the place of what they read.
        if (!dgamma.IsEmpty || !dbeta.IsEmpty)
        {
            if (shape.Inner == 1)
                FeatureLoop.Run(shape.Samples, shape.Channels, new FeatureParameterBody<T, TPrologue>(dy, x, mean, inverseDeviation, dgamma, dbeta, shape, accumulate, prologue));
            else
            {
                var tasks = Chunks.Count(x.Length, shape.Channels);
                WorkerPool.Run(tasks, new ChannelParameterBody<T, TPrologue>(tasks, dy, x, mean, inverseDeviation, dgamma, dbeta, shape, accumulate, prologue));
            }
        }
        if (!dx.IsEmpty)
        {
            var tasks = Chunks.Count(x.Length, shape.Units);
            WorkerPool.Run(tasks, new BackwardBody<T, TPrologue, TEpilogue>(tasks, dy, x, gamma, mean, inverseDeviation, dx, shape, prologue, e));
        }
    }

    private static T At<T>(ReadOnlySpan<T> values, int index, T otherwise)
        where T : unmanaged
        => values.IsEmpty ? otherwise : values[index];

    private readonly ref struct ForwardBody<T, TEpilogue>(
        int tasks, ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, Span<T> y, Span<T> mean, Span<T> inverseDeviation, GroupShape shape, double eps, TEpilogue e)
        : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly int _tasks = tasks;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _gamma = gamma;
        private readonly ReadOnlySpan<T> _beta = beta;
        private readonly Span<T> _y = y;
        private readonly Span<T> _mean = mean;
        private readonly Span<T> _inverseDeviation = inverseDeviation;
        private readonly GroupShape _shape = shape;
        private readonly double _eps = eps;
        private readonly TEpilogue _e = e;

        public void Execute(int task)
        {
            var end = Chunks.Start(task + 1, _tasks, _shape.Units);
            for (var unit = Chunks.Start(task, _tasks, _shape.Units); unit < end; unit++)
                Unit(unit);
        }

        private void Unit(int unit)
        {
            var group = _x.Slice(unit * _shape.Length, _shape.Length);
            double center = 0, variance;
            if (_mean.IsEmpty)
                variance = Moments.Squares(group) / group.Length;
            else
            {
                var moments = Moments.Of(group, 1, group.Length, group.Length);
                (center, variance) = (moments.Mean, moments.Variance);
                _mean[unit] = T.CreateTruncating(center);
            }
            var inverse = 1 / Math.Sqrt(variance + _eps);
            _inverseDeviation[unit] = T.CreateTruncating(inverse);

            var (mean, sample) = (T.CreateTruncating(center), unit / _shape.Groups);
            var first = (unit - sample * _shape.Groups) * _shape.GroupChannels;
            if (_shape.Inner == 1)
            {
                var body = new FeatureNormaliseBody<T, TEpilogue>(_x, _y, _gamma, _beta, _shape.Channels, mean, T.CreateTruncating(inverse), _e);
                Lanes.Run<T, FeatureNormaliseBody<T, TEpilogue>>(sample, sample + 1, first, first + _shape.GroupChannels, in body);
                return;
            }
            for (var channel = first; channel < first + _shape.GroupChannels; channel++)
            {
                var scale = T.CreateTruncating(double.CreateTruncating(At(_gamma, channel, T.One)) * inverse);
                var body = new NormaliseBody<T, TEpilogue>(_x, _y, sample * _shape.Channels + channel, 0, _shape.Inner, mean, scale, At(_beta, channel, T.Zero), _e);
                Lanes.Run<T, NormaliseBody<T, TEpilogue>>(0, 1, 0, _shape.Inner, in body);
            }
        }
    }

    private readonly ref struct BackwardBody<T, TPrologue, TEpilogue>(
        int tasks,
        ReadOnlySpan<T> dy,
        ReadOnlySpan<T> x,
        ReadOnlySpan<T> gamma,
        ReadOnlySpan<T> mean,
        ReadOnlySpan<T> inverseDeviation,
        Span<T> dx,
        GroupShape shape,
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
        private readonly ReadOnlySpan<T> _mean = mean;
        private readonly ReadOnlySpan<T> _inverseDeviation = inverseDeviation;
        private readonly Span<T> _dx = dx;
        private readonly GroupShape _shape = shape;
        private readonly TPrologue _prologue = prologue;
        private readonly TEpilogue _e = e;

        public void Execute(int task)
        {
            var end = Chunks.Start(task + 1, _tasks, _shape.Units);
            for (var unit = Chunks.Start(task, _tasks, _shape.Units); unit < end; unit++)
                Unit(unit);
        }

        private void Unit(int unit)
        {
            var (mean, sample) = (At(_mean, unit, T.Zero), unit / _shape.Groups);
            var first = (unit - sample * _shape.Groups) * _shape.GroupChannels;
            if (_shape.Inner == 1)
            {
                var term = new FeatureGradientTerm<T, TPrologue>(_dy, _x, _gamma, _shape.Channels, sample, first, mean, _prologue);
                var sums = PairSums.Run<T, FeatureGradientTerm<T, TPrologue>>(1, _shape.GroupChannels, in term);
                var (shift, slope) = Coefficients(unit, sums.First, sums.Second);
                var body = new FeatureGradientBody<T, TPrologue, TEpilogue>(_dy, _x, _gamma, _dx, _shape.Channels, mean, _inverseDeviation[unit], shift, slope, _prologue, _e);
                Lanes.Run<T, FeatureGradientBody<T, TPrologue, TEpilogue>>(sample, sample + 1, first, first + _shape.GroupChannels, in body);
                return;
            }
            ChannelRows(unit, mean, sample * _shape.Channels, first);
        }

        private void ChannelRows(int unit, T mean, int row, int first)
        {
            var (gradient, product) = (0.0, 0.0);
            for (var channel = first; channel < first + _shape.GroupChannels; channel++)
            {
                var scale = double.CreateTruncating(At(_gamma, channel, T.One));
                var term = new GradientTerm<T, TPrologue>(_dy, _x, row + channel, 0, _shape.Inner, mean, _prologue);
                var sums = PairSums.Run<T, GradientTerm<T, TPrologue>>(1, _shape.Inner, in term);
                gradient += scale * sums.First;
                product += scale * sums.Second;
            }
            var (shift, slope) = Coefficients(unit, gradient, product);
            for (var channel = first; channel < first + _shape.GroupChannels; channel++)
            {
                var scale = At(_gamma, channel, T.One) * _inverseDeviation[unit];
                var body = new GradientBody<T, TPrologue, TEpilogue>(_dy, _x, _dx, row + channel, 0, _shape.Inner, mean, scale, shift, slope, _prologue, _e);
                Lanes.Run<T, GradientBody<T, TPrologue, TEpilogue>>(0, 1, 0, _shape.Inner, in body);
            }
        }

        /// <summary>What dx = r·γ·g + shift + (x − μ)·slope takes of the group's sums of γ·g and γ·g·(x − μ).</summary>
        private (T Shift, T Slope) Coefficients(int unit, double gradient, double product)
        {
            var inverse = double.CreateTruncating(_inverseDeviation[unit]);
            var share = -inverse / _shape.Length;
            return (_mean.IsEmpty ? T.Zero : T.CreateTruncating(gradient * share), T.CreateTruncating(product * share * inverse * inverse));
        }
    }
}
