using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>Inverted dropout: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting" (2014).</summary>
public static class Dropout
{
    // Sets dropout's numbers apart from those that initialisers draw from the same seed.
    internal const ulong Domain = 0x44726F706F757430;

    /// <summary>Elements that four neighbouring Philox counters decide.</summary>
    private const int Group = 16;

    /// <summary>mask[i] = 0 with probability <paramref name="rate"/>, else 1/(1 − rate), so that the expectation stays 1.</summary>
    /// <param name="mask">Receives the mask.</param>
    /// <param name="rate">Probability of 0, in [0, 1).</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">What the mask is for; each step has its own.</param>
    /// <remarks>
    /// Element i is decided by 32 bits of Philox 4×32-10 at counter (i/4, step) under the seed, so the mask is the same for every number
    /// of threads and for both precisions, and a longer mask begins as a shorter one.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not in [0, 1).</exception>
    public static void FillMask<T>(Span<T> mask, double rate, ulong seed, ulong step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckRate(rate);
        if (rate == 0)
        {
            mask.Fill(T.One);
            return;
        }
        var body = new Body<T>(mask, rate, seed, step);
        WorkerPool.Run(body.Tasks, body);
    }

    /// <summary>
    /// Channel dropout: a mask [samples × channels × inner] that drops whole channels of a sample, each with probability <paramref name="rate"/>, the
    /// others being 1/(1 − rate): J. Tompson et al., "Efficient Object Localization Using Convolutional Networks" (2015), "SpatialDropout".
    /// </summary>
    /// <param name="mask">Receives the mask; with inner = 1 one factor for each sample and channel.</param>
    /// <param name="samples">Product of the axes before the channels.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Product of the axes behind the channels, over which a factor is repeated.</param>
    /// <param name="rate">Probability of 0, in [0, 1).</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">What the mask is for; each step has its own.</param>
    /// <remarks>The factors are those that <see cref="FillMask"/> gives a mask of samples·channels elements.</remarks>
    /// <exception cref="ArgumentException">The mask's length is not samples·channels·inner.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not in [0, 1).</exception>
    public static void FillChannelMask<T>(Span<T> mask, int samples, int channels, int inner, double rate, ulong seed, ulong step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require.Shape(samples, channels, inner);
        Require.Length(mask.Length, samples, channels, inner, nameof(mask));
        if (inner <= 1)
        {
            FillMask(mask, rate, seed, step);
            return;
        }
        CheckRate(rate);
        if (rate == 0)
        {
            mask.Fill(T.One);
            return;
        }
        var body = new ChannelBody<T>(mask, samples * channels, inner, new Body<T>(default, rate, seed, step));
        WorkerPool.Run(body.Tasks, body);
    }

    private static void CheckRate(double rate)
    {
        if (!(rate is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "The dropout rate is a probability in [0, 1); give the share of elements to drop.");
    }

    /// <summary>Rows of one factor each.</summary>
    private readonly ref struct ChannelBody<T>(Span<T> mask, int rows, int inner, Body<T> draw) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Span<T> _mask = mask;
        private readonly int _rows = rows;
        private readonly int _inner = inner;
        private readonly Body<T> _draw = draw;

        public int Tasks => Chunks.Count(_mask.Length, Groups);

        private int Groups => (int)(((long)_rows + Group - 1) / Group);

        public void Execute(int task)
        {
            Span<T> factors = stackalloc T[Group];
            for (var (group, end) = (Chunks.Start(task, Tasks, Groups), Chunks.Start(task + 1, Tasks, Groups)); group < end; group++)
            {
                var start = group * Group;
                _draw.Fill(factors, start);
                for (var row = start; row < Math.Min(start + Group, _rows); row++)
                    _mask.Slice(row * _inner, _inner).Fill(factors[row - start]);
            }
        }
    }

    private readonly ref struct Body<T>(Span<T> mask, double rate, ulong seed, ulong step) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Span<T> _mask = mask;
        private readonly uint _threshold = (uint)Math.Min(rate * 4294967296.0, uint.MaxValue);
        private readonly T _kept = T.CreateTruncating(1 / (1 - rate));
        private readonly ulong _key = seed ^ Domain;
        private readonly ulong _step = step;

        public int Tasks => Chunks.Count(_mask.Length, Groups);

        private int Groups => (int)(((long)_mask.Length + Group - 1) / Group);

        public void Execute(int task)
        {
            var (start, end) = (Chunks.Start(task, Tasks, Groups) * Group, (int)Math.Min((long)Chunks.Start(task + 1, Tasks, Groups) * Group, _mask.Length));
            Fill(_mask[start..end], start);
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Fill(Span<T> mask, int start)
        {
            var i = 0;
            for (; i <= mask.Length - Group; i += Group)
                Fill(ref Unsafe.Add(ref MemoryMarshal.GetReference(mask), i), start + i);
            if (i == mask.Length)
                return;
            Span<T> last = stackalloc T[Group];
            Fill(ref MemoryMarshal.GetReference(last), start + i);
            last[..(mask.Length - i)].CopyTo(mask[i..]);
        }

        /// <summary>One group: the elements 2i, 2i + 1 come from words 0, 1 of counter i, and 8 + 2i, 9 + 2i from its words 2, 3.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Fill(ref T destination, int index)
        {
            var (words01, words23) = Philox.FourBlocks((ulong)index / 4, _step, _key);
            var threshold = Vector256.Create(_threshold);
            Store(ref destination, Vector256.GreaterThanOrEqual(words01, threshold));
            Store(ref Unsafe.Add(ref destination, Group / 2), Vector256.GreaterThanOrEqual(words23, threshold));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Store(ref T destination, Vector256<uint> keep)
        {
            var kept = Vector256.Create(_kept);
            if (typeof(T) == typeof(float))
            {
                (keep.As<uint, T>() & kept).StoreUnsafe(ref destination);
                return;
            }
            var (lower, upper) = Vector256.Widen(keep.AsInt32());
            (lower.As<long, T>() & kept).StoreUnsafe(ref destination);
            (upper.As<long, T>() & kept).StoreUnsafe(ref destination, (nuint)Vector256<T>.Count);
        }
    }
}
