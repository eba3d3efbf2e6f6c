using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>Each element all over a window of the result, or what lies between elements by linear interpolation.</summary>
internal sealed record UpsampleOp(EquatableArray<int> Factor, bool IsLinear, bool AlignCorners) : LayerOp
{
    public override string Name => "upsample";

    public override string Symbol => "u";

    public override string Settings => $"{Windows.Join(Factor)}{(IsLinear ? ", linear" : "")}{(AlignCorners ? ", corners aligned" : "")}";

    public override string Summary => $"{Name} {Settings}";

    public override bool HasEpilogue => true;

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => result.Plane;

    public static UpsampleOp Parse(LayerArguments arguments)
    {
        var (isLinear, alignCorners) = (arguments.EnumMember("Mode", "Nearest") == "Linear", arguments.Flag("AlignCorners", false));
        if (alignCorners && !isLinear)
            arguments.Report(Rules.OutOfRange, "AlignCorners", arguments.Label("AlignCorners"), "true", "only interpolation has corners to align: set Mode = UpsampleMode.Linear, or leave it out");
        return new(Windows.Read(arguments, "factor", 1, "the factor", Windows.One), isLinear, alignCorners);
    }

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (!Windows.HasSpatialAxes(x, "Upsample", report) || !Windows.CheckCounts(x, "Upsample", report, ("factor", Factor)))
            return Ops.Inference.Same(x);
        return Ops.Inference.Same(new Shape(x.Extents.Select((extent, i) => i == 0 ? extent : (int)Math.Min((long)extent * Windows.Pick(Factor, i - 1), int.MaxValue)).ToEquatableArray()));
    }

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => IsLinear
        ? $"{outputs[0]} = {inputs[0]} interpolated {Windows.Join(Factor)} times{(AlignCorners ? ", corners aligned" : "")}"
        : $"{outputs[0]} = {inputs[0]}, each element {Settings} times";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var (x, y) = (code.Root.Inputs[0], code.Root.Outputs[0]);
        var epilogue = code.Epilogue(code.Shape(y).Plane);
        return $"Kernels::{Kernel}.Forward<{code.Type}, {ShapeStruct(code, x, y)}, {epilogue.Type}>({code.Variable(x)}, {code.Result}, n, {epilogue.Construction})";
    }

    public override void Differentiate(GradientTape tape, Node node)
    {
        if (tape.NeedsGradient(node.Inputs[0]))
            tape.Add(new UpsampleBackwardOp(this), node, [tape.GradientOf(node.Outputs[0])], [tape.MakeGradient(node.Inputs[0])]);
    }

    /// <summary>The windows of a result.</summary>
    public IReadOnlyList<WindowAxis> AxesOf(Shape y) =>
        [.. y.Extents.Skip(1).Select((extent, i) => new WindowAxis(extent, Windows.Pick(Factor, i), Windows.Pick(Factor, i), 1, 0, 0, CeilMode: false))];

    /// <summary>The class of the kernels.</summary>
    public string Kernel => IsLinear ? "LinearUpsampling" : "Upsampling";

    /// <summary>The struct with the sizes as constants; repeating is a pooling the way back.</summary>
    public string ShapeStruct(StepCode code, int x, int y)
    {
        if (!IsLinear)
            return PoolOp.ShapeStruct(code, code.Shape(y), AxesOf(code.Shape(y)), includePadding: true);
        var shape = code.Shape(x);
        List<(string, string, string)> members = [("Channels", "int", Text.Invariant(shape.Extents[0]))];
        string[] names = ["Depth", "Height", "Width"];
        for (var i = 1; i < shape.Rank; i++)
        {
            var name = names[i + 3 - shape.Rank];
            members.Add((name, "int", Text.Invariant(shape.Extents[i])));
            members.Add(("Factor" + name, "int", Text.Invariant(Windows.Pick(Factor, i - 1))));
        }

        if (AlignCorners)
            members.Add(("AlignCorners", "bool", "true"));
        return code.ShapeStruct($"Upsample{Text.Identifier(shape)}By{Windows.Join(Factor).Replace('×', 'x')}", "IUpsamplingShape", "Sizes of an upsampling, constants for the compiler", members);
    }
}

/// <summary>dx = Σ dy over the element's window.</summary>
internal sealed record UpsampleBackwardOp(UpsampleOp Upsample) : Op
{
    public override string Name => "upsample.backward";

    public override string Settings => Upsample.Settings;

    public override bool HasEpilogue => true;

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => result.Plane;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        $"{outputs[0]} = Σ {inputs[0]} {(Upsample.IsLinear ? "by each element's share" : "over windows of " + Settings)}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var (dy, dx) = (code.Root.Inputs[0], code.Root.Outputs[0]);
        var epilogue = code.Epilogue(code.Shape(dx).Plane);
        return $"Kernels::{Upsample.Kernel}.BackwardInput<{code.Type}, {Upsample.ShapeStruct(code, dx, dy)}, {epilogue.Type}>({code.Variable(dy)}, {code.Result}, n, {epilogue.Construction})";
    }
}
