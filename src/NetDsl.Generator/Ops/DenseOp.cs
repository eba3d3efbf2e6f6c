using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>z = x·wᵀ + b: a fully connected layer over the last axis; inputs of more than two axes are flattened.</summary>
internal sealed record DenseOp(int Units, bool Bias, string WeightInitializer) : LayerOp
{
    public override string Name => "dense";

    public override string Symbol => "z";

    public override bool IsProduct => true;

    public override string Summary => Bias ? $"dense {Text.Invariant(Units)}" : $"dense {Text.Invariant(Units)}, no bias";

    public override bool HasEpilogue => true;

    public override IReadOnlyList<ParameterSpec> Parameters =>
        Bias
            ? [new("weight", "w", WeightInitializer, FanIn: 1, FanOut: 0, IsWeight: true), new("bias", "b", Ops.Initializer.Code("Zeros", 0), FanIn: -1, FanOut: -1)]
            : [new("weight", "w", WeightInitializer, FanIn: 1, FanOut: 0, IsWeight: true)];

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => result.Last;

    public override bool HasChannelBias(Shape y) => Bias && y.Rank == 1;

    public static DenseOp Parse(LayerArguments arguments) => new(
        arguments.Positive("units", "the number of units"),
        arguments.Flag("Bias", true),
        Ops.Initializer.OfWeights(arguments));

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        var y = x.Rank <= 2 ? x.WithLast(Units) : Shape.Of(Units);
        var inputs = x.Rank <= 2 ? x.Last : x.Size;
        var weight = Shape.Of(Units, inputs);
        return new(EquatableArray.Of(y), (Bias ? new[] { weight, Shape.Of(Units) } : [weight]).ToEquatableArray());
    }

    public override long Flops(Shape x, Shape y) => 2 * (x.Rank <= 2 ? x.Last : x.LongSize) * y.LongSize + (Bias ? y.LongSize : 0);

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        $"{outputs[0]} = {inputs[0]}·{inputs[1]}ᵀ{(inputs.Count > 2 ? " + " + inputs[2] : "")}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        $"{inputs[0]}·{inputs[1]}ᵀ{(inputs.Count > 2 ? " + " + inputs[2] : "")} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var (x, weight, z) = (code.Root.Inputs[0], code.Root.Inputs[1], code.Root.Outputs[0]);
        var epilogue = code.Epilogue(code.Shape(z).Last, bias: Bias ? code.Root.Inputs[2] : -1);
        return $"Kernels::Dense.Forward<{code.Type}, {code.DenseShape(weight)}, {epilogue.Type}>({code.Variable(x)}, {code.Variable(weight)}, {code.Result}, {code.Rows(z)}, {epilogue.Construction})";
    }

    public override void Differentiate(GradientTape tape, Node node)
    {
        var dz = tape.GradientOf(node.Outputs[0]);
        var isLarge = DenseBackwardParametersOp.IsLarge(tape.ShapeOf(node.Inputs[1])) && tape.IsReadOnce(node.Inputs[1]);
        void Parameters()
        {
            if (tape.NeedsGradient(node.Inputs[1]))
                tape.Add(new DenseBackwardParametersOp(Bias, isLarge), node, [dz, node.Inputs[0]], node.Inputs.Skip(1).Select(tape.ParameterGradient));
        }

        // The parameters first: afterwards the input's gradient can take the input's place. But where the weights may take their step, it is computed with the old ones before.
        if (!isLarge)
            Parameters();
        if (tape.NeedsGradient(node.Inputs[0]))
            tape.Add(new DenseBackwardInputOp(), node, [dz, node.Inputs[1]], [tape.MakeGradient(node.Inputs[0])]);
        if (isLarge)
            Parameters();
    }
}

/// <summary>dw = dzᵀ·x, db = Σₙ dz: the gradients of a dense layer's parameters.</summary>
/// <param name="Bias">Whether it has a bias.</param>
/// <param name="IsStepped">Whether an optimiser may take the step of the weights in place of their gradient: they are large, and nothing reads them behind this.</param>
internal sealed record DenseBackwardParametersOp(bool Bias, bool IsStepped) : Op
{
    // With their gradients and an optimiser's state, so many weights are no more in a usual L2 cache when the optimiser comes.
    private const int LargeWeights = 1 << 16;

    public override string Name => "dense.backward_parameters";

    public static bool IsLarge(Shape weight) => weight.LongSize >= LargeWeights;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        $"{outputs[0]} = {inputs[0]}ᵀ·{inputs[1]}{(Bias ? $"     {outputs[1]} = Σₙ {inputs[0]}" : "")}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]}ᵀ·{inputs[1]} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var (dz, x, dw) = (code.Root.Inputs[0], code.Root.Inputs[1], code.Root.Outputs[0]);
        var (kernel, arena) = IsStepped && code.GradientArena.Length > 0
            ? ($"// (large: within an optimiser's BackwardStep of a small batch, {code.Symbol(dw)} changes the weights here, tile by tile, and isn't stored)\nRuntime::LargeDense", code.GradientArena + ", ")
            : ("Kernels::Dense", "");
        return $"{kernel}.BackwardParameters<{code.Type}, {code.DenseShape(dw)}>({arena}{code.Variable(dz)}, {code.Variable(x)}, {code.Variable(dw)}, {(Bias ? code.Variable(code.Root.Outputs[1]) : "default")}, {code.Rows(dz)}, {code.Accumulate})";
    }
}

/// <summary>dx = dz·w: the gradient of a dense layer's input.</summary>
internal sealed record DenseBackwardInputOp : Op
{
    public override string Name => "dense.backward_input";

    public override bool HasEpilogue => true;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]}·{inputs[1]}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]}·{inputs[1]} → {outputs[0]}";

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => inputs[1].Last;

    public override string Call(StepCode code)
    {
        var (dz, weight) = (code.Root.Inputs[0], code.Root.Inputs[1]);
        var epilogue = code.Epilogue(code.Shape(weight).Last);
        return $"Kernels::Dense.BackwardInput<{code.Type}, {code.DenseShape(weight)}, {epilogue.Type}>({code.Variable(dz)}, {code.Variable(weight)}, {code.Result}, {code.Rows(dz)}, {epilogue.Construction})";
    }
}
