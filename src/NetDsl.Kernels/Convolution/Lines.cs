using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>Channels of results whose lines are filled up to whole vectors.</summary>
internal static unsafe class Lines
{
    /// <summary>
    /// A vector for each chunk of each channel. Lanes behind a line's end are zeros, so that what they are multiplied with does not count.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Fill<T, V>(Table<Chunk> chunks, T* source, nint sourceSize, T* destination, int channels)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        for (var channel = 0; channel < channels; channel++, source += sourceSize)
        {
            for (var chunk = 0; chunk < chunks.Count; chunk++, destination += V.Count)
            {
                var from = source + chunks.Entries[chunk].To;
                var count = chunks.Entries[chunk].Count;
                if (count == V.Count)
                {
                    V.Load(in *from).Store(ref *destination);
                    continue;
                }
                V.Zero.Store(ref *destination);
                for (var lane = 0; lane < count; lane++)
                    destination[lane] = from[lane];
            }
        }
    }
}
