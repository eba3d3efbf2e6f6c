using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Normalization;

/// <content>Channels of one position: vectors run across channels, whose affine maps differ.</content>
internal static partial class GroupPasses
{
    /// <summary>y = e((x − μ)·r·γ + β).</summary>
    private readonly ref struct FeatureNormaliseBody<T, TEpilogue>(
        ReadOnlySpan<T> x, Span<T> y, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, int channels, T mean, T inverse, TEpilogue e) : ILaneBody<T>
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _y = y;
        private readonly ReadOnlySpan<T> _gamma = gamma;
        private readonly ReadOnlySpan<T> _beta = beta;
        private readonly int _channels = channels;
        private readonly T _mean = mean;
        private readonly T _inverse = inverse;
        private readonly TEpilogue _e = e;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var index = row * _channels + column;
            var value = (V.Load(_x, index) - V.Create(_mean)) * V.Create(_inverse);
            if (!_gamma.IsEmpty)
                value *= V.Load(_gamma, column);
            if (!_beta.IsEmpty)
                value += V.Load(_beta, column);
            _e.Apply(value, row, column).Store(_y, index);
        }
    }

    /// <summary>γ·g and γ·g·(x − μ) with g = prologue(dy), of one sample's channels from <paramref name="start"/> on.</summary>
    private readonly ref struct FeatureGradientTerm<T, TPrologue>(
        ReadOnlySpan<T> dy, ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, int channels, int sample, int start, T mean, TPrologue prologue) : ITermPair<T>
        where T : unmanaged
        where TPrologue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _dy = dy;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _gamma = gamma;
        private readonly int _channels = channels;
        private readonly int _sample = sample;
        private readonly int _start = start;
        private readonly T _mean = mean;
        private readonly TPrologue _prologue = prologue;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add<V>(int row, int column, ref V first, ref V second)
            where V : struct, ISimd<V, T>
        {
            column += _start;
            var index = _sample * _channels + column;
            var g = _prologue.Apply(V.Load(_dy, index), _sample, column);
            if (!_gamma.IsEmpty)
                g *= V.Load(_gamma, column);
            first += g;
            second = V.FusedMultiplyAdd(g, V.Load(_x, index) - V.Create(_mean), second);
        }
    }

    /// <summary>dx = e(γ·g·r + shift + (x − μ)·slope) with g = prologue(dy).</summary>
    private readonly ref struct FeatureGradientBody<T, TPrologue, TEpilogue>(
        ReadOnlySpan<T> dy,
        ReadOnlySpan<T> x,
        ReadOnlySpan<T> gamma,
        Span<T> dx,
        int channels,
        T mean,
        T inverse,
        T shift,
        T slope,
        TPrologue prologue,
        TEpilogue e) : ILaneBody<T>
        where T : unmanaged
        where TPrologue : struct, IEpilogue<T>, allows ref struct
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly ReadOnlySpan<T> _dy = dy;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _gamma = gamma;
        private readonly Span<T> _dx = dx;
        private readonly int _channels = channels;
        private readonly T _mean = mean;
        private readonly T _inverse = inverse;
        private readonly T _shift = shift;
        private readonly T _slope = slope;
        private readonly TPrologue _prologue = prologue;
        private readonly TEpilogue _e = e;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var index = row * _channels + column;
            var g = _prologue.Apply(V.Load(_dy, index), row, column);
            if (!_gamma.IsEmpty)
                g *= V.Load(_gamma, column);
            var value = V.FusedMultiplyAdd(V.Load(_x, index) - V.Create(_mean), V.Create(_slope), V.FusedMultiplyAdd(g, V.Create(_inverse), V.Create(_shift)));
            _e.Apply(value, row, column).Store(_dx, index);
        }
    }
}
