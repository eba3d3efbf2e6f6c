using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>The logarithm of softmax along one axis of a tensor [outer × axis × inner]; inner is 1 for the last axis.</summary>
public static class LogSoftmax
{
    /// <summary>y_k = x_k − m − ln Σ_j e^(x_j − m) with m the maximum: no overflow, and finite where softmax itself is 0 to the precision.</summary>
    /// <param name="x">Input [outer × axis × inner].</param>
    /// <param name="y">Output of the same shape; may be <paramref name="x"/>.</param>
    /// <param name="outer">Product of the axes before.</param>
    /// <param name="axis">Length of the axis along which e^y sums to 1.</param>
    /// <param name="inner">Product of the axes behind.</param>
    /// <exception cref="ArgumentException">A span's length is not outer·axis·inner.</exception>
    public static void Forward<T>(ReadOnlySpan<T> x, Span<T> y, int outer, int axis, int inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require.Shape(outer, axis, inner);
        Require.Length(x.Length, outer, axis, inner, nameof(x));
        Require.Length(y.Length, outer, axis, inner, nameof(y));
        AxisLoop.Run<T, ForwardBody<T>>(outer, axis, inner, new ForwardBody<T>(x, y));
    }

    /// <summary>dx_k = dy_k − e^(y_k)·Σ_j dy_j.</summary>
    /// <param name="y">Output of the forward pass [outer × axis × inner].</param>
    /// <param name="dy">Its gradient, of the same shape.</param>
    /// <param name="dx">Gradient of the input, of the same shape; may be <paramref name="dy"/>.</param>
    /// <param name="outer">Product of the axes before.</param>
    /// <param name="axis">Length of the axis along which e^y sums to 1.</param>
    /// <param name="inner">Product of the axes behind.</param>
    /// <exception cref="ArgumentException">A span's length is not outer·axis·inner.</exception>
    public static void Backward<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, int outer, int axis, int inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require.Shape(outer, axis, inner);
        Require.Length(y.Length, outer, axis, inner, nameof(y));
        Require.Length(dy.Length, outer, axis, inner, nameof(dy));
        Require.Length(dx.Length, outer, axis, inner, nameof(dx));
        AxisLoop.Run<T, BackwardBody<T>>(outer, axis, inner, new BackwardBody<T>(y, dy, dx));
    }

    private readonly ref struct ForwardBody<T>(ReadOnlySpan<T> x, Span<T> y) : IAxisBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Row(int start, int length) => SoftmaxRow.LogNormalise(_x.Slice(start, length), _y.Slice(start, length));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Lane<V>(int start, int end, int inner)
            where V : struct, ISimd<V, T>
        {
            var max = V.Create(double.NegativeInfinity);
            for (var i = start; i < end; i += inner)
                max = V.Max(max, V.Load(_x, i));
            var sum = V.Zero;
            for (var i = start; i < end; i += inner)
                sum += V.Exp(V.Load(_x, i) - max);
            var logSum = V.Log(sum);
            for (var i = start; i < end; i += inner)
                (V.Load(_x, i) - max - logSum).Store(_y, i);
        }
    }

    private readonly ref struct BackwardBody<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx) : IAxisBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _y = y;
        private readonly ReadOnlySpan<T> _dy = dy;
        private readonly Span<T> _dx = dx;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Row(int start, int length) => SoftmaxRow.LogBackward(_y.Slice(start, length), _dy.Slice(start, length), _dx.Slice(start, length));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Lane<V>(int start, int end, int inner)
            where V : struct, ISimd<V, T>
        {
            var sum = V.Zero;
            for (var i = start; i < end; i += inner)
                sum += V.Load(_dy, i);
            for (var i = start; i < end; i += inner)
                (V.Load(_dy, i) - V.Exp(V.Load(_y, i)) * sum).Store(_dx, i);
        }
    }
}
