using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>The sizes of a fully connected layer. As static abstract members they are constants to the JIT, which drops every branch that a shape does not take.</summary>
public interface IDenseShape
{
    /// <summary>Features in.</summary>
    static abstract int Inputs { get; }

    /// <summary>Features out.</summary>
    static abstract int Outputs { get; }
}

/// <summary>The three products of a fully connected layer z = x·Wᵀ, W [outputs×inputs]; matrices are row-major and tight, the batch comes first.</summary>
public static class Dense
{
    /// <summary>y = e(x·Wᵀ).</summary>
    /// <param name="x">rows×inputs.</param>
    /// <param name="weight">outputs×inputs.</param>
    /// <param name="y">rows×outputs.</param>
    /// <param name="rows">The batch.</param>
    /// <param name="epilogue">Applied to each element of y exactly once, say bias and activation.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TShape, TEpilogue>(ReadOnlySpan<T> x, ReadOnlySpan<T> weight, Span<T> y, int rows, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IDenseShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        Require.Shape(rows, TShape.Outputs);
        Require.Length(x.Length, rows, TShape.Inputs, nameof(x));
        Require.Length(weight.Length, TShape.Outputs, TShape.Inputs, nameof(weight));
        Require.Length(y.Length, rows, TShape.Outputs, nameof(y));
        if (SmallDense.Covers<TShape>(rows))
            SmallDense.Forward<T, TShape, TEpilogue>(x, weight, y, rows, epilogue);
        else
            Gemm.Multiply(Transpose.No, Transpose.Yes, rows, TShape.Outputs, TShape.Inputs, x, weight, y, epilogue);
    }

    /// <summary>dx = e(dz·W).</summary>
    /// <param name="dz">rows×outputs.</param>
    /// <param name="weight">outputs×inputs.</param>
    /// <param name="dx">rows×inputs.</param>
    /// <param name="rows">The batch.</param>
    /// <param name="epilogue">Applied to each element of dx exactly once, say the derivative of the activation before.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void BackwardInput<T, TShape, TEpilogue>(ReadOnlySpan<T> dz, ReadOnlySpan<T> weight, Span<T> dx, int rows, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IDenseShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        Require.Shape(rows, TShape.Outputs);
        Require.Length(dz.Length, rows, TShape.Outputs, nameof(dz));
        Require.Length(weight.Length, TShape.Outputs, TShape.Inputs, nameof(weight));
        Require.Length(dx.Length, rows, TShape.Inputs, nameof(dx));
        if (SmallDense.Covers<TShape>(rows))
            SmallDense.BackwardInput<T, TShape, TEpilogue>(dz, weight, dx, rows, epilogue);
        else
            Gemm.Multiply(Transpose.No, Transpose.No, rows, TShape.Inputs, TShape.Outputs, dz, weight, dx, epilogue);
    }

    /// <summary>dW = e(dzᵀ·x).</summary>
    /// <param name="dz">rows×outputs.</param>
    /// <param name="x">rows×inputs.</param>
    /// <param name="dWeight">outputs×inputs.</param>
    /// <param name="rows">The batch, over which the sum runs.</param>
    /// <param name="epilogue">Applied to each element of dW exactly once; its row is the output, its column the input.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void BackwardWeight<T, TShape, TEpilogue>(ReadOnlySpan<T> dz, ReadOnlySpan<T> x, Span<T> dWeight, int rows, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IDenseShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        Require.Shape(rows, TShape.Outputs);
        Require.Length(dz.Length, rows, TShape.Outputs, nameof(dz));
        Require.Length(x.Length, rows, TShape.Inputs, nameof(x));
        Require.Length(dWeight.Length, TShape.Outputs, TShape.Inputs, nameof(dWeight));
        if (SmallDense.Covers<TShape>(rows))
            SmallDense.BackwardWeight<T, TShape, TEpilogue>(dz, x, dWeight, rows, epilogue);
        else
            Gemm.Multiply(Transpose.Yes, Transpose.No, TShape.Outputs, TShape.Inputs, rows, dz, x, dWeight, epilogue);
    }

    /// <summary>db = e(Σₙ dz).</summary>
    /// <param name="dz">rows×outputs.</param>
    /// <param name="dBias">outputs.</param>
    /// <param name="rows">The batch, over which the sum runs in order.</param>
    /// <param name="epilogue">Applied to each element of db exactly once; its row is 0, its column the output.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void BackwardBias<T, TShape, TEpilogue>(ReadOnlySpan<T> dz, Span<T> dBias, int rows, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IDenseShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        Require.Shape(rows, TShape.Outputs);
        Require.Length(dz.Length, rows, TShape.Outputs, nameof(dz));
        Require.Length(dBias.Length, 1, TShape.Outputs, nameof(dBias));
        var body = new ColumnSums<T, TEpilogue>
        {
            Matrix = ref MemoryMarshal.GetReference(dz),
            Sums = ref MemoryMarshal.GetReference(dBias),
            Rows = rows,
            Columns = TShape.Outputs,
            Epilogue = epilogue,
        };
        Lanes.Run<T, ColumnSums<T, TEpilogue>>(0, 1, 0, TShape.Outputs, ref body);
    }

    /// <summary>dW = dzᵀ·x and db = Σₙ dz, or added to what is there.</summary>
    /// <param name="dz">rows×outputs.</param>
    /// <param name="x">rows×inputs.</param>
    /// <param name="dWeight">outputs×inputs.</param>
    /// <param name="dBias">outputs, or empty for a layer without bias.</param>
    /// <param name="rows">The batch.</param>
    /// <param name="accumulate">Whether to add.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says.</exception>
    public static void BackwardParameters<T, TShape>(
        ReadOnlySpan<T> dz, ReadOnlySpan<T> x, Span<T> dWeight, Span<T> dBias, int rows, bool accumulate)
        where T : unmanaged
        where TShape : struct, IDenseShape
    {
        Require.LengthOrEmpty(dBias.Length, 1, TShape.Outputs, nameof(dBias));
        if (accumulate)
        {
            BackwardWeight<T, TShape, Accumulate<T>>(dz, x, dWeight, rows, new(dWeight, TShape.Inputs));
            if (!dBias.IsEmpty)
                BackwardBias<T, TShape, Accumulate<T>>(dz, dBias, rows, new(dBias, TShape.Outputs));
        }
        else
        {
            BackwardWeight<T, TShape, Store<T>>(dz, x, dWeight, rows, default);
            if (!dBias.IsEmpty)
                BackwardBias<T, TShape, Store<T>>(dz, dBias, rows, default);
        }
    }

    private ref struct ColumnSums<T, TEpilogue> : ILaneBody<T>
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        public ref readonly T Matrix;
        public ref T Sums;
        public int Rows;
        public int Columns;
        public TEpilogue Epilogue;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var sum = V.Zero;
            for (var i = 0; i < Rows; i++)
                sum += V.Load(in Unsafe.Add(ref Unsafe.AsRef(in Matrix), (nint)i * Columns + column));
            Epilogue.Apply(sum, row, column).Store(ref Unsafe.Add(ref Sums, column));
        }
    }
}
