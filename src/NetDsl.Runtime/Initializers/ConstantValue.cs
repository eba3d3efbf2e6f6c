using System.Globalization;

namespace NetDsl;

/// <summary>Every element the same.</summary>
internal sealed record ConstantValue(double Value) : Initializer
{
    public override void Fill<T>(Span<T> values, int fanIn, int fanOut, ulong seed, ulong stream) => values.Fill(T.CreateChecked(Value));

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
