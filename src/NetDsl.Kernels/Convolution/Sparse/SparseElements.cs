using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NetDsl.Kernels;

/// <summary>The elements of a row that aren't 0, with a place for each.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal unsafe struct SparseElements<T>
    where T : unmanaged
{
    /// <summary>Elements that are written behind the last one, with any content.</summary>
    public const int Slack = 16;

    /// <summary>The elements.</summary>
    public T* Values;

    /// <summary>Their places.</summary>
    public int* Places;

    /// <summary>How many there are.</summary>
    public int Count;

    /// <summary>Adds those of <paramref name="row"/>, the place of element i being places[i] + <paramref name="shift"/>. There is room for all and the slack.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Add(T* row, int* places, int length, int shift)
    {
        var values = Values;
        var to = Places;
        var (count, done) = (Count, 0);
        if (Avx512F.IsSupported && typeof(T) == typeof(float))
        {
            for (; done + Vector512<int>.Count <= length; done += Vector512<int>.Count)
            {
                var value = Vector512.Load((float*)row + done);
                var isOne = ~Vector512.Equals(value, Vector512<float>.Zero);
                Avx512F.Compress(Vector512<float>.Zero, isOne, value).Store((float*)values + count);
                Avx512F.Compress(Vector512<int>.Zero, isOne.AsInt32(), Vector512.Load(places + done) + Vector512.Create(shift)).Store(to + count);
                count += System.Numerics.BitOperations.PopCount(isOne.ExtractMostSignificantBits());
            }
        }
        // Without a branch, since there is no telling which are 0.
        for (; done < length; done++)
        {
            values[count] = row[done];
            to[count] = places[done] + shift;
            count += IsZero(row[done]) ? 0 : 1;
        }
        Count = count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsZero(T value) => typeof(T) == typeof(float) ? *(float*)&value == 0 : *(double*)&value == 0;
}
