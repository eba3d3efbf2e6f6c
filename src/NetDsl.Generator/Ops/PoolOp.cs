using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

internal enum PoolKind
{
    Max,
    Average,
    L2,
}

/// <summary>Each channel's windows, as their largest element, their average, or the root of the sum of their squares.</summary>
/// <param name="Windows">Null for the one window that is the whole channel, whose result has no axis but the channels.</param>
/// <param name="IncludePadding">Whether an average counts the padding.</param>
internal sealed record PoolOp(PoolKind Kind, Windows? Windows, bool IncludePadding) : LayerOp
{
    public override string Name => $"{(Windows is null ? "global_" : "")}{Kind.ToString().ToLowerInvariant()}_pool";

    public override string Symbol => "p";

    public override string Settings => $"{Windows?.Settings}{(IncludePadding ? "" : ", without padding")}";

    public override string Summary => $"{Name} {Settings}".TrimEnd();

    public override bool HasEpilogue => true;

    public override bool DerivativeReadsInput => Kind != PoolKind.Average;

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => result.Plane;

    /// <summary>The kernel's class.</summary>
    public string Kernel => $"Kernels::{Kind}Pooling";

    private string Place => Windows is null ? "each channel" : $"windows of {Settings}";

    private string Attribute => $"{(Windows is null ? "Global" : "")}{Kind}Pool";

    public static Func<LayerArguments, LayerOp> Parse(PoolKind kind) => arguments =>
        new PoolOp(kind, Windows.Parse(arguments, "size", stridesByKernel: true), arguments.Flag("IncludePadding", true));

    public static Func<LayerArguments, LayerOp> ParseGlobal(PoolKind kind) => _ => new PoolOp(kind, null, IncludePadding: true);

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (Windows is null)
            return Windows.HasSpatialAxes(x, Attribute, report) ? Ops.Inference.Same(Shape.Of(x.Extents[0])) : Ops.Inference.Same(x);
        return Windows.Check(x, Attribute, "size", needsInput: Kind != PoolKind.L2, report) ? Ops.Inference.Same(Windows.Results(x, x.Extents[0])) : Ops.Inference.Same(x);
    }

    public override long Flops(Shape x, Shape y) => y.LongSize * AxesOf(x).Aggregate(Kind == PoolKind.L2 ? 2L : 1, (product, axis) => product * axis.Kernel);

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => Kind switch
    {
        PoolKind.Max => $"{outputs[0]} = max of {inputs[0]} over {Place}",
        PoolKind.Average => $"{outputs[0]} = mean of {inputs[0]} over {Place}",
        _ => $"{outputs[0]} = √Σ {inputs[0]}² over {Place}",
    };

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var (x, y) = (code.Root.Inputs[0], code.Root.Outputs[0]);
        var epilogue = code.Epilogue(code.Shape(y).Plane);
        return $"{Kernel}.Forward<{code.Type}, {ShapeStruct(code, x)}, {epilogue.Type}>({code.Variable(x)}, {code.Result}, n, {epilogue.Construction})";
    }

    public override void Differentiate(GradientTape tape, Node node)
    {
        var (x, y) = (node.Inputs[0], node.Outputs[0]);
        if (tape.NeedsGradient(x))
            tape.Add(new PoolBackwardOp(this), node, DerivativeReadsInput ? [tape.GradientOf(y), x, y] : [tape.GradientOf(y)], [tape.MakeGradient(x)]);
    }

    /// <summary>The window's way along each axis of an input (channels, …).</summary>
    public IReadOnlyList<WindowAxis> AxesOf(Shape x) =>
        Windows?.Of(x) ?? [.. x.Extents.Skip(1).Select(extent => new WindowAxis(extent, extent, 1, 1, 0, 0, false))];

    /// <summary>The struct with the sizes as constants.</summary>
    public string ShapeStruct(StepCode code, int x) => ShapeStruct(code, code.Shape(x), AxesOf(code.Shape(x)), IncludePadding);

    /// <summary>The struct with the sizes of a pooling as constants.</summary>
    public static string ShapeStruct(StepCode code, Shape x, IReadOnlyList<WindowAxis> axes, bool includePadding)
    {
        List<(string, string, string)> members = [("Channels", "int", Text.Invariant(x.Extents[0])), .. Windows.Members(axes)];
        if (axes.Any(axis => axis.CeilMode))
            members.Add(("CeilMode", "bool", "true"));
        if (!includePadding)
            members.Add(("CountIncludesPadding", "bool", "false"));
        return code.ShapeStruct($"Pool{Text.Identifier(x)}By{string.Join("x", axes.Select(axis => Text.Invariant(axis.Kernel)))}", "IPoolingShape", "Sizes of a pooling, constants for the compiler", members);
    }
}

/// <summary>dx: each window's gradient goes to its elements.</summary>
internal sealed record PoolBackwardOp(PoolOp Pool) : Op
{
    public override string Name => Pool.Name + ".backward";

    public override string Settings => Pool.Settings;

    public override bool HasEpilogue => true;

    public override IReadOnlyList<int> Replaceable => Pool.DerivativeReadsInput ? [1] : [];

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => result.Plane;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => Pool.Kind switch
    {
        PoolKind.Max => $"{outputs[0]} = Σ {inputs[0]} where {inputs[1]} is the first to be {inputs[2]}",
        PoolKind.Average => $"{outputs[0]} = Σ {inputs[0]} / count",
        _ => $"{outputs[0]} = {inputs[1]} ⊙ Σ {inputs[0]} / {inputs[2]}",
    };

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var dx = code.Root.Outputs[0];
        var epilogue = code.Epilogue(code.Shape(dx).Plane);
        var operands = string.Join(", ", code.Root.Inputs.Select(code.Variable));
        return $"{Pool.Kernel}.BackwardInput<{code.Type}, {Pool.ShapeStruct(code, dx)}, {epilogue.Type}>({operands}, {code.Result}, n, {epilogue.Construction})";
    }
}
