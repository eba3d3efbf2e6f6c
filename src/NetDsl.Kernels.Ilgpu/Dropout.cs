using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>Inverted dropout with the masks of <see cref="NetDsl.Kernels.Dropout"/>, to the bit: the same seed and step drop the same elements on a device as on the CPU.</summary>
public static class Dropout
{
    /// <summary>mask[i] = 0 with probability <paramref name="rate"/>, else 1/(1 − rate).</summary>
    /// <param name="mask">Receives the mask.</param>
    /// <param name="rate">Probability of 0, in [0, 1).</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">What the mask is for; each step has its own.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not in [0, 1).</exception>
    public static void FillMask<T>(ArrayView<T> mask, double rate, ulong seed, ulong step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var draw = new MaskDraw<T>(rate, seed, step);
        // A counter decides four elements.
        var groups = (mask.IntLength + MaskDraw<T>.Group - 1) / MaskDraw<T>.Group;
        Work.On(mask).Launch(Work.Groups(4 * groups), Work.Threads, new MaskKernel<T>(mask, draw));
    }

    /// <summary>A mask [samples × channels × inner] that drops whole channels of a sample.</summary>
    /// <param name="mask">Receives the mask.</param>
    /// <param name="samples">Product of the axes before the channels.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Product of the axes behind the channels, over which a factor is repeated.</param>
    /// <param name="rate">Probability of 0, in [0, 1).</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">What the mask is for; each step has its own.</param>
    /// <exception cref="ArgumentException">The mask's length is not samples·channels·inner.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not in [0, 1).</exception>
    public static void FillChannelMask<T>(ArrayView<T> mask, int samples, int channels, int inner, double rate, ulong seed, ulong step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require.Length(mask.Length, samples * channels, inner, nameof(mask));
        Work.On(mask).Launch(Work.Groups(mask.IntLength), Work.Threads, new ChannelMaskKernel<T>(mask, inner, new MaskDraw<T>(rate, seed, step)));
    }
}

/// <summary>The factors of a mask by number.</summary>
internal readonly struct MaskDraw<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Elements that four neighbouring counters decide: 2i and 2i + 1 come from words 0 and 1 of counter i, 8 + 2i and 9 + 2i from its words 2 and 3.</summary>
    public const int Group = 16;

    private readonly uint _threshold;
    private readonly T _kept;
    private readonly ulong _key;
    private readonly ulong _step;

    public MaskDraw(double rate, ulong seed, ulong step)
    {
        if (!(rate is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "The dropout rate is a probability in [0, 1); give the share of elements to drop.");
        _threshold = (uint)Math.Min(rate * 4294967296.0, uint.MaxValue);
        _kept = T.CreateTruncating(1 / (1 - rate));
        _key = seed ^ NetDsl.Kernels.Dropout.Domain;
        _step = step;
    }

    public (uint Word0, uint Word1, uint Word2, uint Word3) Block(int counter) => Philox.Block((ulong)counter, _step, _key);

    public T Factor(uint word) => word >= _threshold ? _kept : T.Zero;

    public T Factor(int index)
    {
        var place = index % Group;
        var (word0, word1, word2, word3) = Block(4 * (index / Group) + place % 8 / 2);
        var (even, odd) = place < 8 ? (word0, word1) : (word2, word3);
        return Factor(place % 2 == 0 ? even : odd);
    }
}

/// <summary>A thread for each counter.</summary>
internal readonly struct MaskKernel<T>(ArrayView<T> mask, MaskDraw<T> draw) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ArrayView<T> _mask = mask;
    private readonly MaskDraw<T> _draw = draw;

    public void Run()
    {
        var counter = Grid.GlobalLinearIndex;
        var first = counter / 4 * MaskDraw<T>.Group + counter % 4 * 2;
        if (first >= _mask.IntLength)
            return;
        var (word0, word1, word2, word3) = _draw.Block(counter);
        Put(first, word0);
        Put(first + 1, word1);
        Put(first + 8, word2);
        Put(first + 9, word3);
    }

    private void Put(int index, uint word)
    {
        if (index < _mask.IntLength)
            _mask[index] = _draw.Factor(word);
    }
}

/// <summary>A thread for each element.</summary>
internal readonly struct ChannelMaskKernel<T>(ArrayView<T> mask, int inner, MaskDraw<T> draw) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ArrayView<T> _mask = mask;
    private readonly int _inner = inner;
    private readonly MaskDraw<T> _draw = draw;

    public void Run()
    {
        var i = Grid.GlobalLinearIndex;
        if (i < _mask.IntLength)
            _mask[i] = _draw.Factor(i / _inner);
    }
}
