using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>What a pooling does with the elements of a window, and with its gradient.</summary>
internal interface IPooling
{
    /// <summary>What padding holds on the way forward.</summary>
    static abstract double Padding { get; }

    /// <summary>Whether the gradient depends on the elements and the result.</summary>
    static abstract bool ReadsInput { get; }

    /// <summary>What padding holds on the way back.</summary>
    static abstract double BackwardPadding { get; }

    /// <summary>Whether an element leaves less of the share than there was.</summary>
    static abstract bool SharesShrink { get; }

    /// <summary>Takes one more element of the window in.</summary>
    static abstract V Take<V, T>(V sum, V element)
        where V : struct, ISimd<V, T>
        where T : unmanaged;

    /// <summary>The lanes as one.</summary>
    static abstract T Across<V, T>(V sum)
        where V : struct, ISimd<V, T>
        where T : unmanaged;

    /// <summary>The result.</summary>
    static abstract V Finish<V, T>(V sum, V count)
        where V : struct, ISimd<V, T>
        where T : unmanaged;

    /// <summary>What the gradients of a window's elements have in common.</summary>
    static abstract V Share<V, T>(V dy, V y, V count)
        where V : struct, ISimd<V, T>
        where T : unmanaged;

    /// <summary>The gradient of the window's next element, in row-major order. What is left of <paramref name="share"/> goes to the elements after it.</summary>
    static abstract V Part<V, T>(V element, V y, ref V share)
        where V : struct, ISimd<V, T>
        where T : unmanaged;
}

/// <summary>The largest element; of equal ones the first takes the gradient. NaN if there is one.</summary>
internal readonly struct LargestOfWindow : IPooling
{
    public static double Padding => double.NegativeInfinity;

    public static bool ReadsInput => true;

    /// <summary>Equals nothing, not even the −∞ of a window without a larger element; only in a window that holds a NaN does it count as one.</summary>
    public static double BackwardPadding => double.NaN;

    public static bool SharesShrink => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Take<V, T>(V sum, V element)
        where V : struct, ISimd<V, T>
        where T : unmanaged => V.Max(sum, element);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Across<V, T>(V sum)
        where V : struct, ISimd<V, T>
        where T : unmanaged => V.MaxAcross(sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V, T>(V sum, V count)
        where V : struct, ISimd<V, T>
        where T : unmanaged => sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Share<V, T>(V dy, V y, V count)
        where V : struct, ISimd<V, T>
        where T : unmanaged => dy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Part<V, T>(V element, V y, ref V share)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var isLargest = IsLargest<V, T>(element, y);
        var part = V.And(isLargest, share);
        share = V.AndNot(share, isLargest);
        return part;
    }

    /// <summary>A mask of the lanes whose element is the largest of its window: equal to it, or NaN as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V IsLargest<V, T>(V element, V y)
        where V : struct, ISimd<V, T>
        where T : unmanaged =>
        V.Or(V.Equal(element, y), V.AndNot(V.AndNot(V.CreateBits(-1), V.Equal(y, y)), V.Equal(element, element)));
}

/// <summary>Σ / count.</summary>
internal readonly struct AverageOfWindow : IPooling
{
    public static double Padding => 0;

    public static bool ReadsInput => false;

    public static double BackwardPadding => 0;

    public static bool SharesShrink => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Take<V, T>(V sum, V element)
        where V : struct, ISimd<V, T>
        where T : unmanaged => sum + element;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Across<V, T>(V sum)
        where V : struct, ISimd<V, T>
        where T : unmanaged => V.Sum(sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V, T>(V sum, V count)
        where V : struct, ISimd<V, T>
        where T : unmanaged => sum / count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Share<V, T>(V dy, V y, V count)
        where V : struct, ISimd<V, T>
        where T : unmanaged => dy / count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Part<V, T>(V element, V y, ref V share)
        where V : struct, ISimd<V, T>
        where T : unmanaged => share;
}

/// <summary>Σ: the transpose of repeating an element all over its window.</summary>
internal readonly struct SumOfWindow : IPooling
{
    public static double Padding => 0;

    public static bool ReadsInput => false;

    public static double BackwardPadding => 0;

    public static bool SharesShrink => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Take<V, T>(V sum, V element)
        where V : struct, ISimd<V, T>
        where T : unmanaged => sum + element;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Across<V, T>(V sum)
        where V : struct, ISimd<V, T>
        where T : unmanaged => V.Sum(sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V, T>(V sum, V count)
        where V : struct, ISimd<V, T>
        where T : unmanaged => sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Share<V, T>(V dy, V y, V count)
        where V : struct, ISimd<V, T>
        where T : unmanaged => dy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Part<V, T>(V element, V y, ref V share)
        where V : struct, ISimd<V, T>
        where T : unmanaged => share;
}

/// <summary>√Σx², whose gradient is x/y, and 0 where y is.</summary>
internal readonly struct LengthOfWindow : IPooling
{
    public static double Padding => 0;

    public static bool ReadsInput => true;

    public static double BackwardPadding => 0;

    public static bool SharesShrink => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Take<V, T>(V sum, V element)
        where V : struct, ISimd<V, T>
        where T : unmanaged => sum + element * element;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Across<V, T>(V sum)
        where V : struct, ISimd<V, T>
        where T : unmanaged => V.Sum(sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V, T>(V sum, V count)
        where V : struct, ISimd<V, T>
        where T : unmanaged => V.Sqrt(sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Share<V, T>(V dy, V y, V count)
        where V : struct, ISimd<V, T>
        where T : unmanaged => V.AndNot(dy / y, V.Equal(y, V.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Part<V, T>(V element, V y, ref V share)
        where V : struct, ISimd<V, T>
        where T : unmanaged => element * share;
}
