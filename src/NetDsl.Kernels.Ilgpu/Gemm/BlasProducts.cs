using System.Diagnostics;
using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Ilgpu.Device;

namespace NetDsl.Kernels.Ilgpu.Gemm;

/// <summary>
/// The products of dense layers by a library: a call for the product, and a launch for the operators behind it. A row-major matrix is its transpose in BLAS's order, so that
/// Y = X·Wᵀ is asked for as Yᵀ = W·Xᵀ.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="library">The library.</param>
/// <param name="measures">Whether it is used only where it was faster than the tiles when a shape came for the first time.</param>
internal sealed class BlasProducts(DeviceCore device, IBlas library, bool measures)
{
    private const int Samples = 3;
    private const int Calls = 5;

    private readonly Dictionary<Shape, bool> _choices = [];

    private enum Direction
    {
        Forward,
        BackwardInput,
        BackwardParameters,
    }

    public bool Measures => measures;

    /// <summary>What was decided so far: products that the library computes, and those that it doesn't.</summary>
    public (int Library, int Tiles) Choices => (_choices.Values.Count(used => used), _choices.Values.Count(used => !used));

    /// <summary>The device's choice of products; null for the tiles, and where the fastest are asked for and there is no library.</summary>
    /// <exception cref="NotSupportedException">The library was asked for and isn't there.</exception>
    public static BlasProducts? For(DeviceCore device, Products products)
    {
        switch (products)
        {
            case Products.Tiles:
                return null;
            case Products.CuBlas:
                return new BlasProducts(device, CuBlasLibrary.On(device), measures: false);
            case Products.Fastest:
                try
                {
                    return new BlasProducts(device, CuBlasLibrary.On(device), measures: true);
                }
                catch (NotSupportedException)
                {
                    return null;
                }

            default:
                throw new ArgumentOutOfRangeException(nameof(products), products, $"Expected {nameof(Products.Tiles)}, {nameof(Products.CuBlas)} or {nameof(Products.Fastest)}.");
        }
    }

    /// <summary>y = e(x·Wᵀ), if the library is to compute it.</summary>
    /// <returns>Whether it did.</returns>
    public bool Forward<T, TShape, TEpilogue>(ArrayView<T> x, ArrayView<T> weight, ArrayView<T> y, int rows, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IDenseShape
        where TEpilogue : struct, IEpilogue<T>
    {
        if (rows == 0 || !Uses<T, TShape, TEpilogue>(Direction.Forward, x, weight, rows))
            return false;
        Finish(y, rows, TShape.Outputs, epilogue, new ForwardCall<T, TShape>(x, weight, rows));
        return true;
    }

    /// <summary>dx = e(dz·W), if the library is to compute it.</summary>
    /// <returns>Whether it did.</returns>
    public bool BackwardInput<T, TShape, TEpilogue>(ArrayView<T> dz, ArrayView<T> weight, ArrayView<T> dx, int rows, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IDenseShape
        where TEpilogue : struct, IEpilogue<T>
    {
        if (rows == 0 || !Uses<T, TShape, TEpilogue>(Direction.BackwardInput, dz, weight, rows))
            return false;
        Finish(dx, rows, TShape.Inputs, epilogue, new BackwardInputCall<T, TShape>(dz, weight, rows));
        return true;
    }

    /// <summary>dW = dzᵀ·x and db = Σₙ dz, or added to what is there, if the library is to compute them.</summary>
    /// <returns>Whether it did.</returns>
    public bool BackwardParameters<T, TShape>(ArrayView<T> dz, ArrayView<T> x, ArrayView<T> dWeight, ArrayView<T> dBias, int rows, bool accumulate)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IDenseShape
    {
        if (rows == 0 || !Uses<T, TShape, Store<T>>(Direction.BackwardParameters, dz, x, rows))
            return false;
        Parameters<T, TShape>(dz, x, dWeight, dBias, rows, accumulate);
        return true;
    }

    private void Parameters<T, TShape>(ArrayView<T> dz, ArrayView<T> x, ArrayView<T> dWeight, ArrayView<T> dBias, int rows, bool accumulate)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IDenseShape
    {
        // dWᵀ = Xᵀ·dZ.
        using (device.TakeTurn())
        {
            if (device.CountsLaunch())
                library.Multiply(false, true, TShape.Inputs, TShape.Outputs, rows, x, TShape.Inputs, dz, TShape.Outputs, accumulate ? T.One : T.Zero, dWeight, TShape.Inputs);
        }

        if (dBias.Length > 0)
            Reduce.Columns(dz, dBias, rows, TShape.Outputs, default(Store<T>), accumulate);
    }

    private void Finish<T, TEpilogue, TCall>(ArrayView<T> result, int rows, int columns, TEpilogue epilogue, TCall call)
        where T : unmanaged, INumber<T>
        where TEpilogue : struct, IEpilogue<T>
        where TCall : struct, ICall<T>
    {
        using (device.TakeTurn())
        {
            // Not in the result's place: what the epilogue reads may lie there.
            var product = typeof(TEpilogue) == typeof(Store<T>) ? result : device.Scratch<T>((long)rows * columns);
            if (device.CountsLaunch())
                call.To(library, product);
            if (typeof(TEpilogue) != typeof(Store<T>))
                Pass.Apply(product, result, rows, columns, epilogue);
        }
    }

    private bool Uses<T, TShape, TEpilogue>(Direction direction, ArrayView<T> left, ArrayView<T> right, int rows)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IDenseShape
        where TEpilogue : struct, IEpilogue<T>
    {
        if (!measures)
            return true;
        if (device.Log is not null)
            return false;
        var shape = new Shape(typeof(T), direction, rows, TShape.Inputs, TShape.Outputs, typeof(TEpilogue) == typeof(Store<T>));
        using (device.TakeTurn())
        {
            if (!_choices.TryGetValue(shape, out var uses))
                _choices.Add(shape, uses = IsFaster<T, TShape>(shape, left, right));
            return uses;
        }
    }

    // Into memory of its own, so that nothing changes that the network has.
    private bool IsFaster<T, TShape>(Shape shape, ArrayView<T> left, ArrayView<T> right)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IDenseShape
    {
        var rows = shape.Rows;
        var length = shape.Direction switch
        {
            Direction.Forward => (long)rows * TShape.Outputs,
            Direction.BackwardInput => (long)rows * TShape.Inputs,
            _ => (long)TShape.Outputs * TShape.Inputs,
        };
        using var resultMemory = device.Accelerator.Allocate1D<T>(length);
        using var biasMemory = device.Accelerator.Allocate1D<T>(TShape.Outputs);
        var (result, bias) = (resultMemory.View.BaseView, biasMemory.View.BaseView);
        return shape.Direction switch
        {
            Direction.Forward => IsFaster(
                () => Finish(result, rows, TShape.Outputs, default(Store<T>), new ForwardCall<T, TShape>(left, right, rows)),
                () => Product.Run<T, DenseForward<T, TShape, Store<T>>>(device, new(left, right, result, rows, default))),
            Direction.BackwardInput => IsFaster(
                () => Finish(result, rows, TShape.Inputs, default(Store<T>), new BackwardInputCall<T, TShape>(left, right, rows)),
                () => Product.Run<T, DenseBackwardInput<T, TShape, Store<T>>>(device, new(left, right, result, rows, default))),
            _ => IsFaster(
                () => Parameters<T, TShape>(left, right, result, bias, rows, accumulate: false),
                () => Product.Run<T, DenseBackwardParameters<T, TShape>>(device, new(left, right, result, bias, rows, 0))),
        };

        bool IsFaster(Action byLibrary, Action byTiles) => Seconds(shape.IsStored || shape.Direction == Direction.BackwardParameters ? byLibrary : () =>
        {
            byLibrary();
            Pass.Apply(result, result, 1, (int)length, default(Store<T>));
        }) < Seconds(byTiles);
    }

    private double Seconds(Action call)
    {
        call();
        device.Synchronize();
        var least = double.MaxValue;
        for (var sample = 0; sample < Samples; sample++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Calls; i++)
                call();
            device.Synchronize();
            least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return least;
    }

    private readonly record struct Shape(Type Type, Direction Direction, int Rows, int Inputs, int Outputs, bool IsStored);

    private interface ICall<T>
        where T : unmanaged
    {
        void To(IBlas library, ArrayView<T> result);
    }

    // Yᵀ = W·Xᵀ.
    private readonly struct ForwardCall<T, TShape>(ArrayView<T> x, ArrayView<T> weight, int rows) : ICall<T>
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IDenseShape
    {
        private readonly ArrayView<T> _x = x;
        private readonly ArrayView<T> _weight = weight;
        private readonly int _rows = rows;

        public void To(IBlas library, ArrayView<T> result) =>
            library.Multiply(true, false, TShape.Outputs, _rows, TShape.Inputs, _weight, TShape.Inputs, _x, TShape.Inputs, T.Zero, result, TShape.Outputs);
    }

    // dXᵀ = Wᵀ·dZᵀ.
    private readonly struct BackwardInputCall<T, TShape>(ArrayView<T> dz, ArrayView<T> weight, int rows) : ICall<T>
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IDenseShape
    {
        private readonly ArrayView<T> _dz = dz;
        private readonly ArrayView<T> _weight = weight;
        private readonly int _rows = rows;

        public void To(IBlas library, ArrayView<T> result) =>
            library.Multiply(false, false, TShape.Inputs, _rows, TShape.Outputs, _weight, TShape.Inputs, _dz, TShape.Outputs, T.Zero, result, TShape.Inputs);
    }
}
