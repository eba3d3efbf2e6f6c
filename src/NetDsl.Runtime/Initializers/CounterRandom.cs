namespace NetDsl.Kernels;

/// <summary>Stands in until the kernels' own generator is merged: SplitMix64 over (seed, stream, counter).</summary>
internal struct CounterRandom(ulong seed, ulong stream)
{
    private readonly ulong _key = Mix(seed ^ Mix(stream + 0x9E3779B97F4A7C15));
    private ulong _counter;

    public ulong NextUInt64() => Mix(_key + ++_counter * 0x9E3779B97F4A7C15);

    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    public void Shuffle(Span<int> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = (int)(NextUInt64() % (ulong)(i + 1));
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
