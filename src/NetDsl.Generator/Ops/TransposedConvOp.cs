using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>z = x ∗ᵀ w + b: the transposed product of a convolution from z to x.</summary>
internal sealed record TransposedConvOp(
    int Filters, EquatableArray<int> Kernel, EquatableArray<int> Stride, EquatableArray<int> Dilation, EquatableArray<int> Crop, EquatableArray<int> OutputPadding, int Groups, bool Bias, string WeightInitializer) : LayerOp
{
    private const string Kind = "TransposedConv";

    public override string Name => "transposed_conv";

    public override string Symbol => "z";

    public override bool IsProduct => true;

    public override string Settings => string.Join(", ", new[] { Text.Invariant(Filters), "kernel " + Windows.Join(Kernel), Way }.Where(part => part.Length > 0));

    public override string Summary => $"{Name} {Settings}{(Bias ? "" : ", no bias")}";

    public override bool HasEpilogue => true;

    public override IReadOnlyList<ParameterSpec> Parameters =>
        Bias
            ? [new("weight", "w", WeightInitializer, FanIn: 0, FanOut: 1, IsWeight: true, Groups), new("bias", "b", Initializer.Code("Zeros", 0), FanIn: -1, FanOut: -1)]
            : [new("weight", "w", WeightInitializer, FanIn: 0, FanOut: 1, IsWeight: true, Groups)];

    private string Way => string.Join(", ", new[]
    {
        Part("stride", Stride, 1), Part("dilation", Dilation, 1), Part("crop", Crop, 0), Part("output padding", OutputPadding, 0), Part("groups", EquatableArray.Of(Groups), 1),
    }.Where(part => part.Length > 0));

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => result.Plane;

    public override bool HasChannelBias(Shape y) => Bias;

    public static TransposedConvOp Parse(LayerArguments arguments) => new(
        arguments.Positive("filters", "the number of filters"),
        Windows.Read(arguments, "kernel", 1, "an extent of the kernel", Windows.One),
        Windows.Read(arguments, "Stride", 1, "the step", Windows.One),
        Windows.Read(arguments, "Dilation", 1, "the distance", Windows.One),
        Windows.Read(arguments, "Crop", 0, "what is cut off", EquatableArray.Of(0)),
        Windows.Read(arguments, "OutputPadding", 0, "what is added", EquatableArray.Of(0)),
        arguments.Positive("Groups", "the number of groups"),
        arguments.Flag("Bias", true),
        Initializer.OfWeights(arguments));

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (!Windows.HasSpatialAxes(x, Kind, report)
            || !Windows.CheckCounts(x, Kind, report, ("kernel", Kernel), ("Stride", Stride), ("Dilation", Dilation), ("Crop", Crop), ("OutputPadding", OutputPadding)))
            return Ops.Inference.Same(x);
        for (var i = 0; i < x.Rank - 1; i++)
        {
            var (stride, added, crop) = (Windows.Pick(Stride, i), Windows.Pick(OutputPadding, i), Windows.Pick(Crop, i));
            if (added >= stride)
                report(Rules.OutOfRange, "OutputPadding", [$"OutputPadding of [{Kind}]", Text.Invariant(added), $"it must be below the stride, {Text.Invariant(stride)}: what lies further out is reached by no element of the input"]);
            else if (Result(x, i) < 1)
                report(Rules.OutOfRange, "Crop", [$"Crop of [{Kind}]", Text.Invariant(crop), $"of {x} it leaves no result along {Windows.Along(i, x.Rank - 1)}, which has {Text.Invariant(Result(x, i) + 2L * crop)} before the cut"]);
            else
                continue;
            return Ops.Inference.Same(x);
        }

        ConvOp.CheckGroups(Kind, Groups, x, Filters, report);
        var z = new Shape(new[] { Filters }.Concat(AxesOf(x).Select(axis => axis.Size)).ToEquatableArray());
        var weight = new Shape(new[] { x.Extents[0], Math.Max(1, Filters / Groups) }.Concat(AxesOf(x).Select(axis => axis.Kernel)).ToEquatableArray());
        return new(EquatableArray.Of(z), (Bias ? new[] { weight, Shape.Of(Filters) } : [weight]).ToEquatableArray());
    }

    public override long Flops(Shape x, Shape y) =>
        2 * AxesOf(x).Aggregate(x.LongSize * (Filters / Groups), (product, axis) => product * axis.Kernel) + (Bias ? y.LongSize : 0);

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        $"{outputs[0]} = {inputs[0]} ∗ᵀ {inputs[1]}{(inputs.Count > 2 ? " + " + inputs[2] : "")}{(Way.Length == 0 ? "" : ", " + Way)}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        $"{inputs[0]} ∗ᵀ {inputs[1]}{(inputs.Count > 2 ? " + " + inputs[2] : "")} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var (x, weight, z) = (code.Root.Inputs[0], code.Root.Inputs[1], code.Root.Outputs[0]);
        var epilogue = code.Epilogue(code.Shape(z).Plane, bias: Bias ? code.Root.Inputs[2] : -1, ChannelKind.Rows);
        return $"Kernels::TransposedConvolution.Forward<{code.Type}, {ShapeStruct(code, x, z)}, {epilogue.Type}>({code.Variable(x)}, {code.Variable(weight)}, {code.Result}, n, {epilogue.Construction})";
    }

    public override void Differentiate(GradientTape tape, Node node)
    {
        var (x, z) = (node.Inputs[0], node.Outputs[0]);
        var dz = tape.GradientOf(z);
        // The parameters first: afterwards the input's gradient can take the input's place.
        if (tape.NeedsGradient(node.Inputs[1]))
            tape.Add(new TransposedConvBackwardParametersOp(this), node, [dz, x], node.Inputs.Skip(1).Select(tape.ParameterGradient));
        if (tape.NeedsGradient(x))
            tape.Add(new TransposedConvBackwardInputOp(this), node, [dz, node.Inputs[1]], [tape.MakeGradient(x)]);
    }

    /// <summary>The convolution back, from the result to the input.</summary>
    public IReadOnlyList<WindowAxis> AxesOf(Shape x) =>
        [.. Enumerable.Range(0, x.Rank - 1).Select(i => new WindowAxis((int)Math.Min(Result(x, i), int.MaxValue), Windows.Pick(Kernel, i), Windows.Pick(Stride, i), Windows.Pick(Dilation, i), Windows.Pick(Crop, i), Windows.Pick(Crop, i), CeilMode: false))];

    /// <summary>The struct with the sizes of the convolution back as constants.</summary>
    public string ShapeStruct(StepCode code, int x, int z) => ConvOp.ShapeStruct(code, code.Shape(z), code.Shape(x), Groups, AxesOf(code.Shape(x)));

    private long Result(Shape x, int i) =>
        (x.Extents[i + 1] - 1L) * Windows.Pick(Stride, i) - 2L * Windows.Pick(Crop, i) + Windows.Pick(Dilation, i) * (Windows.Pick(Kernel, i) - 1L) + 1 + Windows.Pick(OutputPadding, i);

    private static string Part(string name, EquatableArray<int> numbers, int normal) => numbers.All(number => number == normal) ? "" : $"{name} {Windows.Join(numbers)}";
}

/// <summary>dw = Σ dz ∗ x, db = Σ dz: the gradients of a transposed convolution's parameters.</summary>
internal sealed record TransposedConvBackwardParametersOp(TransposedConvOp Conv) : Op
{
    public override string Name => "transposed_conv.backward_parameters";

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        $"{outputs[0]} = Σₙ {inputs[0]} ∗ {inputs[1]}{(Conv.Bias ? $"     {outputs[1]} = Σ {inputs[0]} over samples and places" : "")}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} ∗ {inputs[1]} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var (dz, x, dw) = (code.Root.Inputs[0], code.Root.Inputs[1], code.Root.Outputs[0]);
        return $"Kernels::TransposedConvolution.BackwardParameters<{code.Type}, {Conv.ShapeStruct(code, x, dz)}>({code.Variable(dz)}, {code.Variable(x)}, {code.Variable(dw)}, {(Conv.Bias ? code.Variable(code.Root.Outputs[1]) : "default")}, n, {code.Accumulate})";
    }
}

/// <summary>dx = dz ∗ w: the gradient of a transposed convolution's input is a convolution.</summary>
internal sealed record TransposedConvBackwardInputOp(TransposedConvOp Conv) : Op
{
    public override string Name => "transposed_conv.backward_input";

    public override bool HasEpilogue => true;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]} ∗ {inputs[1]}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} ∗ {inputs[1]} → {outputs[0]}";

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => result.Plane;

    public override string Call(StepCode code)
    {
        var (dz, weight, dx) = (code.Root.Inputs[0], code.Root.Inputs[1], code.Root.Outputs[0]);
        var epilogue = code.Epilogue(code.Shape(dx).Plane);
        return $"Kernels::TransposedConvolution.BackwardInput<{code.Type}, {Conv.ShapeStruct(code, dx, dz)}, {epilogue.Type}>({code.Variable(dz)}, {code.Variable(weight)}, {code.Result}, n, {epilogue.Construction})";
    }
}
