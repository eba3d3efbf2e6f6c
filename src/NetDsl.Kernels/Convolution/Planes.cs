using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>One axis of <see cref="Planes"/>: element j of the phase f is the source's element j·step + f − before, or 0 outside.</summary>
/// <param name="Size">Elements of the source.</param>
/// <param name="Step">How many phases the source falls into.</param>
/// <param name="Phases">The phases that are read.</param>
/// <param name="Before">Zeros before the source, or elements left out where negative.</param>
/// <param name="Count">Elements of one phase.</param>
internal sealed record Stretch(int Size, int Step, int[] Phases, int Before, int Count)
{
    public bool IsSource => Step == 1 && Before == 0 && Count == Size;

    /// <summary>Elements of the phase that come from the source: [first, last).</summary>
    public (int First, int Last) Inside(int phase)
    {
        var first = Math.Clamp(Axis.Ceiling(Before - phase, Step), 0, Count);
        return (first, Math.Clamp(Axis.Floor(Size - 1 + Before - phase, Step) + 1, first, Count));
    }
}

/// <summary>
/// A channel in the form in which every tap of a convolution finds neighbouring results' elements side by side: padded, and with a stride
/// taken apart into its phases.
/// </summary>
internal sealed unsafe class Planes(Stretch depth, Stretch height, Stretch width)
{
    private readonly Stretch _depth = depth;
    private readonly Stretch _height = height;
    private readonly Stretch _width = width;

    /// <summary>Elements of a channel.</summary>
    public nint ChannelSize { get; } =
        (nint)depth.Phases.Length * height.Phases.Length * width.Phases.Length * depth.Count * height.Count * width.Count;

    /// <summary>Elements of the source's channel.</summary>
    public nint SourceSize { get; } = (nint)depth.Size * height.Size * width.Size;

    /// <summary>Whether the source has that form already.</summary>
    public bool IsSource { get; } = depth.IsSource && height.IsSource && width.IsSource;

    /// <summary>The form that a forward convolution reads.</summary>
    public static Planes OfInput(Geometry geometry)
    {
        return new(Of(geometry.Depth), Of(geometry.Height), Of(geometry.Width));

        static Stretch Of(Axis axis)
        {
            var phases = Enumerable.Range(0, axis.Kernel).Select(tap => tap * axis.Dilation % axis.Stride).Distinct().Order();
            return new(axis.Size, axis.Stride, [.. phases], axis.Before, axis.Results + axis.Reach);
        }
    }

    /// <summary>The form of the result's gradient that the gradient of the input is computed from.</summary>
    public static Planes OfOutputGradient(Geometry geometry)
    {
        return new(Of(geometry.Depth), Of(geometry.Height), Of(geometry.Width));

        static Stretch Of(Axis axis)
        {
            var (first, last) = (axis.Before / axis.Stride, (axis.Size - 1 + axis.Before) / axis.Stride);
            return new(axis.Results, 1, [0], axis.Reach - first, last - first + 1 + axis.Reach);
        }
    }

    /// <summary>Where an element stands within a channel; phases by their value.</summary>
    public nint Position((int Phase, int Index) z, (int Phase, int Index) y, (int Phase, int Index) x)
    {
        nint phase = Array.IndexOf(_depth.Phases, z.Phase);
        phase = phase * _height.Phases.Length + Array.IndexOf(_height.Phases, y.Phase);
        phase = phase * _width.Phases.Length + Array.IndexOf(_width.Phases, x.Phase);
        return phase * _depth.Count * _height.Count * _width.Count + ((nint)z.Index * _height.Count + y.Index) * _width.Count + x.Index;
    }

    /// <summary>
    /// Fills channels one after the other. Up to a vector more of padding is written behind them, so that the last vectors read no stray NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void Fill<T, V>(T* source, T* destination, int channels, V padding)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        for (var channel = 0; channel < channels; channel++, source += SourceSize)
        {
            foreach (var z in _depth.Phases)
            {
                foreach (var y in _height.Phases)
                {
                    foreach (var x in _width.Phases)
                        destination = FillPhase(source, destination, z, y, x, padding);
                }
            }
        }
        padding.Store(ref *destination);
    }

    // Lines are written in order and in whole vectors; what reaches over a line's end is overwritten by the next one.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private T* FillPhase<T, V>(T* source, T* destination, int phaseZ, int phaseY, int phaseX, V padding)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        var (firstZ, lastZ) = _depth.Inside(phaseZ);
        var (firstY, lastY) = _height.Inside(phaseY);
        var (first, last) = _width.Inside(phaseX);
        var count = _width.Count;
        var step = _width.Step;
        nint sourceLine = (nint)_height.Step * _width.Size;
        for (var z = 0; z < _depth.Count; z++)
        {
            if (z < firstZ || z >= lastZ)
            {
                Pad(destination, 0, _height.Count * count, padding);
                destination += (nint)_height.Count * count;
                continue;
            }
            Pad(destination, 0, firstY * count, padding);
            destination += (nint)firstY * count;
            var from = source + Line(z, phaseZ, firstY, phaseY) + first * step + phaseX - _width.Before;
            for (var y = firstY; y < lastY; y++)
            {
                Pad(destination, 0, first, padding);
                if (step == 1)
                    Copy<T, V>(from, destination + first, last - first);
                else
                    CopyEveryOther<T, V>(from, step, destination + first, last - first);
                Pad(destination, last, count, padding);
                from += sourceLine;
                destination += count;
            }
            Pad(destination, 0, (_height.Count - lastY) * count, padding);
            destination += (nint)(_height.Count - lastY) * count;
        }
        return destination;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyEveryOther<T, V>(T* source, int step, T* destination, int count)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        if (step == 2 && count >= V.Count && Pairs.AreFast<V, T>())
        {
            // The last vector ends with the line.
            for (var x = 0; x < count; x += V.Count)
            {
                var at = Math.Min(x, count - V.Count);
                Pairs.Evens<V, T>(source + 2 * at).Store(ref destination[at]);
            }
            return;
        }
        for (var x = 0; x < count; x++, source += step)
            destination[x] = *source;
    }

    /// <summary>The way back: a channel's elements from their places, or 0 where an element has none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void Collect<T, V>(T* planes, T* channel)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        new Span<T>(channel, (int)SourceSize).Clear();
        nint phaseSize = (nint)_depth.Count * _height.Count * _width.Count;
        foreach (var phaseZ in _depth.Phases)
        {
            foreach (var phaseY in _height.Phases)
            {
                if (_width is { Step: 2, Phases.Length: 2 } && Pairs.AreFast<V, T>())
                {
                    CollectPairs<T, V>(planes, planes + phaseSize, channel, phaseZ, phaseY);
                    planes += 2 * phaseSize;
                    continue;
                }
                foreach (var phaseX in _width.Phases)
                {
                    CollectPhase<T, V>(planes, channel, phaseZ, phaseY, phaseX);
                    planes += phaseSize;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void CollectPhase<T, V>(T* planes, T* channel, int phaseZ, int phaseY, int phaseX)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        var (firstZ, lastZ) = _depth.Inside(phaseZ);
        var (firstY, lastY) = _height.Inside(phaseY);
        var (first, last) = _width.Inside(phaseX);
        var step = _width.Step;
        for (var z = firstZ; z < lastZ; z++)
        {
            for (var y = firstY; y < lastY; y++)
            {
                var from = planes + ((nint)z * _height.Count + y) * _width.Count;
                var to = channel + Line(z, phaseZ, y, phaseY) + first * step + phaseX - _width.Before;
                if (step == 1)
                    Copy<T, V>(from + first, to, last - first);
                else
                {
                    for (var x = first; x < last; x++, to += step)
                        *to = from[x];
                }
            }
        }
    }

    // Both phases of a line at once.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void CollectPairs<T, V>(T* evens, T* odds, T* channel, int phaseZ, int phaseY)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        var (firstZ, lastZ) = _depth.Inside(phaseZ);
        var (firstY, lastY) = _height.Inside(phaseY);
        var (firstEven, lastEven) = _width.Inside(0);
        var (firstOdd, lastOdd) = _width.Inside(1);
        var (first, last) = (Math.Max(firstEven, firstOdd), Math.Min(lastEven, lastOdd));
        for (var z = firstZ; z < lastZ; z++)
        {
            for (var y = firstY; y < lastY; y++)
            {
                var line = ((nint)z * _height.Count + y) * _width.Count;
                var to = channel + Line(z, phaseZ, y, phaseY) - _width.Before;
                for (var x = firstEven; x < first; x++)
                    to[2 * x] = evens[line + x];
                for (var x = firstOdd; x < first; x++)
                    to[2 * x + 1] = odds[line + x];
                var pairs = first;
                for (; pairs <= last - V.Count; pairs += V.Count)
                    Pairs.Store(V.Load(in evens[line + pairs]), V.Load(in odds[line + pairs]), to + 2 * pairs);
                for (var x = pairs; x < lastEven; x++)
                    to[2 * x] = evens[line + x];
                for (var x = pairs; x < lastOdd; x++)
                    to[2 * x + 1] = odds[line + x];
            }
        }
    }

    private nint Line(int z, int phaseZ, int y, int phaseY) =>
        (((nint)z * _depth.Step + phaseZ - _depth.Before) * _height.Size + (nint)y * _height.Step + phaseY - _height.Before) * _width.Size;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pad<T, V>(T* line, int first, int last, V padding)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        for (var x = first; x < last; x += V.Count)
            padding.Store(ref line[x]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<T, V>(T* source, T* destination, int count)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        var x = 0;
        for (; x <= count - V.Count; x += V.Count)
            V.Load(in source[x]).Store(ref destination[x]);
        for (; x <= count - Vector128<T>.Count; x += Vector128<T>.Count)
            Vector128.Load(source + x).Store(destination + x);
        for (; x < count; x++)
            destination[x] = source[x];
    }
}
