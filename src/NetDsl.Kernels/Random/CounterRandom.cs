namespace NetDsl.Kernels;

/// <summary>
/// Random numbers from a seed and a stream, by the counter-based generator Philox 4×32-10 (Salmon et al. 2011). Streams of one seed do not
/// overlap; the same seed and stream give the same numbers on every machine. A struct: copies go on independently from where they were made.
/// </summary>
/// <param name="seed">The run's seed.</param>
/// <param name="stream">What the numbers are for, such as a tensor's or an epoch's number.</param>
public struct CounterRandom(ulong seed, ulong stream)
{
    private readonly ulong _seed = seed;
    private readonly ulong _stream = stream;
    private ulong _counter;
    private (uint Word0, uint Word1, uint Word2, uint Word3) _block;
    private int _used = 4;
    private double _spareNormal = double.NaN;

    /// <summary>32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_used == 4)
        {
            _block = Philox.Block(_counter++, _stream, _seed);
            _used = 0;
        }
        return _used++ switch { 0 => _block.Word0, 1 => _block.Word1, 2 => _block.Word2, _ => _block.Word3 };
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64()
    {
        ulong low = NextUInt32();
        return low | (ulong)NextUInt32() << 32;
    }

    /// <summary>A uniform number in [0, 1), a multiple of 2^−53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A normal number with mean 0 and deviation 1: Box and Muller, "A Note on the Generation of Random Normal Deviates" (1958).</summary>
    public double NextNormal()
    {
        if (!double.IsNaN(_spareNormal))
        {
            var spare = _spareNormal;
            _spareNormal = double.NaN;
            return spare;
        }
        // 1 − u is in (0, 1], where the logarithm is finite.
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        var (sine, cosine) = Math.SinCos(2 * Math.PI * NextDouble());
        _spareNormal = radius * sine;
        return radius * cosine;
    }

    /// <summary>A uniform integer in [0, bound): D. Lemire, "Fast Random Integer Generation in an Interval" (2019).</summary>
    /// <param name="bound">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bound is 0.</exception>
    public uint NextBelow(uint bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        // Products whose low half falls short of 2^32 mod bound would favour some integers.
        var product = (ulong)NextUInt32() * bound;
        if ((uint)product < bound)
        {
            var threshold = (0u - bound) % bound;
            while ((uint)product < threshold)
                product = (ulong)NextUInt32() * bound;
        }
        return (uint)(product >> 32);
    }

    /// <summary>Puts the values in random order, every order equally likely (Fisher and Yates).</summary>
    public void Shuffle(Span<int> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = (int)NextBelow((uint)i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
