using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>The most usual windows, 2×2 side by side: four vectors are taken apart where they stand, and put together again on the way back.</summary>
/// <param name="Lines">Lines of results.</param>
/// <param name="Columns">Columns of results, at least four floats or two doubles.</param>
/// <param name="Height">Lines of the input, one of which may be left over.</param>
/// <param name="Width">Columns of the input, one of which may be left over.</param>
internal readonly unsafe record struct PairWindows(int Lines, int Columns, int Height, int Width)
{
    public static PairWindows? Of<T>(Axis depth, Axis height, Axis width)
        where T : unmanaged
    {
        var isUsual = depth == Axis.None && IsPair(height) && IsPair(width) && width.Results >= Vector128<T>.Count && Pairs.AreFast<Simd128<T>, T>();
        return isUsual ? new PairWindows(height.Results, width.Results, height.Size, width.Size) : null;

        static bool IsPair(Axis axis) => axis is { Kernel: 2, Stride: 2, Dilation: 1, Before: 0, After: 0 };
    }

    /// <summary>The results of one channel.</summary>
    public void Forward<T, TPooling>(T* x, T* y)
        where T : unmanaged
        where TPooling : struct, IPooling
    {
        if (Columns >= Simd512<T>.Count && Pairs.AreFast<Simd512<T>, T>())
            Forward<T, Simd512<T>, TPooling>(x, y);
        else if (Columns >= Simd256<T>.Count && Pairs.AreFast<Simd256<T>, T>())
            Forward<T, Simd256<T>, TPooling>(x, y);
        else
            Forward<T, Simd128<T>, TPooling>(x, y);
    }

    /// <summary>The gradients of one channel; x and y are looked at where the operation reads them.</summary>
    public void Backward<T, TPooling>(T* dy, T* x, T* y, T* dx)
        where T : unmanaged
        where TPooling : struct, IPooling
    {
        if (Height % 2 != 0)
            new Span<T>(dx + (nint)(Height - 1) * Width, Width).Clear();
        if (typeof(TPooling) == typeof(LargestOfWindow))
        {
            if (2 * Columns >= Simd512<T>.Count && Pairs.AreFast<Simd512<T>, T>())
                OfLargest<T, Simd512<T>>(dy, x, y, dx);
            else if (2 * Columns >= Simd256<T>.Count && Pairs.AreFast<Simd256<T>, T>())
                OfLargest<T, Simd256<T>>(dy, x, y, dx);
            else
                OfLargest<T, Simd128<T>>(dy, x, y, dx);
        }
        else if (Columns >= Simd512<T>.Count && Pairs.AreFast<Simd512<T>, T>())
            Backward<T, Simd512<T>, TPooling>(dy, x, y, dx);
        else if (Columns >= Simd256<T>.Count && Pairs.AreFast<Simd256<T>, T>())
            Backward<T, Simd256<T>, TPooling>(dy, x, y, dx);
        else
            Backward<T, Simd128<T>, TPooling>(dy, x, y, dx);
    }

    // The last vector of a line ends with the line and so may repeat results.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Forward<T, V, TPooling>(T* x, T* y)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TPooling : struct, IPooling
    {
        var count = V.Create(4.0);
        for (var line = 0; line < Lines; line++, x += 2 * Width, y += Columns)
        {
            for (var next = 0; next < Columns; next += V.Count)
            {
                var column = Math.Min(next, Columns - V.Count);
                var upper = x + 2 * column;
                var sum = TPooling.Take<V, T>(V.Create(TPooling.Padding), Pairs.Evens<V, T>(upper));
                sum = TPooling.Take<V, T>(sum, Pairs.Evens<V, T>(upper + 1));
                sum = TPooling.Take<V, T>(sum, Pairs.Evens<V, T>(upper + Width));
                sum = TPooling.Take<V, T>(sum, Pairs.Evens<V, T>(upper + Width + 1));
                TPooling.Finish<V, T>(sum, count).Store(ref y[column]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Backward<T, V, TPooling>(T* dy, T* x, T* y, T* dx)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TPooling : struct, IPooling
    {
        var count = V.Create(4.0);
        for (var line = 0; line < Lines; line++)
        {
            for (var next = 0; next < Columns; next += V.Count)
            {
                var column = Math.Min(next, Columns - V.Count);
                var upper = x + 2 * column;
                V result = default, upperEven = default, upperOdd = default, lowerEven = default, lowerOdd = default;
                if (TPooling.ReadsInput)
                {
                    result = V.Load(in y[column]);
                    upperEven = Pairs.Evens<V, T>(upper);
                    upperOdd = Pairs.Evens<V, T>(upper + 1);
                    lowerEven = Pairs.Evens<V, T>(upper + Width);
                    lowerOdd = Pairs.Evens<V, T>(upper + Width + 1);
                }
                var share = TPooling.Share<V, T>(V.Load(in dy[column]), result, count);
                upperEven = TPooling.Part<V, T>(upperEven, result, ref share);
                upperOdd = TPooling.Part<V, T>(upperOdd, result, ref share);
                lowerEven = TPooling.Part<V, T>(lowerEven, result, ref share);
                lowerOdd = TPooling.Part<V, T>(lowerOdd, result, ref share);
                Pairs.Store(upperEven, upperOdd, dx + 2 * column);
                Pairs.Store(lowerEven, lowerOdd, dx + Width + 2 * column);
            }
            if (Width % 2 != 0)
                dx[Width - 1] = dx[2 * Width - 1] = default;
            dy += Columns;
            x += 2 * Width;
            y += Columns;
            dx += 2 * Width;
        }
    }

    // Elements stay where they are and meet their window's result side by side: cheaper than taking the windows apart. The first of equal ones takes the gradient.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void OfLargest<T, V>(T* dy, T* x, T* y, T* dx)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        var odd = Pairs.Odd<V, T>();
        for (var line = 0; line < Lines; line++)
        {
            for (var next = 0; next < 2 * Columns; next += V.Count)
            {
                var column = Math.Min(next, 2 * Columns - V.Count);
                var result = Pairs.Twice<V, T>(y + column / 2);
                var share = Pairs.Twice<V, T>(dy + column / 2);
                var upper = LargestOfWindow.IsLargest<V, T>(V.Load(in x[column]), result);
                var lower = LargestOfWindow.IsLargest<V, T>(V.Load(in x[Width + column]), result);
                var (upperOther, lowerOther) = (Pairs.Swapped<V, T>(upper), Pairs.Swapped<V, T>(lower));
                V.AndNot(V.And(share, upper), V.And(upperOther, odd)).Store(ref dx[column]);
                V.AndNot(V.AndNot(V.And(share, lower), V.And(lowerOther, odd)), V.Or(upper, upperOther)).Store(ref dx[Width + column]);
            }
            if (Width % 2 != 0)
                dx[Width - 1] = dx[2 * Width - 1] = default;
            dy += Columns;
            x += 2 * Width;
            y += Columns;
            dx += 2 * Width;
        }
    }
}
