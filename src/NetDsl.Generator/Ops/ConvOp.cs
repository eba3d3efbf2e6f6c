using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>z = x ∗ w + b: a convolution over the axes behind the channels.</summary>
internal sealed record ConvOp(int Filters, Windows Windows, int Groups, bool Bias, string WeightInitializer) : LayerOp
{
    public override string Name => "conv";

    public override string Symbol => "z";

    public override bool IsProduct => true;

    public override string Settings => $"{Text.Invariant(Filters)}, kernel {Windows.Settings}{(Groups == 1 ? "" : $", groups {Text.Invariant(Groups)}")}";

    public override string Summary => $"{Name} {Settings}{(Bias ? "" : ", no bias")}";

    public override bool HasEpilogue => true;

    public override IReadOnlyList<ParameterSpec> Parameters =>
        Bias
            ? [new("weight", "w", WeightInitializer, FanIn: 1, FanOut: 0, IsWeight: true, Groups), new("bias", "b", Initializer.Code("Zeros", 0), FanIn: -1, FanOut: -1)]
            : [new("weight", "w", WeightInitializer, FanIn: 1, FanOut: 0, IsWeight: true, Groups)];

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => result.Plane;

    public override bool HasChannelBias(Shape y) => Bias;

    public static ConvOp Parse(LayerArguments arguments) => new(
        arguments.Positive("filters", "the number of filters"),
        Windows.Parse(arguments, "kernel", stridesByKernel: false),
        arguments.Positive("Groups", "the number of groups"),
        arguments.Flag("Bias", true),
        Initializer.OfWeights(arguments));

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (!Windows.Check(x, "Conv", "kernel", needsInput: false, report))
            return Ops.Inference.Same(x);
        CheckGroups("Conv", Groups, x, Filters, report);
        var weight = new Shape(new[] { Filters, Math.Max(1, x.Extents[0] / Groups) }.Concat(Windows.Of(x).Select(axis => axis.Kernel)).ToEquatableArray());
        return new(EquatableArray.Of(Windows.Results(x, Filters)), (Bias ? new[] { weight, Shape.Of(Filters) } : [weight]).ToEquatableArray());
    }

    public override long Flops(Shape x, Shape y) =>
        y.LongSize * ((Bias ? 1 : 0) + 2 * Windows.Of(x).Aggregate((long)x.Extents[0] / Groups, (product, axis) => product * axis.Kernel));

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        $"{outputs[0]} = {inputs[0]} ∗ {inputs[1]}{(inputs.Count > 2 ? " + " + inputs[2] : "")}{(Windows.Way.Length == 0 ? "" : ", " + Windows.Way)}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        $"{inputs[0]} ∗ {inputs[1]}{(inputs.Count > 2 ? " + " + inputs[2] : "")} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var (x, weight, z) = (code.Root.Inputs[0], code.Root.Inputs[1], code.Root.Outputs[0]);
        var epilogue = code.Epilogue(code.Shape(z).Plane, bias: Bias ? code.Root.Inputs[2] : -1, ChannelKind.Rows);
        return $"Kernels::Convolution.Forward<{code.Type}, {ShapeStruct(code, x, z)}, {epilogue.Type}>({code.Variable(x)}, {code.Variable(weight)}, {code.Result}, n, {epilogue.Construction})";
    }

    public override void Differentiate(GradientTape tape, Node node)
    {
        var (x, z) = (node.Inputs[0], node.Outputs[0]);
        var dz = tape.GradientOf(z);
        // The parameters first: afterwards the input's gradient can take the input's place.
        if (tape.NeedsGradient(node.Inputs[1]))
            tape.Add(new ConvBackwardParametersOp(this), node, [dz, x], node.Inputs.Skip(1).Select(tape.ParameterGradient));
        if (tape.NeedsGradient(x))
            tape.Add(new ConvBackwardInputOp(this), node, [dz, node.Inputs[1]], [tape.MakeGradient(x)]);
    }

    /// <summary>The struct with the sizes as constants.</summary>
    public string ShapeStruct(StepCode code, int x, int z) => ShapeStruct(code, code.Shape(x), code.Shape(z), Groups, Windows.Of(code.Shape(x)));

    /// <summary>The same for the gradients, which may leave out zeros of <paramref name="dz"/>.</summary>
    public string GradientShapeStruct(StepCode code, int x, int dz) =>
        ShapeStruct(code, code.Shape(x), code.Shape(dz), Groups, Windows.Of(code.Shape(x)), code.OnDevice ? 1 : code.ElementsPerGradient(dz));

    /// <summary>The struct with the sizes of a convolution as constants.</summary>
    public static string ShapeStruct(StepCode code, Shape x, Shape z, int groups, IReadOnlyList<WindowAxis> axes, int resultsPerGradient = 1)
    {
        List<(string, string, string)> members = [("InChannels", "int", Text.Invariant(x.Extents[0])), ("OutChannels", "int", Text.Invariant(z.Extents[0]))];
        if (groups > 1)
            members.Add(("Groups", "int", Text.Invariant(groups)));
        members.AddRange(Windows.Members(axes));
        var (name, summary) = ($"Conv{Text.Identifier(x)}To{Text.Identifier(z)}", "Sizes of a convolution, constants for the compiler");
        if (resultsPerGradient == 1)
            return code.ShapeStruct(name, "IConvolutionShape", summary, members);
        members.Add(("ResultsPerGradient", "int", Text.Invariant(resultsPerGradient)));
        return code.ShapeStruct(name + "Pooled", "IConvolutionShape", $"{summary}; behind a max pooling, where the gradient is 0 but for one in {Text.Invariant(resultsPerGradient)} elements", members);
    }

    /// <summary>Reports groups that don't divide the channels of both sides.</summary>
    public static void CheckGroups(string kind, int groups, Shape x, int filters, Action<Rule, string, string[]> report)
    {
        var channels = x.Extents[0];
        if (channels % groups != 0)
            report(Rules.Groups, "Groups", [kind, Text.Invariant(groups), $"the {Text.Plural(channels, "channel")} of its input {x}"]);
        else if (filters % groups != 0)
            report(Rules.Groups, "Groups", [kind, Text.Invariant(groups), $"its {Text.Plural(filters, "filter")}"]);
    }
}

/// <summary>dw = Σ x ∗ dz, db = Σ dz: the gradients of a convolution's parameters.</summary>
internal sealed record ConvBackwardParametersOp(ConvOp Conv) : Op
{
    public override string Name => "conv.backward_parameters";

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        $"{outputs[0]} = Σₙ {inputs[1]} ∗ {inputs[0]}{(Conv.Bias ? $"     {outputs[1]} = Σ {inputs[0]} over samples and places" : "")}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[1]} ∗ {inputs[0]} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var (dz, x, dw) = (code.Root.Inputs[0], code.Root.Inputs[1], code.Root.Outputs[0]);
        return $"Kernels::Convolution.BackwardParameters<{code.Type}, {Conv.GradientShapeStruct(code, x, dz)}>({code.Variable(dz)}, {code.Variable(x)}, {code.Variable(dw)}, {(Conv.Bias ? code.Variable(code.Root.Outputs[1]) : "default")}, n, {code.Accumulate})";
    }
}

/// <summary>dx = dz ∗ᵀ w: the gradient of a convolution's input, the transposed product.</summary>
internal sealed record ConvBackwardInputOp(ConvOp Conv) : Op
{
    public override string Name => "conv.backward_input";

    public override bool HasEpilogue => true;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]} ∗ᵀ {inputs[1]}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} ∗ᵀ {inputs[1]} → {outputs[0]}";

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => result.Plane;

    public override string Call(StepCode code)
    {
        var (dz, weight, dx) = (code.Root.Inputs[0], code.Root.Inputs[1], code.Root.Outputs[0]);
        var epilogue = code.Epilogue(code.Shape(dx).Plane);
        return $"Kernels::Convolution.BackwardInput<{code.Type}, {Conv.GradientShapeStruct(code, dx, dz)}, {epilogue.Type}>({code.Variable(dz)}, {code.Variable(weight)}, {code.Result}, n, {epilogue.Construction})";
    }
}
