using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>The tiles of a block of images, transformed: tiles[ξ, channel, tile].</summary>
internal static unsafe class WinogradInput
{
    /// <summary>Memory of this thread for a block's tiles.</summary>
    public static T* Rent<T>(TileBlocks blocks, int channels)
        where T : unmanaged => PackBuffer.Rent<T>(PackBuffer.Use.Planes, (nint)WinogradPlan.Products * channels * blocks.Stride);

    /// <summary>
    /// Transforms a block's lines of tiles of the channels from <paramref name="first"/> on.
    /// What stands behind a channel's last tile is undefined.
    /// </summary>
    public static void Fill<T>(WinogradPlan plan, T* source, TileBlocks blocks, int block, int first, int channels, T* tiles)
        where T : unmanaged
    {
        var (start, end) = (blocks.Start(block), blocks.End(block));
        var lanes = plan.TileLanes<T>();
        for (var at = 0; at < end - start;)
        {
            var lines = TileLines.Of(plan, start, end, at);
            var from = source + ((nint)lines.Sample * plan.Sources + first) * plan.SourceSize;
            if (lanes == Simd512<T>.Count)
                Fill<T, Simd512<T>>(plan, from, lines, channels, tiles, blocks.Stride);
            else if (lanes == Simd256<T>.Count)
                Fill<T, Simd256<T>>(plan, from, lines, channels, tiles, blocks.Stride);
            else
                Fill<T, Simd128<T>>(plan, from, lines, channels, tiles, blocks.Stride);
            at += lines.Count;
        }
    }

    // Lines of tiles in order: the last vector of one reaches over the beginning of the next.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Fill<T, V>(WinogradPlan plan, T* source, TileLines lines, int channels, T* tiles, int tileStride)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        nint half = (plan.TilesX + 2 * V.Count) & -V.Count;
        var split = PackBuffer.Rent<T>(PackBuffer.Use.Lines, (lines.Count + 1) * 4 * half);
        new Span<T>(split, (int)((lines.Count + 1) * 4 * half)).Clear();
        var stride = (nint)channels * tileStride;
        tiles += lines.At * plan.TilesX;
        for (var channel = 0; channel < channels; channel++, source += plan.SourceSize, tiles += tileStride)
        {
            Split<T, V>(plan, source, lines, half, split);
            for (var line = 0; line < lines.Count; line++)
            {
                var to = tiles + line * plan.TilesX;
                for (var tile = 0; tile < plan.TilesX; tile += V.Count)
                    WinogradTransforms.Input<T, V>(split + line * 4 * half + tile, half, to + tile, stride);
            }
        }
    }

    // Each line's even columns, then its odd ones: split[line, phase, j] = channel[line, 2j + phase − left]. Padding is zero already, and stays so for all channels.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Split<T, V>(WinogradPlan plan, T* channel, TileLines lines, nint half, T* split)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        var (left, width) = (plan.Left, plan.SourceWidth);
        var (firstEven, lastEven) = ((left + 1) >> 1, Math.Min(plan.TilesX, (width - 1 + left) >> 1));
        var (firstOdd, lastOdd) = (left >> 1, Math.Min(plan.TilesX, (width - 2 + left) >> 1));
        var y = lines.First * WinogradPlan.TileSide - plan.Top;
        var end = Math.Min(plan.SourceHeight, y + (lines.Count + 1) * WinogradPlan.TileSide);
        if (y < 0)
        {
            split -= y * 2 * half;
            y = 0;
        }
        for (var from = channel + y * width - left; y < end; y++, from += width, split += 2 * half)
        {
            Half<T, V>(from, firstEven, lastEven, split);
            Half<T, V>(from + 1, firstOdd, lastOdd, split + half);
        }
    }

    // half[j] = line[2j] from the first to the last.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Half<T, V>(T* line, int first, int last, T* half)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        if (last - first + 1 >= V.Count)
        {
            // The last vector ends with the line.
            for (var j = first; j <= last; j += V.Count)
            {
                var at = Math.Min(j, last + 1 - V.Count);
                Pairs.Evens<V, T>(line + 2 * at).Store(ref half[at]);
            }
            return;
        }
        for (var j = first; j <= last; j++)
            half[j] = line[2 * j];
    }
}
