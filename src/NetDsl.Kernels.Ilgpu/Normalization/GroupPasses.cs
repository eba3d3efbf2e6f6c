using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Normalization;

/// <summary>
/// What group, layer and RMS normalisation share: statistics of contiguous groups, affine maps by channel, an empty view of means for a normalisation
/// that takes none off. A layer's normalised elements are channels of one position.
/// </summary>
internal static class GroupPasses
{
    /// <summary>y = e(γ·(x − μ)·r + β).</summary>
    public static void Forward<T, TEpilogue>(
        ArrayView<T> x, ArrayView<T> gamma, ArrayView<T> beta, ArrayView<T> y, ArrayView<T> mean, ArrayView<T> inverseDeviation, GroupUnits units, double eps, TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue<T>
    {
        Require.Length(x.Length, units.Samples * units.Channels, units.Inner, nameof(x));
        Require.Length(y.Length, units.Samples * units.Channels, units.Inner, nameof(y));
        Require.LengthOrEmpty(gamma.Length, 1, units.Channels, nameof(gamma));
        Require.LengthOrEmpty(beta.Length, 1, units.Channels, nameof(beta));
        Require.Length(inverseDeviation.Length, units.Samples, units.Groups, nameof(inverseDeviation));
        Work.On(x).Launch(units.Grid, units.Threads, new GroupNormKernel<T, TEpilogue>(x, gamma, beta, y, mean, inverseDeviation, units, T.CreateTruncating(eps), e));
    }

    /// <summary>dx = e(r·(γ·g − mean(γ·g) − x̂·mean(γ·g·x̂))), dγ = Σ g·x̂ and dβ = Σ g.</summary>
    public static void Backward<T, TPrologue, TEpilogue>(
        ArrayView<T> dy, ArrayView<T> x, ArrayView<T> gamma, ArrayView<T> mean, ArrayView<T> inverseDeviation, ArrayView<T> dx, ArrayView<T> dgamma, ArrayView<T> dbeta,
        GroupUnits units, bool accumulate, TPrologue prologue, TEpilogue e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPrologue : struct, IEpilogue<T>
        where TEpilogue : struct, IEpilogue<T>
    {
        Require.Length(dy.Length, units.Samples * units.Channels, units.Inner, nameof(dy));
        Require.Length(x.Length, units.Samples * units.Channels, units.Inner, nameof(x));
        Require.LengthOrEmpty(gamma.Length, 1, units.Channels, nameof(gamma));
        Require.Length(inverseDeviation.Length, units.Samples, units.Groups, nameof(inverseDeviation));
        Require.LengthOrEmpty(dx.Length, units.Samples * units.Channels, units.Inner, nameof(dx));
        Require.LengthOrEmpty(dgamma.Length, 1, units.Channels, nameof(dgamma));
        Require.LengthOrEmpty(dbeta.Length, 1, units.Channels, nameof(dbeta));
        var device = Work.On(x);
        var normalised = new Normalised<T>(x, mean, inverseDeviation, units.Groups, units.GroupChannels);
        // The parameters first: the gradient of the input may take the place of what they read.
        if (dgamma.Length > 0 || dbeta.Length > 0)
        {
            var pieces = new ChannelPieces(units.Samples, units.Channels, units.Inner);
            using (device.TakeTurn())
            {
                var (first, second) = BatchNorm.Scratch<T>(device, pieces);
                var sums = new PieceGradients<T>(first, second, pieces);
                device.Launch(pieces.Grid, Work.Threads, new GradientSumsKernel<T, TPrologue>(dy, normalised, sums, pieces, prologue));
                device.Launch(pieces.WholeGrid, Work.Threads, new AffineGradientsKernel<T>(sums, new(dgamma, dbeta, accumulate ? 1 : 0), pieces));
            }
        }

        if (dx.Length > 0)
        {
            var share = T.CreateTruncating(1.0 / units.Length);
            device.Launch(units.Grid, units.Threads, new GroupNormBackwardKernel<T, TPrologue, TEpilogue>(dy, normalised, gamma, dx, units, share, mean.Length > 0 ? share : T.Zero, prologue, e));
        }
    }
}

/// <summary>A tensor [samples × channels × inner] whose neighbouring channels form groups; a group of threads has a sample's group, which is contiguous.</summary>
internal readonly struct GroupUnits
{
    // Longer ones get more threads.
    private const int Long = 512;
    private const int Few = 64;

    public GroupUnits(int samples, int channels, int inner, int groups)
    {
        if (groups < 1 || channels % groups != 0)
            throw new ArgumentOutOfRangeException(nameof(groups), groups, $"{groups} groups do not share {channels} channels evenly; give a divisor of the channels.");
        (Samples, Channels, Inner, Groups) = (samples, channels, inner, groups);
        GroupChannels = channels / groups;
        Length = GroupChannels * inner;
    }

    public int Samples { get; }

    public int Channels { get; }

    public int Inner { get; }

    public int Groups { get; }

    /// <summary>Channels of a group.</summary>
    public int GroupChannels { get; }

    /// <summary>Elements of a sample's group.</summary>
    public int Length { get; }

    /// <summary>A group of threads for each of all samples' groups.</summary>
    public Index3D Grid => Work.Grid(Samples * Groups);

    /// <summary>Threads of such a group.</summary>
    public int Threads => Length >= Long ? Work.Threads : Few;

    /// <summary>The group's number.</summary>
    public int Unit => ILGPU.Grid.IdxX;

    /// <summary>Where its element i is in the matrix that prologues and epilogues see, [samples·channels × inner] or, for inner = 1, [samples × channels].</summary>
    public (int Row, int Column, int Channel, int Index) Place(int i)
    {
        var sample = Unit / Groups;
        var offset = i / Inner;
        var channel = (Unit - sample * Groups) * GroupChannels + offset;
        return Inner == 1 ? (sample, channel, channel, Unit * Length + i) : (sample * Channels + channel, i - offset * Inner, channel, Unit * Length + i);
    }
}

/// <summary>y = e(γ·(x − μ)·r + β).</summary>
internal readonly struct GroupNormKernel<T, TEpilogue>(
    ArrayView<T> x, ArrayView<T> gamma, ArrayView<T> beta, ArrayView<T> y, ArrayView<T> mean, ArrayView<T> inverseDeviation, GroupUnits units, T eps, TEpilogue e) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _gamma = gamma;
    private readonly ArrayView<T> _beta = beta;
    private readonly ArrayView<T> _y = y;
    private readonly ArrayView<T> _mean = mean;
    private readonly ArrayView<T> _inverseDeviation = inverseDeviation;
    private readonly GroupUnits _units = units;
    private readonly T _share = T.CreateTruncating(1.0 / units.Length);
    private readonly T _eps = eps;
    private readonly TEpilogue _e = e;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(2 * Work.Threads);
        var start = _units.Unit * _units.Length;
        var sum = T.Zero;
        for (var i = Group.IdxX; i < (_mean.Length > 0 ? _units.Length : 0); i += Group.DimX)
            sum += _x[start + i];
        // Without means it is 0; a barrier under a condition would confuse PoCL.
        var mean = GroupSum.Pair(sum, T.Zero, shared, 1).First * _share;

        var (deviations, squares) = (T.Zero, T.Zero);
        for (var i = Group.IdxX; i < _units.Length; i += Group.DimX)
        {
            var d = _x[start + i] - mean;
            deviations += d;
            squares += d * d;
        }

        (deviations, squares) = GroupSum.Pair(deviations, squares, shared, 1);
        if (_mean.Length > 0)
        {
            // What the mean is off by, being rounded, the deviations tell; a variance is not negative, and NaN stays.
            var rest = deviations * _share;
            mean += rest;
            squares -= deviations * rest;
            squares = squares < T.Zero ? T.Zero : squares;
        }

        var inverse = T.One / T.Sqrt(squares * _share + _eps);
        if (Group.IdxX == 0)
        {
            if (_mean.Length > 0)
                _mean[_units.Unit] = mean;
            _inverseDeviation[_units.Unit] = inverse;
        }

        for (var i = Group.IdxX; i < _units.Length; i += Group.DimX)
        {
            var (row, column, channel, index) = _units.Place(i);
            var value = (_x[index] - mean) * inverse;
            if (_gamma.Length > 0)
                value *= _gamma[channel];
            if (_beta.Length > 0)
                value += _beta[channel];
            _y[index] = _e.Apply(value, row, column);
        }
    }
}

/// <summary>dx = e(r·(γ·g − mean(γ·g) − x̂·mean(γ·g·x̂))).</summary>
internal readonly struct GroupNormBackwardKernel<T, TPrologue, TEpilogue>(
    ArrayView<T> dy, Normalised<T> normalised, ArrayView<T> gamma, ArrayView<T> dx, GroupUnits units, T share, T meanShare, TPrologue prologue, TEpilogue e) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TPrologue : struct, IEpilogue<T>
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _dy = dy;
    private readonly Normalised<T> _normalised = normalised;
    private readonly ArrayView<T> _gamma = gamma;
    private readonly ArrayView<T> _dx = dx;
    private readonly GroupUnits _units = units;
    private readonly T _share = share;
    private readonly T _meanShare = meanShare;
    private readonly TPrologue _prologue = prologue;
    private readonly TEpilogue _e = e;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(2 * Work.Threads);
        var (gradient, product) = (T.Zero, T.Zero);
        for (var i = Group.IdxX; i < _units.Length; i += Group.DimX)
        {
            var (row, column, channel, index) = _units.Place(i);
            var g = Gradient(row, column, channel, index);
            gradient += g;
            product += g * _normalised.Of(index, _units.Unit);
        }

        (gradient, product) = GroupSum.Pair(gradient, product, shared, 1);
        var (mean, slope) = (gradient * _meanShare, product * _share);
        for (var i = Group.IdxX; i < _units.Length; i += Group.DimX)
        {
            var (row, column, channel, index) = _units.Place(i);
            var g = Gradient(row, column, channel, index);
            _dx[index] = _e.Apply(_normalised.InverseDeviation(_units.Unit) * (g - mean - _normalised.Of(index, _units.Unit) * slope), row, column);
        }
    }

    private T Gradient(int row, int column, int channel, int index)
    {
        var g = _prologue.Apply(_dy[index], row, column);
        return _gamma.Length > 0 ? _gamma[channel] * g : g;
    }
}
