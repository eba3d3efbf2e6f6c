using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Ilgpu.Gemm;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>The three products of a fully connected layer z = x·Wᵀ, W [outputs×inputs]; matrices are row-major and tight, the batch comes first.</summary>
public static class Dense
{
    /// <summary>y = e(x·Wᵀ).</summary>
    /// <param name="x">rows×inputs.</param>
    /// <param name="weight">outputs×inputs.</param>
    /// <param name="y">rows×outputs.</param>
    /// <param name="rows">The batch.</param>
    /// <param name="epilogue">Applied to each element of y exactly once, in registers.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says.</exception>
    public static void Forward<T, TShape, TEpilogue>(ArrayView<T> x, ArrayView<T> weight, ArrayView<T> y, int rows, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IDenseShape
        where TEpilogue : struct, IEpilogue<T>
    {
        Require.Length(x.Length, rows, TShape.Inputs, nameof(x));
        Require.Length(weight.Length, TShape.Outputs, TShape.Inputs, nameof(weight));
        Require.Length(y.Length, rows, TShape.Outputs, nameof(y));
        var device = Work.On(weight);
        if (device.Blas?.Forward<T, TShape, TEpilogue>(x, weight, y, rows, epilogue) == true)
            return;
        Product.Run<T, DenseForward<T, TShape, TEpilogue>>(device, new(x, weight, y, rows, epilogue));
    }

    /// <summary>dx = e(dz·W).</summary>
    /// <param name="dz">rows×outputs.</param>
    /// <param name="weight">outputs×inputs.</param>
    /// <param name="dx">rows×inputs.</param>
    /// <param name="rows">The batch.</param>
    /// <param name="epilogue">Applied to each element of dx exactly once, in registers.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says.</exception>
    public static void BackwardInput<T, TShape, TEpilogue>(ArrayView<T> dz, ArrayView<T> weight, ArrayView<T> dx, int rows, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IDenseShape
        where TEpilogue : struct, IEpilogue<T>
    {
        Require.Length(dz.Length, rows, TShape.Outputs, nameof(dz));
        Require.Length(weight.Length, TShape.Outputs, TShape.Inputs, nameof(weight));
        Require.Length(dx.Length, rows, TShape.Inputs, nameof(dx));
        var device = Work.On(weight);
        if (device.Blas?.BackwardInput<T, TShape, TEpilogue>(dz, weight, dx, rows, epilogue) == true)
            return;
        Product.Run<T, DenseBackwardInput<T, TShape, TEpilogue>>(device, new(dz, weight, dx, rows, epilogue));
    }

    /// <summary>dW = dzᵀ·x and db = Σₙ dz, or added to what is there, in one launch: db is the column of dW that belongs to an input of ones.</summary>
    /// <param name="dz">rows×outputs.</param>
    /// <param name="x">rows×inputs.</param>
    /// <param name="dWeight">outputs×inputs.</param>
    /// <param name="dBias">outputs, or empty for a layer without bias.</param>
    /// <param name="rows">The batch.</param>
    /// <param name="accumulate">Whether to add.</param>
    /// <exception cref="ArgumentException">A view has another length than the shape says.</exception>
    public static void BackwardParameters<T, TShape>(ArrayView<T> dz, ArrayView<T> x, ArrayView<T> dWeight, ArrayView<T> dBias, int rows, bool accumulate)
        where T : unmanaged, INumber<T>
        where TShape : struct, NetDsl.Kernels.IDenseShape
    {
        Require.Length(dz.Length, rows, TShape.Outputs, nameof(dz));
        Require.Length(x.Length, rows, TShape.Inputs, nameof(x));
        Require.Length(dWeight.Length, TShape.Outputs, TShape.Inputs, nameof(dWeight));
        Require.LengthOrEmpty(dBias.Length, 1, TShape.Outputs, nameof(dBias));
        var device = Work.On(dWeight);
        if (device.Blas?.BackwardParameters<T, TShape>(dz, x, dWeight, dBias, rows, accumulate) == true)
            return;
        Product.Run<T, DenseBackwardParameters<T, TShape>>(device, new(dz, x, dWeight, dBias, rows, accumulate ? 1 : 0));
    }
}

/// <summary>y = e(x·Wᵀ).</summary>
internal readonly struct DenseForward<T, TShape, TEpilogue>(ArrayView<T> x, ArrayView<T> weight, ArrayView<T> y, int rows, TEpilogue epilogue) : IProduct<T>
    where T : unmanaged
    where TShape : struct, NetDsl.Kernels.IDenseShape
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _weight = weight;
    private readonly ArrayView<T> _y = y;
    private readonly int _rows = rows;
    private readonly TEpilogue _epilogue = epilogue;

    public static bool LeftAlongDepth => true;

    public static bool RightAlongDepth => true;

    public int Rows => _rows;

    public int Columns => TShape.Outputs;

    public int Depth => TShape.Inputs;

    public T Left(int row, int k) => _x[row * TShape.Inputs + k];

    public T Right(int k, int column) => _weight[column * TShape.Inputs + k];

    public void Store(int row, int column, T sum) => _y[row * TShape.Outputs + column] = _epilogue.Apply(sum, row, column);
}

/// <summary>dx = e(dz·W).</summary>
internal readonly struct DenseBackwardInput<T, TShape, TEpilogue>(ArrayView<T> dz, ArrayView<T> weight, ArrayView<T> dx, int rows, TEpilogue epilogue) : IProduct<T>
    where T : unmanaged
    where TShape : struct, NetDsl.Kernels.IDenseShape
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _dz = dz;
    private readonly ArrayView<T> _weight = weight;
    private readonly ArrayView<T> _dx = dx;
    private readonly int _rows = rows;
    private readonly TEpilogue _epilogue = epilogue;

    public static bool LeftAlongDepth => true;

    public static bool RightAlongDepth => false;

    public int Rows => _rows;

    public int Columns => TShape.Inputs;

    public int Depth => TShape.Outputs;

    public T Left(int row, int k) => _dz[row * TShape.Outputs + k];

    public T Right(int k, int column) => _weight[k * TShape.Inputs + column];

    public void Store(int row, int column, T sum) => _dx[row * TShape.Inputs + column] = _epilogue.Apply(sum, row, column);
}

/// <summary>dW = dzᵀ·x, and db in a column of its own.</summary>
internal readonly struct DenseBackwardParameters<T, TShape>(ArrayView<T> dz, ArrayView<T> x, ArrayView<T> dWeight, ArrayView<T> dBias, int rows, int accumulate) : IProduct<T>
    where T : unmanaged, INumber<T>
    where TShape : struct, NetDsl.Kernels.IDenseShape
{
    private readonly ArrayView<T> _dz = dz;
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _dWeight = dWeight;
    private readonly ArrayView<T> _dBias = dBias;
    private readonly int _rows = rows;
    private readonly int _accumulate = accumulate;

    public static bool LeftAlongDepth => false;

    public static bool RightAlongDepth => false;

    public int Rows => TShape.Outputs;

    public int Columns => TShape.Inputs + (_dBias.Length > 0 ? 1 : 0);

    public int Depth => _rows;

    public T Left(int row, int k) => _dz[k * TShape.Outputs + row];

    public T Right(int k, int column) => column < TShape.Inputs ? _x[k * TShape.Inputs + column] : T.One;

    public void Store(int row, int column, T sum)
    {
        if (column < TShape.Inputs)
            _dWeight.Put(row * TShape.Inputs + column, sum, _accumulate);
        else
            _dBias.Put(row, sum, _accumulate);
    }
}
