using System.Numerics;

namespace NetDsl.Kernels.Ilgpu.Windows;

/// <summary>What a pooling does with the elements of a window, and with its gradient.</summary>
internal interface IPooling
{
    /// <summary>Whether the gradient depends on the elements and the result.</summary>
    static abstract bool ReadsInput { get; }

    /// <summary>Whether only the first element that is the result takes the gradient.</summary>
    static abstract bool ChoosesFirst { get; }

    /// <summary>Whether the number of a window's elements matters.</summary>
    static abstract bool ReadsCount { get; }

    /// <summary>Before the first element.</summary>
    static abstract T Start<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Takes one more element of the window in.</summary>
    static abstract T Take<T>(T sum, T element)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>The result of a window with so many elements that count.</summary>
    static abstract T Finish<T>(T sum, T count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>An element's part of its window's gradient.</summary>
    static abstract T Part<T>(T dy, T element, T y, T count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>The largest element; of equal ones the first takes the gradient. NaN if there is one.</summary>
internal readonly struct LargestOfWindow : IPooling
{
    public static bool ReadsInput => true;

    public static bool ChoosesFirst => true;

    public static bool ReadsCount => false;

    public static T Start<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.NegativeInfinity;

    public static T Take<T>(T sum, T element)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => element > sum || T.IsNaN(element) ? element : sum;

    public static T Finish<T>(T sum, T count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => sum;

    public static T Part<T>(T dy, T element, T y, T count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => IsLargest(element, y) ? dy : T.Zero;

    /// <summary>Whether an element is its window's result.</summary>
    public static bool IsLargest<T>(T element, T y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => element == y || T.IsNaN(y) && T.IsNaN(element);
}

/// <summary>Σ / count.</summary>
internal readonly struct AverageOfWindow : IPooling
{
    public static bool ReadsInput => false;

    public static bool ChoosesFirst => false;

    public static bool ReadsCount => true;

    public static T Start<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.Zero;

    public static T Take<T>(T sum, T element)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => sum + element;

    public static T Finish<T>(T sum, T count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => sum / count;

    public static T Part<T>(T dy, T element, T y, T count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => dy / count;
}

/// <summary>√Σx².</summary>
internal readonly struct LengthOfWindow : IPooling
{
    public static bool ReadsInput => true;

    public static bool ChoosesFirst => false;

    public static bool ReadsCount => false;

    public static T Start<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.Zero;

    public static T Take<T>(T sum, T element)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => sum + element * element;

    public static T Finish<T>(T sum, T count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.Sqrt(sum);

    public static T Part<T>(T dy, T element, T y, T count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => y == T.Zero ? T.Zero : element * (dy / y);
}

/// <summary>Σ, which repeats elements where it is taken the way back.</summary>
internal readonly struct SumOfWindow : IPooling
{
    public static bool ReadsInput => false;

    public static bool ChoosesFirst => false;

    public static bool ReadsCount => false;

    public static T Start<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.Zero;

    public static T Take<T>(T sum, T element)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => sum + element;

    public static T Finish<T>(T sum, T count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => sum;

    public static T Part<T>(T dy, T element, T y, T count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => dy;
}
