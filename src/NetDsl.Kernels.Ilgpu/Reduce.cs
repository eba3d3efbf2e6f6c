using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Ilgpu.Device;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>Sums of an operator's results. The order of a sum is fixed by the shape.</summary>
public static class Reduce
{
    // Terms of one thread before another group shares the work, and the most groups.
    private const int Terms = 8;
    private const int Groups = 1024;

    /// <summary>target += Σ_{r, c} e(x[r, c], r, c).</summary>
    /// <param name="x">Input [rows × columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="e">The operator that gives the terms.</param>
    /// <param name="target">One element, to which the sum is added.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void AddSum<T, TEpilogue>(ArrayView<T> x, int rows, int columns, TEpilogue e, ArrayView<T> target)
        where T : unmanaged, INumber<T>
        where TEpilogue : struct, IEpilogue<T>
    {
        Require.Length(x.Length, rows, columns, nameof(x));
        Require.Length(target.Length, 1, 1, nameof(target));
        Sum(Work.On(x), rows * columns, new EpilogueTerm<T, TEpilogue>(x, columns, e), T.One, target, accumulate: true);
    }

    /// <summary>sums[c] = Σ_r e(x[r, c], r, c), or added to what is there.</summary>
    /// <param name="x">Input [rows × columns].</param>
    /// <param name="sums">Receives the sums [columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="e">The operator that gives the terms.</param>
    /// <param name="accumulate">Whether to add.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Columns<T, TEpilogue>(ArrayView<T> x, ArrayView<T> sums, int rows, int columns, TEpilogue e, bool accumulate)
        where T : unmanaged, INumber<T>
        where TEpilogue : struct, IEpilogue<T>
    {
        Require.Length(x.Length, rows, columns, nameof(x));
        Require.Length(sums.Length, 1, columns, nameof(sums));
        Work.On(sums).Launch(Work.Grid((columns + ColumnsKernel<T, TEpilogue>.Width - 1) / ColumnsKernel<T, TEpilogue>.Width), Work.Threads, new ColumnsKernel<T, TEpilogue>(x, sums, rows, columns, e, accumulate ? 1 : 0));
    }

    /// <summary>sums[k] = Σ_{n, i} e(x[n·channels + k, i], n·channels + k, i), or added to what is there.</summary>
    /// <param name="x">Input [samples × channels × inner]; to the operator a matrix [samples·channels × inner].</param>
    /// <param name="sums">Receives the sums [channels].</param>
    /// <param name="samples">Product of the axes before the channels.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Product of the axes behind the channels.</param>
    /// <param name="e">The operator that gives the terms.</param>
    /// <param name="accumulate">Whether to add.</param>
    /// <exception cref="ArgumentException">A view's length does not fit.</exception>
    public static void Channels<T, TEpilogue>(ArrayView<T> x, ArrayView<T> sums, int samples, int channels, int inner, TEpilogue e, bool accumulate)
        where T : unmanaged, INumber<T>
        where TEpilogue : struct, IEpilogue<T>
    {
        Require.Length(x.Length, samples * channels, inner, nameof(x));
        Require.Length(sums.Length, 1, channels, nameof(sums));
        Work.On(sums).Launch(Work.Grid(channels), Work.Threads, new ChannelsKernel<T, TEpilogue>(x, sums, samples, inner, e, accumulate ? 1 : 0));
    }

    /// <summary>target = scale·Σᵢ term(i), or added to what is there; a second kernel adds up the groups' shares where there are several.</summary>
    internal static void Sum<T, TTerm>(DeviceCore device, int count, TTerm term, T scale, ArrayView<T> target, bool accumulate)
        where T : unmanaged, INumber<T>
        where TTerm : struct, ITerm<T>
    {
        var groups = Math.Clamp((count + Work.Threads * Terms - 1) / (Work.Threads * Terms), 1, Groups);
        if (groups == 1)
        {
            device.Launch(Work.Grid(1), Work.Threads, new SumKernel<T, TTerm>(term, count, scale, target, accumulate ? 1 : 0));
            return;
        }

        using (device.TakeTurn())
        {
            var shares = device.Scratch<T>(groups);
            device.Launch(Work.Grid(groups), Work.Threads, new SumKernel<T, TTerm>(term, count, T.One, shares, 0));
            device.Launch(Work.Grid(1), Work.Threads, new SumKernel<T, ElementTerm<T>>(new(shares), groups, scale, target, accumulate ? 1 : 0));
        }
    }
}

/// <summary>Terms by number.</summary>
internal interface ITerm<T>
    where T : unmanaged
{
    T Of(int index);
}

/// <summary>Elements as they are.</summary>
internal readonly struct ElementTerm<T>(ArrayView<T> x) : ITerm<T>
    where T : unmanaged
{
    private readonly ArrayView<T> _x = x;

    public T Of(int index) => _x[index];
}

/// <summary>An operator's results.</summary>
internal readonly struct EpilogueTerm<T, TEpilogue>(ArrayView<T> x, int columns, TEpilogue e) : ITerm<T>
    where T : unmanaged
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly int _columns = columns;
    private readonly TEpilogue _e = e;

    public T Of(int index)
    {
        var row = index / _columns;
        return _e.Apply(_x[index], row, index - row * _columns);
    }
}

/// <summary>Each group's share of a sum.</summary>
internal readonly struct SumKernel<T, TTerm>(TTerm term, int count, T scale, ArrayView<T> sums, int accumulate) : IKernel
    where T : unmanaged, INumber<T>
    where TTerm : struct, ITerm<T>
{
    private readonly TTerm _term = term;
    private readonly int _count = count;
    private readonly T _scale = scale;
    private readonly ArrayView<T> _sums = sums;
    private readonly int _accumulate = accumulate;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(Work.Threads);
        var sum = T.Zero;
        for (var i = Grid.GlobalLinearIndex; i < _count; i += Work.Threads * Grid.DimX)
            sum += _term.Of(i);
        sum = _scale * GroupSum.Sum(sum, shared, Work.Threads);
        if (Group.IdxX == 0)
            _sums.Put(Grid.IdxX, sum, _accumulate);
    }
}

/// <summary>A group for 32 columns, eight threads for each.</summary>
internal readonly struct ColumnsKernel<T, TEpilogue>(ArrayView<T> x, ArrayView<T> sums, int rows, int columns, TEpilogue e, int accumulate) : IKernel
    where T : unmanaged, INumber<T>
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _sums = sums;
    private readonly int _rows = rows;
    private readonly int _columns = columns;
    private readonly TEpilogue _e = e;
    private readonly int _accumulate = accumulate;

    public static int Width => 32;

    private static int Shares => Work.Threads / Width;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(Work.Threads);
        var thread = Group.IdxX;
        var (share, lane) = (thread / Width, thread % Width);
        var column = Grid.IdxX * Width + lane;
        var sum = T.Zero;
        if (column < _columns)
        {
            for (var row = share; row < _rows; row += Shares)
                sum += _e.Apply(_x[row * _columns + column], row, column);
        }

        shared[thread] = sum;
        for (var half = Shares / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (share < half)
                shared[thread] = shared[thread] + shared[thread + half * Width];
        }

        if (share == 0 && column < _columns)
            _sums.Put(column, shared[thread], _accumulate);
    }
}

/// <summary>A group for each channel.</summary>
internal readonly struct ChannelsKernel<T, TEpilogue>(ArrayView<T> x, ArrayView<T> sums, int samples, int inner, TEpilogue e, int accumulate) : IKernel
    where T : unmanaged, INumber<T>
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _sums = sums;
    private readonly int _samples = samples;
    private readonly int _inner = inner;
    private readonly TEpilogue _e = e;
    private readonly int _accumulate = accumulate;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(Work.Threads);
        var (channel, channels) = (Grid.IdxX, Grid.DimX);
        var sum = T.Zero;
        for (var i = Group.IdxX; i < _samples * _inner; i += Work.Threads)
        {
            var sample = i / _inner;
            var (row, column) = (sample * channels + channel, i - sample * _inner);
            sum += _e.Apply(_x[row * _inner + column], row, column);
        }

        sum = GroupSum.Sum(sum, shared, Work.Threads);
        if (Group.IdxX == 0)
            _sums.Put(channel, sum, _accumulate);
    }
}
