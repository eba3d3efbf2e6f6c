using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>Softmax along one axis of a tensor [outer × axis × inner]; inner is 1 for the last axis.</summary>
public static class Softmax
{
    /// <summary>Threads of a group that has a row; more than most rows have elements.</summary>
    internal const int Threads = 64;

    /// <summary>y_k = e^(x_k − m)/Σ_j e^(x_j − m) with m the maximum.</summary>
    /// <param name="x">Input [outer × axis × inner].</param>
    /// <param name="y">Output of the same shape; may be <paramref name="x"/>.</param>
    /// <param name="outer">Product of the axes before.</param>
    /// <param name="axis">Length of the axis along which the output sums to 1.</param>
    /// <param name="inner">Product of the axes behind.</param>
    /// <exception cref="ArgumentException">A view's length is not outer·axis·inner.</exception>
    public static void Forward<T, TMath>(ArrayView<T> x, ArrayView<T> y, int outer, int axis, int inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TMath : struct, IElementary<T>
    {
        Require.Length(x.Length, outer * axis, inner, nameof(x));
        Require.Length(y.Length, outer * axis, inner, nameof(y));
        Work.On(x).Launch(Work.Grid(outer * inner), Threads, new SoftmaxKernel<T, TMath>(x, y, axis, inner));
    }

    /// <summary>dx_k = y_k·(dy_k − Σ_j y_j·dy_j).</summary>
    /// <param name="y">Output of the forward pass [outer × axis × inner].</param>
    /// <param name="dy">Its gradient, of the same shape.</param>
    /// <param name="dx">Gradient of the input, of the same shape; may be <paramref name="dy"/>.</param>
    /// <param name="outer">Product of the axes before.</param>
    /// <param name="axis">Length of the axis along which the output sums to 1.</param>
    /// <param name="inner">Product of the axes behind.</param>
    /// <exception cref="ArgumentException">A view's length is not outer·axis·inner.</exception>
    public static void Backward<T>(ArrayView<T> y, ArrayView<T> dy, ArrayView<T> dx, int outer, int axis, int inner)
        where T : unmanaged, INumber<T>
    {
        Require.Length(y.Length, outer * axis, inner, nameof(y));
        Require.Length(dy.Length, outer * axis, inner, nameof(dy));
        Require.Length(dx.Length, outer * axis, inner, nameof(dx));
        Work.On(y).Launch(Work.Grid(outer * inner), Threads, new SoftmaxBackwardKernel<T>(y, dy, dx, axis, inner));
    }
}

/// <summary>A group for each row.</summary>
internal readonly struct SoftmaxKernel<T, TMath>(ArrayView<T> x, ArrayView<T> y, int axis, int inner) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TMath : struct, IElementary<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _y = y;
    private readonly int _axis = axis;
    private readonly int _inner = inner;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(Softmax.Threads);
        var start = Grid.IdxX / _inner * _axis * _inner + Grid.IdxX % _inner;
        var max = T.NegativeInfinity;
        for (var k = Group.IdxX; k < _axis; k += Softmax.Threads)
            max = TMath.Max(max, _x[start + k * _inner]);
        max = GroupSum.Max<T, TMath>(max, shared, Softmax.Threads);
        var sum = T.Zero;
        for (var k = Group.IdxX; k < _axis; k += Softmax.Threads)
            sum += TMath.Exp(_x[start + k * _inner] - max);
        sum = GroupSum.Sum(sum, shared, Softmax.Threads);
        for (var k = Group.IdxX; k < _axis; k += Softmax.Threads)
            _y[start + k * _inner] = TMath.Exp(_x[start + k * _inner] - max) / sum;
    }
}

/// <summary>A group for each row.</summary>
internal readonly struct SoftmaxBackwardKernel<T>(ArrayView<T> y, ArrayView<T> dy, ArrayView<T> dx, int axis, int inner) : IKernel
    where T : unmanaged, INumber<T>
{
    private readonly ArrayView<T> _y = y;
    private readonly ArrayView<T> _dy = dy;
    private readonly ArrayView<T> _dx = dx;
    private readonly int _axis = axis;
    private readonly int _inner = inner;

    public void Run()
    {
        var shared = SharedMemory.Allocate<T>(Softmax.Threads);
        var start = Grid.IdxX / _inner * _axis * _inner + Grid.IdxX % _inner;
        var sum = T.Zero;
        for (var k = Group.IdxX; k < _axis; k += Softmax.Threads)
            sum += _y[start + k * _inner] * _dy[start + k * _inner];
        sum = GroupSum.Sum(sum, shared, Softmax.Threads);
        for (var k = Group.IdxX; k < _axis; k += Softmax.Threads)
            _dx[start + k * _inner] = _y[start + k * _inner] * (_dy[start + k * _inner] - sum);
    }
}
