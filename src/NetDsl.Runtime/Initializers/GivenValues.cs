namespace NetDsl;

/// <summary>Constants, over and over: of each of the tensor's <paramref name="Rows"/> equal parts the same part of the constants.</summary>
internal sealed record GivenValues(double[] Values, int Rows) : Initializer
{
    public override void Fill<T>(Span<T> values, int fanIn, int fanOut, ulong seed, ulong stream)
    {
        if (values.Length % Values.Length != 0)
            throw new ArgumentException($"The tensor has {values.Length} elements, no multiple of the {Values.Length} given values.", nameof(values));
        var (row, given) = (values.Length / Rows, Values.Length / Rows);
        for (var i = 0; i < values.Length; i++)
            values[i] = T.CreateChecked(Values[i / row * given + i % row % given]);
    }

    public bool Equals(GivenValues? other) => other is not null && Rows == other.Rows && Values.AsSpan().SequenceEqual(other.Values);

    public override int GetHashCode() => HashCode.Combine(Rows, Values.Length, Values[0]);

    public override string ToString() => Values.Length == 1 ? "1 given value" : $"{Values.Length} given values";
}
