using System.Collections.Generic;
using System.Linq;

namespace NetDsl.Generator.Model;

/// <summary>Extents of a tensor, outermost first; for batched values the batch is left out.</summary>
internal readonly record struct Shape(EquatableArray<int> Extents)
{
    public static Shape Of(params int[] extents) => new(extents.ToEquatableArray());

    public int Rank => Extents.Count;

    public int Last => Extents[Extents.Count - 1];

    /// <summary>Number of elements; 64 bits, so that an overflow can be seen and reported.</summary>
    public long LongSize => Extents.Aggregate(1L, (product, extent) => product * extent);

    public int Size => checked((int)LongSize);

    /// <summary>Rows that a sample has when the last axis holds the columns.</summary>
    public int Rows => Size / Last;

    /// <summary>Elements of a channel: of all axes but the first.</summary>
    public int Plane => Size / Extents[0];

    public Shape WithLast(int extent) => new(Extents.Take(Rank - 1).Concat(new[] { extent }).ToEquatableArray());

    public Shape With(int axis, int extent) => new(Extents.Select((other, i) => i == axis ? extent : other).ToEquatableArray());

    /// <summary>784, or 3×28×28.</summary>
    public override string ToString() => Join(Extents);

    /// <summary>With the batch in front: n×784.</summary>
    public string Batched => "n×" + this;

    private static string Join(IEnumerable<int> extents) => string.Join("×", extents.Select(extent => Text.Invariant(extent)));
}
