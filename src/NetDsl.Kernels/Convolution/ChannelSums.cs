using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>Sums over samples and positions, one for each channel: in an order that the shape fixes.</summary>
internal static unsafe class ChannelSums
{
    /// <summary>sums[c] = Σₙ Σₚ values[n, c, p], or added to what is there.</summary>
    public static void Run<T>(ReadOnlySpan<T> values, Span<T> sums, int samples, int size, bool accumulate)
        where T : unmanaged
    {
        fixed (T* from = values, to = sums)
        {
            var body = new Body<T>(from, to, samples, sums.Length, size, accumulate);
            WorkerPool.Run(body.Tasks, body);
        }
    }

    private readonly struct Body<T>(T* values, T* sums, int samples, int channels, int size, bool accumulate) : IParallelBody
        where T : unmanaged
    {
        private readonly T* _values = values;
        private readonly T* _sums = sums;

        public int Tasks => Chunks.Count((long)samples * channels * size, channels);

        public void Execute(int task)
        {
            for (var channel = Chunks.Start(task, Tasks, channels); channel < Chunks.Start(task + 1, Tasks, channels); channel++)
            {
                var term = new Term<T>(_values + (nint)channel * size, (nint)channels * size);
                var sum = Simd1<T>.Create(Lanes.Sum<T, Term<T>>(0, samples, 0, size, in term));
                (accumulate ? Simd1<T>.Load(in _sums[channel]) + sum : sum).Store(ref _sums[channel]);
            }
        }
    }

    private readonly struct Term<T>(T* values, nint stride) : ILaneTerm<T>
        where T : unmanaged
    {
        private readonly T* _values = values;
        private readonly nint _stride = stride;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Run<V>(int row, int column)
            where V : struct, ISimd<V, T> => V.Load(in _values[row * _stride + column]);
    }
}
