using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>A kernel's or a window's way along one axis.</summary>
/// <param name="Size">Elements in.</param>
/// <param name="Kernel">Elements of the kernel.</param>
/// <param name="Stride">From result to result.</param>
/// <param name="Dilation">From element to element of the kernel.</param>
/// <param name="Before">Padding before the first element.</param>
/// <param name="After">Padding after the last element.</param>
/// <param name="CeilMode">Whether a last window counts that reaches over the padded end.</param>
internal readonly record struct WindowAxis(int Size, int Kernel, int Stride, int Dilation, long Before, long After, bool CeilMode)
{
    public static readonly WindowAxis None = new(1, 1, 1, 1, 0, 0, false);

    /// <summary>Elements from the kernel's first to its last.</summary>
    public long Span => Dilation * (Kernel - 1L) + 1;

    public long Padded => Size + Before + After;

    public long Results
    {
        get
        {
            var results = (Padded - Span + (CeilMode ? Stride - 1 : 0)) / Stride + 1;
            // A window starts in the input or in the padding before it.
            return CeilMode && (results - 1) * Stride >= Size + Before ? results - 1 : results;
        }
    }

    /// <summary>Elements of the input behind the last window.</summary>
    public long LeftOver => Math.Max(0, Size + Before - ((Results - 1) * Stride + Span));

    /// <summary>Whether each window holds an element of the input.</summary>
    public bool TouchesInput
    {
        get
        {
            // Without gaps in the kernel the first and the last window are the ones to miss it.
            if (Dilation == 1)
                return Touches(0) && Touches(Results - 1);
            for (var result = 0L; result < Results; result++)
            {
                if (!Touches(result))
                    return false;
            }

            return true;
        }
    }

    private bool Touches(long result)
    {
        var start = result * Stride - Before;
        var tap = start >= 0 ? 0 : (-start + Dilation - 1) / Dilation;
        return tap < Kernel && start + tap * Dilation < Size;
    }
}

/// <summary>The settings that convolutions and poolings share: what is given once holds for every axis.</summary>
/// <param name="Rule">Member of Padding.</param>
/// <param name="IsExplicit">Whether the attribute states its padding, be it none.</param>
/// <param name="Pads">In place of the rule, or empty.</param>
internal sealed record Windows(EquatableArray<int> Kernel, EquatableArray<int> Stride, EquatableArray<int> Dilation, string Rule, bool IsExplicit, EquatableArray<int> Pads, bool CeilMode)
{
    /// <summary>Behind the kernel: <c>5×5, stride 2, same</c>.</summary>
    public string Settings => string.Join(", ", new[] { Join(Kernel), Way }.Where(part => part.Length > 0));

    /// <summary>The kernel's way: <c>stride 2, same</c>; empty for an ordinary one.</summary>
    public string Way => string.Join(", ", new[]
    {
        Stride.SequenceEqual(DefaultStride) ? "" : "stride " + Join(Stride),
        Dilation.All(distance => distance == 1) ? "" : "dilation " + Join(Dilation),
        Pads.Count > 0 ? "pads " + string.Join(" ", Pads.Select(pad => Text.Invariant(pad))) : Rule == "Valid" ? "" : Rule.ToLowerInvariant(),
        CeilMode ? "ceil" : "",
    }.Where(part => part.Length > 0));

    /// <summary>What the stride is where the attribute doesn't say: 1, or the kernel for a pooling.</summary>
    public EquatableArray<int> DefaultStride { get; init; } = One;

    /// <summary>One for all axes.</summary>
    public static EquatableArray<int> One => EquatableArray.Of(1);

    /// <summary>Reads the arguments.</summary>
    /// <param name="kernel">Name of the kernel's argument.</param>
    /// <param name="stridesByKernel">Whether windows lie side by side unless a stride is set.</param>
    public static Windows Parse(LayerArguments arguments, string kernel, bool stridesByKernel)
    {
        if (arguments.IsEmpty(kernel))
            arguments.Report(Rules.ArgumentType, kernel, arguments.Label(kernel), "missing", "windows have an extent along each axis behind the channels", "write one number for all axes, or one for each");
        var extents = Read(arguments, kernel, 1, $"an extent of the {(stridesByKernel ? "window" : "kernel")}", One);
        var normal = stridesByKernel ? extents : One;
        var pads = arguments.Integers("Pads", 0, "a number of zeros");
        if (pads.Count > 0 && arguments.Has("Padding"))
            arguments.Report(Rules.OutOfRange, "Pads", arguments.Label("Pads"), string.Join(", ", pads.Select(pad => Text.Invariant(pad))), "Padding is set too: leave one of them out");
        if (arguments.Flag("CeilMode", false) && pads.Count == 0 && arguments.EnumMember("Padding", "Valid") == "Same")
            arguments.RejectIdle("CeilMode", "with Padding.Same no window reaches over the end: leave one of them out");
        return new Windows(extents, Read(arguments, "Stride", 1, "the step", normal), Read(arguments, "Dilation", 1, "the distance", One), arguments.EnumMember("Padding", "Valid"), pads.Count > 0 || arguments.Has("Padding"), pads, arguments.Flag("CeilMode", false)) { DefaultStride = normal };
    }

    /// <summary>Reads whole numbers.</summary>
    public static EquatableArray<int> Read(LayerArguments arguments, string name, int least, string meaning, EquatableArray<int> otherwise) =>
        arguments.Integers(name, least, meaning) is { Count: > 0 } numbers ? numbers : otherwise;

    /// <summary>The axes of an input (channels, …), outermost first.</summary>
    public IReadOnlyList<WindowAxis> Of(Shape x) =>
        [.. Enumerable.Range(0, x.Rank - 1).Select(i =>
        {
            var axis = new WindowAxis(x.Extents[i + 1], Pick(Kernel, i), Pick(Stride, i), Pick(Dilation, i), 0, 0, CeilMode);
            var (before, after) = Pad(axis, i, x.Rank - 1);
            return axis with { Before = before, After = after };
        })];

    /// <summary>Reports what doesn't fit an input; returns whether its axes have windows.</summary>
    /// <param name="kind">The attribute's name.</param>
    /// <param name="kernel">Name of the kernel's argument.</param>
    /// <param name="needsInput">Whether each window must hold an element of the input.</param>
    public bool Check(Shape x, string kind, string kernel, bool needsInput, Action<Rule, string, string[]> report)
    {
        if (!HasSpatialAxes(x, kind, report))
            return false;
        var rank = x.Rank - 1;
        if (!CheckCounts(x, kind, report, (kernel, Kernel), ("Stride", Stride), ("Dilation", Dilation), ("Pads", Pads)))
            return false;
        var axes = Of(x);
        var fits = true;
        for (var i = 0; i < rank && fits; i++)
        {
            var axis = axes[i];
            var (size, along) = (Text.Invariant(axis.Size), Along(i, rank));
            var covers = $"{(axis.Dilation == 1 ? "" : $" and dilation {Text.Invariant(axis.Dilation)}, which covers {Text.Invariant(axis.Span)},")}";
            if (axis.Padded < axis.Span)
            {
                report(Rules.KernelTooLarge, kernel, [kind, x.ToString(), $"{Text.Invariant(axis.Kernel)}{covers}", Text.Invariant(axis.Padded), along]);
                fits = false;
            }
            else if (needsInput && !axis.TouchesInput)
            {
                report(Rules.EmptyWindow, "", [kind, x.ToString(), $"{Text.Invariant(axis.Before)} before and {Text.Invariant(axis.After)} after", along, $"{Text.Invariant(axis.Kernel)}{covers.TrimEnd(',')}"]);
                fits = false;
            }
            else if (axis.LeftOver > 0 && !IsExplicit)
            {
                // The largest smaller stride whose windows end with the input.
                var better = Enumerable.Range(1, axis.Stride - 1).Reverse().First(stride => (axis.Size - axis.Span) % stride == 0);
                report(Rules.LeftOver, "", [kind, string.Join("×", x.Extents.Skip(1).Select(extent => Text.Invariant(extent))), Text.Invariant(axis.Kernel), Text.Invariant(axis.Stride), Text.Plural(axis.LeftOver, Element(i, rank)), Text.Invariant(better)]);
            }
        }

        if (fits && axes.Aggregate((double)x.Extents[0], (product, axis) => product * axis.Padded) > int.MaxValue)
        {
            report(Rules.TooLarge, "Pads", [$"The padded input of [{kind}]", "over " + Text.Grouped(int.MaxValue), Text.Grouped(int.MaxValue), ""]);
            fits = false;
        }

        return fits;
    }

    /// <summary>Reports arguments that don't have one number for all axes or one for each; pads may have two for each.</summary>
    public static bool CheckCounts(Shape x, string kind, Action<Rule, string, string[]> report, params (string Name, EquatableArray<int> Numbers)[] arguments)
    {
        var rank = x.Rank - 1;
        foreach (var (name, numbers) in arguments)
        {
            var isPads = name == "Pads";
            if (numbers.Count == 1 || numbers.Count == rank || isPads && (numbers.Count == 0 || numbers.Count == 2 * rank))
                continue;
            var mend = $"give one for all axes{(rank > 1 ? $", or {Text.Invariant(rank)}" : "")}{(isPads ? $", or {Text.Invariant(2 * rank)} for before and after each" : "")}";
            report(Rules.AxisCount, name, [Text.Pascal(name), kind, Text.Plural(numbers.Count, "number"), x.ToString(), Text.Plural(rank, "axis", "axes"), mend]);
            return false;
        }

        return true;
    }

    /// <summary>The number for an axis.</summary>
    public static int Pick(EquatableArray<int> numbers, int axis) => numbers.Count == 1 ? numbers[0] : numbers[axis];

    /// <summary>Reports an input without the axes that kernels move along.</summary>
    public static bool HasSpatialAxes(Shape x, string kind, Action<Rule, string, string[]> report, string? mend = null)
    {
        if (x.Rank is >= 2 and <= 4)
            return true;
        report(Rules.SpatialAxes, "", [kind, x.ToString(), mend ?? (x.Rank == 1 ? "put [Reshape(…)] before it" : "put [Flatten] or [Reshape(…)] before it")]);
        return false;
    }

    /// <summary>The shape of results with a number of channels.</summary>
    public Shape Results(Shape x, int channels) =>
        new(new[] { channels }.Concat(Of(x).Select(axis => (int)Math.Min(axis.Results, int.MaxValue))).ToEquatableArray());

    /// <summary>Names and values of the kernel's shape struct.</summary>
    public static IEnumerable<(string Member, string Type, string Value)> Members(IReadOnlyList<WindowAxis> axes)
    {
        string[][] names =
        [
            ["Depth", "KernelDepth", "StrideDepth", "DilationDepth", "PadFront", "PadBack"],
            ["Height", "KernelHeight", "StrideHeight", "DilationHeight", "PadTop", "PadBottom"],
            ["Width", "KernelWidth", "StrideWidth", "DilationWidth", "PadLeft", "PadRight"],
        ];
        WindowAxis[] three = [.. Enumerable.Repeat(WindowAxis.None, 3 - axes.Count), .. axes];
        for (var i = 0; i < 3; i++)
        {
            long[] values = [three[i].Size, three[i].Kernel, three[i].Stride, three[i].Dilation, three[i].Before, three[i].After];
            for (var k = 0; k < values.Length; k++)
            {
                // Sizes along the width have no default.
                if (values[k] != (k < 4 ? 1 : 0) || i == 2 && k < 2)
                    yield return (names[i][k], "int", Text.Invariant(values[k]));
            }
        }
    }

    private (long Before, long After) Pad(WindowAxis axis, int i, int rank)
    {
        if (Pads.Count > 0)
            return Pads.Count == 1 ? (Pads[0], Pads[0]) : Pads.Count == rank ? (Pads[i], Pads[i]) : (Pads[2 * i], Pads[2 * i + 1]);
        if (Rule == "Full")
            return (axis.Span - 1, axis.Span - 1);
        if (Rule != "Same")
            return (0, 0);
        var total = Math.Max(0, ((axis.Size + axis.Stride - 1L) / axis.Stride - 1) * axis.Stride + axis.Span - axis.Size);
        return (total / 2, total - total / 2);
    }

    /// <summary>What an axis is called.</summary>
    public static string Along(int i, int rank) => (rank - i) switch
    {
        1 => rank == 1 ? "the length" : "the width",
        2 => "the height",
        _ => "the depth",
    };

    private static string Element(int i, int rank) => (rank - i) switch
    {
        1 => rank == 1 ? "element" : "column",
        2 => "row",
        _ => "plane",
    };

    /// <summary>5×5.</summary>
    public static string Join(IEnumerable<int> numbers) => string.Join("×", numbers.Select(number => Text.Invariant(number)));
}
