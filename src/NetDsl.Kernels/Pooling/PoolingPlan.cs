using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>A pooling's windows in terms of places. Made once for each shape.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class PoolingPlan<T>
    where T : unmanaged
{
    /// <summary>Bytes of the channels that are worked on together, so that they stay in the first cache.</summary>
    private const int BlockBytes = 8192;

    public PoolingPlan(int channels, Axis depth, Axis height, Axis width, bool ceilMode, bool countsPadding, int lanes)
    {
        if (channels < 1)
            throw new ArgumentException($"The pooling has {channels} channels; at least 1 is needed.");
        var geometry = new Geometry(1, 1, 1, Reached(depth, ceilMode), Reached(height, ceilMode), Reached(width, ceilMode));
        Channels = channels;
        Windows = CorrelationPlan.Forward(geometry, lanes);
        IsGlobal = geometry.OutSize == 1 && Windows.Planes.IsSource;
        Pairs = PairWindows.Of<T>(depth, Reached(height, ceilMode), Reached(width, ceilMode));
        Counts = new(CountAll(depth, height, width, ceilMode, countsPadding, lanes));
        ChannelsPerBlock = (int)Math.Clamp(BlockBytes / ((nint)Unsafe.SizeOf<T>() * Windows.Planes.ChannelSize), 1, 64);
    }

    public int Channels { get; }

    /// <summary>The windows as a convolution of one channel would see them.</summary>
    public CorrelationPlan Windows { get; }

    /// <summary>Whether one window covers the whole input.</summary>
    public bool IsGlobal { get; }

    /// <summary>The windows, if they are 2×2 side by side.</summary>
    public PairWindows? Pairs { get; }

    /// <summary>What an average divides by, for each window; filled up for the last vector.</summary>
    public Table<T> Counts { get; }

    public int ChannelsPerBlock { get; }

    /// <summary>The plan of a shape in vectors that suit its lines.</summary>
    public static PoolingPlan<T> Of<TShape>()
        where TShape : struct, IPoolingShape
    {
        var width = new Axis(TShape.Width, TShape.KernelWidth, TShape.StrideWidth, TShape.DilationWidth, TShape.PadLeft, TShape.PadRight);
        width.Check("width");
        return new(
            TShape.Channels,
            new(TShape.Depth, TShape.KernelDepth, TShape.StrideDepth, TShape.DilationDepth, TShape.PadFront, TShape.PadBack),
            new(TShape.Height, TShape.KernelHeight, TShape.StrideHeight, TShape.DilationHeight, TShape.PadTop, TShape.PadBottom),
            width, TShape.CeilMode, TShape.CountIncludesPadding, ConvolutionLanes.Choose<T>(Reached(width, TShape.CeilMode).Results));
    }

    /// <summary>The axis with as much behind the input as its last window reaches.</summary>
    public static Axis Reached(Axis axis, bool ceilMode)
    {
        var span = (axis.Kernel - 1) * axis.Dilation + 1;
        var padded = axis.Size + axis.Before + axis.After;
        if (axis.Stride < 1 || padded < span)
            return axis;
        if (padded == span)
            return axis with { Stride = 1 };
        if (!ceilMode)
            return axis;
        var results = Blocking.DivideUp(padded - span, axis.Stride) + 1;
        // A window starts in the input or in the padding before it.
        if ((results - 1) * axis.Stride >= axis.Size + axis.Before)
            results--;
        return axis with { After = Math.Max(axis.After, (results - 1) * axis.Stride + span - axis.Size - axis.Before) };
    }

    private static List<T> CountAll(Axis depth, Axis height, Axis width, bool ceilMode, bool countsPadding, int lanes)
    {
        var counts = new List<T>();
        foreach (var z in CountOf(depth))
        {
            foreach (var y in CountOf(height))
            {
                foreach (var x in CountOf(width))
                    counts.Add(Create(z * y * x));
            }
        }
        for (var i = 0; i < lanes; i++)
            counts.Add(Create(1));
        return counts;

        IEnumerable<int> CountOf(Axis axis)
        {
            var (first, last) = countsPadding ? (-axis.Before, axis.Size + axis.After) : (0, axis.Size);
            for (var i = 0; i < Reached(axis, ceilMode).Results; i++)
                yield return Enumerable.Range(0, axis.Kernel).Select(tap => i * axis.Stride + tap * axis.Dilation - axis.Before).Count(at => at >= first && at < last);
        }

        static T Create(int value)
        {
            T[] converted = [default];
            Simd1<T>.Create((double)value).Store(ref converted[0]);
            return converted[0];
        }
    }
}
