using System.Linq;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>How an operation on single elements sees the channels.</summary>
internal enum ChannelKind
{
    /// <summary>It doesn't: the elements may be arranged as any matrix.</summary>
    None,

    /// <summary>They are the columns of a matrix.</summary>
    Columns,

    /// <summary>Each is a row of a matrix, over and over.</summary>
    Rows,
}

/// <summary>The matrix that an operation on single elements needs its input to be.</summary>
/// <param name="Length">Its columns, where that matters.</param>
internal readonly record struct Channels(ChannelKind Kind, int Length)
{
    public static readonly Channels None = new(ChannelKind.None, 0);

    /// <summary>One parameter for each element of an axis.</summary>
    public static Channels Along(int axis, Shape shape) =>
        Axes.Index(axis, shape) == shape.Rank - 1 ? new(ChannelKind.Columns, shape.Last) : new(ChannelKind.Rows, Axes.Around(axis, shape).Inner);
}

/// <summary>Axes of a sample, counted from 0, or from −1 backwards.</summary>
internal static class Axes
{
    public static int Index(int axis, Shape shape) => axis < 0 ? axis + shape.Rank : axis;

    /// <summary>Extents before, along and behind an axis.</summary>
    public static (int Outer, int Along, int Inner) Around(int axis, Shape shape)
    {
        var index = Index(axis, shape);
        return (shape.Extents.Take(index).Aggregate(1, (a, b) => a * b), shape.Extents[index], shape.Extents.Skip(index + 1).Aggregate(1, (a, b) => a * b));
    }

    /// <summary>The arguments of the report on an axis that a shape doesn't have.</summary>
    public static string[] Report(int axis, Shape shape) =>
        [Text.Invariant(axis), shape.ToString(), Text.Plural(shape.Rank, "axis", "axes"), Text.Invariant(-shape.Rank), Text.Invariant(shape.Rank - 1)];
}
