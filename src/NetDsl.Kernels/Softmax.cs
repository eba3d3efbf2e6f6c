using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>Softmax along one axis of a tensor [outer × axis × inner]; inner is 1 for the last axis.</summary>
public static class Softmax
{
    /// <summary>y_k = e^(x_k − m)/Σ_j e^(x_j − m) with m the maximum, so that large entries do not overflow and −∞ gives 0.</summary>
    /// <param name="x">Input [outer × axis × inner].</param>
    /// <param name="y">Output of the same shape; may be <paramref name="x"/>.</param>
    /// <param name="outer">Product of the axes before.</param>
    /// <param name="axis">Length of the axis along which the output sums to 1.</param>
    /// <param name="inner">Product of the axes behind.</param>
    /// <exception cref="ArgumentException">A span's length is not outer·axis·inner.</exception>
    public static void Forward<T>(ReadOnlySpan<T> x, Span<T> y, int outer, int axis, int inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check(outer, axis, inner);
        Require.Length(x.Length, outer, axis * inner, nameof(x));
        Require.Length(y.Length, outer, axis * inner, nameof(y));
        WorkerPool.Run(Chunks.Count(x.Length, outer), new ForwardBody<T>(x, y, outer, axis, inner));
    }

    /// <summary>dx_k = y_k·(dy_k − Σ_j y_j·dy_j).</summary>
    /// <param name="y">Output of the forward pass [outer × axis × inner].</param>
    /// <param name="dy">Its gradient, of the same shape.</param>
    /// <param name="dx">Gradient of the input, of the same shape; may be <paramref name="dy"/>.</param>
    /// <param name="outer">Product of the axes before.</param>
    /// <param name="axis">Length of the axis along which the output sums to 1.</param>
    /// <param name="inner">Product of the axes behind.</param>
    /// <exception cref="ArgumentException">A span's length is not outer·axis·inner.</exception>
    public static void Backward<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, int outer, int axis, int inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check(outer, axis, inner);
        Require.Length(y.Length, outer, axis * inner, nameof(y));
        Require.Length(dy.Length, outer, axis * inner, nameof(dy));
        Require.Length(dx.Length, outer, axis * inner, nameof(dx));
        WorkerPool.Run(Chunks.Count(y.Length, outer), new BackwardBody<T>(y, dy, dx, outer, axis, inner));
    }

    private static void Check(int outer, int axis, int inner)
    {
        Require.Shape(outer, axis);
        Require.Shape(outer, inner);
    }

    private readonly ref struct ForwardBody<T>(ReadOnlySpan<T> x, Span<T> y, int outer, int axis, int inner) : IParallelBody, ILaneBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _y = y;
        private readonly int _outer = outer;
        private readonly int _axis = axis;
        private readonly int _inner = inner;

        public void Execute(int task)
        {
            var tasks = Chunks.Count(_x.Length, _outer);
            var (start, end) = (Chunks.Start(task, tasks, _outer), Chunks.Start(task + 1, tasks, _outer));
            if (_inner != 1)
            {
                Lanes.Run<T, ForwardBody<T>>(start, end, 0, _inner, in this);
                return;
            }
            for (var row = start; row < end; row++)
                SoftmaxRow.Normalise(_x.Slice(row * _axis, _axis), _y.Slice(row * _axis, _axis));
        }

        /// <summary>The axis of <c>V.Count</c> neighbouring inner positions at once.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var start = row * _axis * _inner + column;
            var end = start + _axis * _inner;
            var max = V.Create(double.NegativeInfinity);
            for (var i = start; i < end; i += _inner)
                max = V.Max(max, V.Load(_x, i));
            var sum = V.Zero;
            for (var i = start; i < end; i += _inner)
            {
                var e = V.Exp(V.Load(_x, i) - max);
                e.Store(_y, i);
                sum += e;
            }
            var scale = V.One / sum;
            for (var i = start; i < end; i += _inner)
                (V.Load(_y, i) * scale).Store(_y, i);
        }
    }

    private readonly ref struct BackwardBody<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, int outer, int axis, int inner) : IParallelBody, ILaneBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _y = y;
        private readonly ReadOnlySpan<T> _dy = dy;
        private readonly Span<T> _dx = dx;
        private readonly int _outer = outer;
        private readonly int _axis = axis;
        private readonly int _inner = inner;

        public void Execute(int task)
        {
            var tasks = Chunks.Count(_y.Length, _outer);
            var (start, end) = (Chunks.Start(task, tasks, _outer), Chunks.Start(task + 1, tasks, _outer));
            if (_inner != 1)
            {
                Lanes.Run<T, BackwardBody<T>>(start, end, 0, _inner, in this);
                return;
            }
            for (var row = start; row < end; row++)
                SoftmaxRow.Backward(_y.Slice(row * _axis, _axis), _dy.Slice(row * _axis, _axis), _dx.Slice(row * _axis, _axis));
        }

        /// <summary>The axis of <c>V.Count</c> neighbouring inner positions at once.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var start = row * _axis * _inner + column;
            var end = start + _axis * _inner;
            var dot = V.Zero;
            for (var i = start; i < end; i += _inner)
                dot = V.FusedMultiplyAdd(V.Load(_y, i), V.Load(_dy, i), dot);
            for (var i = start; i < end; i += _inner)
                (V.Load(_y, i) * (V.Load(_dy, i) - dot)).Store(_dx, i);
        }
    }
}
