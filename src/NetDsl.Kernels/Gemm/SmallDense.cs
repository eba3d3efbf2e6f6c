using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>
/// The products of a layer whose weights fit into a few registers: no blocks, no tasks, no packing, only loops whose lengths the JIT knows.
/// </summary>
internal static class SmallDense
{
    /// <summary>Most weights of a small layer; their transpose stands on the stack.</summary>
    private const int MostWeights = 256;

    /// <summary>Multiply-adds of a batch up to which the loops here beat the tiles.</summary>
    private const int MostWork = 4096;

    /// <summary>Whether a layer and its batch are small. For a shape that is not, the JIT sees a constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Covers<TShape>(int rows)
        where TShape : struct, IDenseShape =>
        TShape.Inputs * TShape.Outputs <= MostWeights && rows <= MostWork / (TShape.Inputs * TShape.Outputs);

    /// <summary>y = e(x·Wᵀ).</summary>
    [SkipLocalsInit]
    public static unsafe void Forward<T, TShape, TEpilogue>(ReadOnlySpan<T> x, ReadOnlySpan<T> weight, Span<T> y, int rows, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IDenseShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        if (TShape.Outputs == 1)
        {
            var dots = new RowDots<T, TShape, TEpilogue>
            {
                X = ref MemoryMarshal.GetReference(x),
                Weight = ref MemoryMarshal.GetReference(weight),
                Y = ref MemoryMarshal.GetReference(y),
                Epilogue = epilogue,
            };
            Lanes.Run<T, RowDots<T, TShape, TEpilogue>>(0, rows, 0, 1, ref dots);
            return;
        }

        var columns = stackalloc T[TShape.Inputs * TShape.Outputs];
        var turn = new TurnWeight<T, TShape> { Weight = ref MemoryMarshal.GetReference(weight), Turned = columns };
        Lanes.Run<T, TurnWeight<T, TShape>>(0, TShape.Inputs, 0, TShape.Outputs, ref turn);
        var product = new Product<T, TEpilogue>
        {
            A = ref MemoryMarshal.GetReference(x),
            ARow = TShape.Inputs,
            AStep = 1,
            B = ref *columns,
            C = ref MemoryMarshal.GetReference(y),
            Columns = TShape.Outputs,
            Depth = TShape.Inputs,
            Epilogue = epilogue,
        };
        Lanes.Run<T, Product<T, TEpilogue>>(0, rows, 0, TShape.Outputs, ref product);
    }

    /// <summary>dx = e(dz·W).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void BackwardInput<T, TShape, TEpilogue>(ReadOnlySpan<T> dz, ReadOnlySpan<T> weight, Span<T> dx, int rows, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IDenseShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        var product = new Product<T, TEpilogue>
        {
            A = ref MemoryMarshal.GetReference(dz),
            ARow = TShape.Outputs,
            AStep = 1,
            B = ref MemoryMarshal.GetReference(weight),
            C = ref MemoryMarshal.GetReference(dx),
            Columns = TShape.Inputs,
            Depth = TShape.Outputs,
            Epilogue = epilogue,
        };
        Lanes.Run<T, Product<T, TEpilogue>>(0, rows, 0, TShape.Inputs, ref product);
    }

    /// <summary>dW = e(dzᵀ·x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void BackwardWeight<T, TShape, TEpilogue>(ReadOnlySpan<T> dz, ReadOnlySpan<T> x, Span<T> dWeight, int rows, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IDenseShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        var product = new Product<T, TEpilogue>
        {
            A = ref MemoryMarshal.GetReference(dz),
            ARow = 1,
            AStep = TShape.Outputs,
            B = ref MemoryMarshal.GetReference(x),
            C = ref MemoryMarshal.GetReference(dWeight),
            Columns = TShape.Inputs,
            Depth = rows,
            Epilogue = epilogue,
        };
        Lanes.Run<T, Product<T, TEpilogue>>(0, TShape.Outputs, 0, TShape.Inputs, ref product);
    }

    /// <summary>c[row, column] = e(Σₚ a[row·ARow + p·AStep] · b[p, column]).</summary>
    private ref struct Product<T, TEpilogue> : ILaneBody<T>
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        public ref readonly T A;
        public int ARow;
        public int AStep;
        public ref readonly T B;
        public ref T C;
        public int Columns;
        public int Depth;
        public TEpilogue Epilogue;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var sum = V.Zero;
            ref var a = ref Unsafe.Add(ref Unsafe.AsRef(in A), row * ARow);
            ref var b = ref Unsafe.Add(ref Unsafe.AsRef(in B), column);
            for (var p = 0; p < Depth; p++)
            {
                sum = TileMath.MultiplyAdd<T, V>(V.Create(a), V.Load(in b), sum);
                a = ref Unsafe.Add(ref a, AStep);
                b = ref Unsafe.Add(ref b, Columns);
            }
            Epilogue.Apply(sum, row, column).Store(ref Unsafe.Add(ref C, row * Columns + column));
        }
    }

    /// <summary>y[row] = e(Σᵢ x[row, i] · w[i]), for a layer with one output.</summary>
    private ref struct RowDots<T, TShape, TEpilogue> : ILaneBody<T>
        where T : unmanaged
        where TShape : struct, IDenseShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        public ref readonly T X;
        public ref readonly T Weight;
        public ref T Y;
        public TEpilogue Epilogue;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var sum = V.Zero;
            var i = 0;
            if (Vector256.IsHardwareAccelerated)
                sum += Part<V, Simd256<T>>(row, ref i);
            sum += Part<V, Simd128<T>>(row, ref i);
            sum += Part<V, Simd1<T>>(row, ref i);
            Epilogue.Apply(sum, row, column).Store(ref Unsafe.Add(ref Y, row));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly V Part<V, TPart>(int row, ref int i)
            where V : struct, ISimd<V, T>
            where TPart : struct, ISimd<TPart, T>
        {
            if (i + TPart.Count > TShape.Inputs)
                return V.Zero;
            var sum = TPart.Zero;
            for (; i + TPart.Count <= TShape.Inputs; i += TPart.Count)
            {
                sum = TileMath.MultiplyAdd<T, TPart>(
                    TPart.Load(in Unsafe.Add(ref Unsafe.AsRef(in X), row * TShape.Inputs + i)), TPart.Load(in Unsafe.Add(ref Unsafe.AsRef(in Weight), i)), sum);
            }
            return V.Create(TPart.Sum(sum));
        }
    }

    /// <summary>turned[i, o] = w[o, i].</summary>
    private unsafe ref struct TurnWeight<T, TShape> : ILaneBody<T>
        where T : unmanaged
        where TShape : struct, IDenseShape
    {
        public ref readonly T Weight;
        public T* Turned;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            ref var source = ref Unsafe.Add(ref Unsafe.AsRef(in Weight), column * TShape.Inputs + row);
            Gather<T, TShape, V>(ref source).Store(ref Turned[row * TShape.Outputs + column]);
        }
    }

    // Built in registers: a vector load of elements just stored one by one would wait for them to reach the cache.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Gather<T, TShape, V>(ref T source)
        where T : unmanaged
        where TShape : struct, IDenseShape
        where V : struct, ISimd<V, T>
    {
        if (V.Count == 1)
            return V.Load(ref source);
        if (Unsafe.SizeOf<V>() == Unsafe.SizeOf<Vector512<T>>())
            return Unsafe.BitCast<Vector512<T>, V>(Vector512.Create(Gather256<T, TShape>(ref source), Gather256<T, TShape>(ref Next<T, TShape>(ref source, Vector256<T>.Count))));
        if (Unsafe.SizeOf<V>() == Unsafe.SizeOf<Vector256<T>>())
            return Unsafe.BitCast<Vector256<T>, V>(Gather256<T, TShape>(ref source));
        return Unsafe.BitCast<Vector128<T>, V>(Gather128<T, TShape>(ref source));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Gather256<T, TShape>(ref T source)
        where T : unmanaged
        where TShape : struct, IDenseShape =>
        Vector256.Create(Gather128<T, TShape>(ref source), Gather128<T, TShape>(ref Next<T, TShape>(ref source, Vector128<T>.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Gather128<T, TShape>(ref T source)
        where T : unmanaged
        where TShape : struct, IDenseShape
    {
        ref var second = ref Next<T, TShape>(ref source, 1);
        if (typeof(T) == typeof(double))
            return Vector128.Create(Unsafe.As<T, double>(ref source), Unsafe.As<T, double>(ref second)).As<double, T>();
        return Vector128.Create(
            Unsafe.As<T, float>(ref source), Unsafe.As<T, float>(ref second),
            Unsafe.As<T, float>(ref Next<T, TShape>(ref source, 2)), Unsafe.As<T, float>(ref Next<T, TShape>(ref source, 3))).As<float, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref T Next<T, TShape>(ref T source, int rows)
        where T : unmanaged
        where TShape : struct, IDenseShape => ref Unsafe.Add(ref source, rows * TShape.Inputs);
}
