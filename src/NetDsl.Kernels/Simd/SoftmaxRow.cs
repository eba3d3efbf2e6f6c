using System.Numerics;
using System.Runtime.CompilerServices;

namespace NetDsl.Kernels.Simd;

/// <summary>Softmax and its logarithm on one contiguous row; the steps that layers and losses share. Lengths are the callers' business.</summary>
internal static class SoftmaxRow
{
    /// <summary>y = softmax(x).</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Normalise<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = Exponentials(x, y, Max(x));
        var scale = new ScaleBody<T>(y, T.One / sum);
        Lanes.Row<T, ScaleBody<T>>(0, y.Length, in scale);
    }

    /// <summary>dx = y·(dy − Σ y·dy).</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Backward<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var product = new ProductTerm<T>(y, dy);
        var body = new BackwardBody<T>(y, dy, dx, Lanes.RowSum<T, ProductTerm<T>>(0, y.Length, in product));
        Lanes.Row<T, BackwardBody<T>>(0, y.Length, in body);
    }

    /// <summary>y = ln softmax(x).</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void LogNormalise<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var max = Max(x);
        var body = new LogBody<T>(x, y, max, T.Log(Exponentials(x, default, max)));
        Lanes.Row<T, LogBody<T>>(0, y.Length, in body);
    }

    /// <summary>dx = dy − e^y·Σ dy.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void LogBackward<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var term = new LoadTerm<T>(dy);
        var body = new LogBackwardBody<T>(y, dy, dx, Lanes.RowSum<T, LoadTerm<T>>(0, dy.Length, in term));
        Lanes.Row<T, LogBackwardBody<T>>(0, y.Length, in body);
    }

    /// <summary>max x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max<T>(ReadOnlySpan<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var term = new LoadTerm<T>(x);
        return Lanes.RowMax<T, LoadTerm<T>>(0, x.Length, in term);
    }

    /// <summary>Writes y = e^(x − max), unless y is empty, and returns their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exponentials<T>(ReadOnlySpan<T> x, Span<T> y, T max)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var term = new ExpTerm<T>(x, y, max);
        return Lanes.RowSum<T, ExpTerm<T>>(0, x.Length, in term);
    }

    private readonly ref struct ExpTerm<T>(ReadOnlySpan<T> x, Span<T> y, T max) : ILaneTerm<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _y = y;
        private readonly T _max = max;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var e = V.Exp(V.Load(_x, column) - V.Create(_max));
            if (!_y.IsEmpty)
                e.Store(_y, column);
            return e;
        }
    }

    private readonly ref struct ScaleBody<T>(Span<T> y, T scale) : ILaneBody<T>
        where T : unmanaged
    {
        private readonly Span<T> _y = y;
        private readonly T _scale = scale;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
            => (V.Load(_y, column) * V.Create(_scale)).Store(_y, column);
    }

    private readonly ref struct BackwardBody<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, T dot) : ILaneBody<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _y = y;
        private readonly ReadOnlySpan<T> _dy = dy;
        private readonly Span<T> _dx = dx;
        private readonly T _dot = dot;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
            => (V.Load(_y, column) * (V.Load(_dy, column) - V.Create(_dot))).Store(_dx, column);
    }

    private readonly ref struct LogBody<T>(ReadOnlySpan<T> x, Span<T> y, T max, T logSum) : ILaneBody<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _y = y;
        private readonly T _max = max;
        private readonly T _logSum = logSum;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
            => (V.Load(_x, column) - V.Create(_max) - V.Create(_logSum)).Store(_y, column);
    }

    private readonly ref struct LogBackwardBody<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, T sum) : ILaneBody<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _y = y;
        private readonly ReadOnlySpan<T> _dy = dy;
        private readonly Span<T> _dx = dx;
        private readonly T _sum = sum;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
            => (V.Load(_dy, column) - V.Exp(V.Load(_y, column)) * V.Create(_sum)).Store(_dx, column);
    }
}
