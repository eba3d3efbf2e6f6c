using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Normalization;

/// <content>Gradients of the affine maps.</content>
internal static partial class GroupPasses
{
    private readonly ref struct ChannelParameterBody<T, TPrologue>(
        int tasks,
        ReadOnlySpan<T> dy,
        ReadOnlySpan<T> x,
        ReadOnlySpan<T> mean,
        ReadOnlySpan<T> inverseDeviation,
        Span<T> dgamma,
        Span<T> dbeta,
        GroupShape shape,
        bool accumulate,
        TPrologue prologue) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPrologue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly int _tasks = tasks;
        private readonly ReadOnlySpan<T> _dy = dy;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _mean = mean;
        private readonly ReadOnlySpan<T> _inverseDeviation = inverseDeviation;
        private readonly Span<T> _dgamma = dgamma;
        private readonly Span<T> _dbeta = dbeta;
        private readonly GroupShape _shape = shape;
        private readonly bool _accumulate = accumulate;
        private readonly TPrologue _prologue = prologue;

        public void Execute(int task)
        {
            var end = Chunks.Start(task + 1, _tasks, _shape.Channels);
            for (var channel = Chunks.Start(task, _tasks, _shape.Channels); channel < end; channel++)
            {
                var (gradient, product) = (0.0, 0.0);
                for (var sample = 0; sample < _shape.Samples; sample++)
                {
                    var unit = sample * _shape.Groups + channel / _shape.GroupChannels;
                    var term = new GradientTerm<T, TPrologue>(_dy, _x, sample * _shape.Channels + channel, 0, _shape.Inner, At(_mean, unit, T.Zero), _prologue);
                    var sums = PairSums.Run<T, GradientTerm<T, TPrologue>>(1, _shape.Inner, in term);
                    gradient += sums.First;
                    product += sums.Second * double.CreateTruncating(_inverseDeviation[unit]);
                }
                Keep(_dbeta, channel, gradient);
                Keep(_dgamma, channel, product);
            }
        }

        private void Keep(Span<T> sums, int channel, double sum)
        {
            if (!sums.IsEmpty)
                sums[channel] = T.CreateTruncating(sum) + (_accumulate ? sums[channel] : T.Zero);
        }
    }

    private readonly ref struct FeatureParameterBody<T, TPrologue>(
        ReadOnlySpan<T> dy,
        ReadOnlySpan<T> x,
        ReadOnlySpan<T> mean,
        ReadOnlySpan<T> inverseDeviation,
        Span<T> dgamma,
        Span<T> dbeta,
        GroupShape shape,
        bool accumulate,
        TPrologue prologue) : IFeatureBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPrologue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _dy = dy;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _mean = mean;
        private readonly ReadOnlySpan<T> _inverseDeviation = inverseDeviation;
        private readonly Span<T> _dgamma = dgamma;
        private readonly Span<T> _dbeta = dbeta;
        private readonly GroupShape _shape = shape;
        private readonly bool _accumulate = accumulate;
        private readonly TPrologue _prologue = prologue;

        public void Tile(int start, int end)
        {
            Span<T> gradient = stackalloc T[FeatureLoop.TileColumns], product = stackalloc T[FeatureLoop.TileColumns];
            // A part of the tile for each group, whose statistics its columns share.
            for (var next = start; start < end; start = next)
            {
                var group = start / _shape.GroupChannels;
                next = (int)Math.Min((long)(group + 1) * _shape.GroupChannels, end);
                var term = new FeatureParameterTerm<T, TPrologue>(_dy, _x, _mean, _inverseDeviation, _shape.Channels, _shape.Groups, group, _prologue);
                ColumnSums.Run<T, FeatureParameterTerm<T, TPrologue>>(_shape.Samples, start, next, in term, gradient, product);
                Keep(_dbeta, start, gradient[..(next - start)]);
                Keep(_dgamma, start, product[..(next - start)]);
            }
        }

        private void Keep(Span<T> sums, int start, ReadOnlySpan<T> added)
        {
            if (sums.IsEmpty)
                return;
            sums = sums.Slice(start, added.Length);
            for (var i = 0; i < added.Length; i++)
                sums[i] = _accumulate ? sums[i] + added[i] : added[i];
        }
    }

    /// <summary>g = prologue(dy) and g·(x − μ)·r, rows being samples.</summary>
    private readonly ref struct FeatureParameterTerm<T, TPrologue>(
        ReadOnlySpan<T> dy, ReadOnlySpan<T> x, ReadOnlySpan<T> mean, ReadOnlySpan<T> inverseDeviation, int channels, int groups, int group, TPrologue prologue) : ITermPair<T>
        where T : unmanaged
        where TPrologue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _dy = dy;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _mean = mean;
        private readonly ReadOnlySpan<T> _inverseDeviation = inverseDeviation;
        private readonly int _channels = channels;
        private readonly int _groups = groups;
        private readonly int _group = group;
        private readonly TPrologue _prologue = prologue;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add<V>(int row, int column, ref V first, ref V second)
            where V : struct, ISimd<V, T>
        {
            var (index, unit) = (row * _channels + column, row * _groups + _group);
            var g = _prologue.Apply(V.Load(_dy, index), row, column);
            first += g;
            second = V.FusedMultiplyAdd(g, (V.Load(_x, index) - V.Create(At(_mean, unit, default))) * V.Create(_inverseDeviation[unit]), second);
        }
    }
}
