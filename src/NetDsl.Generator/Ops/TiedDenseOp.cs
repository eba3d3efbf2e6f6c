using System;
using System.Collections.Generic;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>z = x·w + b with the weights [units × inputs] of a dense layer; the node reads x, its own bias, and last the weights.</summary>
/// <param name="Of">Name of the layer that has the weights.</param>
internal sealed record TiedDenseOp(string Of, bool Bias) : LayerOp
{
    public override string Name => "tied";

    public override string Symbol => "z";

    public override bool IsProduct => true;

    public override string Settings => $"to {Of}";

    public override string Summary => $"{Name} {Settings}{(Bias ? "" : ", no bias")}";

    public override bool HasEpilogue => true;

    public override IReadOnlyList<ParameterSpec> Parameters => Bias ? [new("bias", "b", Ops.Initializer.Code("Zeros", 0), FanIn: -1, FanOut: -1)] : [];

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => result.Last;

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report) => throw new InvalidOperationException("A tied layer reads weights, too.");

    public override Inference Infer(IReadOnlyList<Shape> data, Action<Rule, string, string[]> report)
    {
        var (x, weight) = (data[0], data[1]);
        if ((x.Rank <= 2 ? x.Last : x.Size) != weight.Extents[0])
            report(Rules.SharedShapes, "", ["[Tied]", $"the transposed weights [{weight}] of {Of}", x.ToString(), $"they take {Text.Plural(weight.Extents[0], "feature")}", "put it behind a layer of that width"]);
        return new(EquatableArray.Of(x.Rank <= 2 ? x.WithLast(weight.Last) : Shape.Of(weight.Last)), (Bias ? new[] { Shape.Of(weight.Last) } : []).ToEquatableArray());
    }

    public override long Flops(Shape x, Shape y) => 2 * (x.Rank <= 2 ? x.Last : x.LongSize) * y.LongSize + (Bias ? y.LongSize : 0);

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]}·{inputs[inputs.Count - 1]}{(Bias ? " + " + inputs[1] : "")}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]}·{inputs[inputs.Count - 1]}{(Bias ? " + " + inputs[1] : "")} → {outputs[0]}";

    // The product that carries a dense layer's gradient back to its input.
    public override string Call(StepCode code)
    {
        var (x, weight, z) = (code.Root.Inputs[0], code.Root.Inputs[code.Root.Inputs.Count - 1], code.Root.Outputs[0]);
        var epilogue = code.Epilogue(code.Shape(z).Last, bias: Bias ? code.Root.Inputs[1] : -1);
        return $"Kernels::Dense.BackwardInput<{code.Type}, {code.DenseShape(weight)}, {epilogue.Type}>({code.Variable(x)}, {code.Variable(weight)}, {code.Result}, {code.Rows(z)}, {epilogue.Construction})";
    }

    public override void Differentiate(GradientTape tape, Node node)
    {
        var (x, weight, dz) = (node.Inputs[0], node.Inputs[node.Inputs.Count - 1], tape.GradientOf(node.Outputs[0]));
        // The parameters first: afterwards the input's gradient can take the input's place.
        if (tape.NeedsGradient(weight))
            tape.Add(new TiedDenseBackwardWeightOp(), node, [x, dz], [tape.ParameterGradient(weight)]);
        if (Bias && tape.NeedsGradient(node.Inputs[1]))
            tape.Add(new TiedDenseBackwardBiasOp(), node, [dz], [tape.ParameterGradient(node.Inputs[1])]);
        if (tape.NeedsGradient(x))
            tape.Add(new TiedDenseBackwardInputOp(), node, [dz, weight], [tape.MakeGradient(x)]);
    }
}

/// <summary>dw = xᵀ·dz.</summary>
internal sealed record TiedDenseBackwardWeightOp : Op
{
    public override string Name => "tied.backward_weight";

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]}ᵀ·{inputs[1]}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]}ᵀ·{inputs[1]} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var (x, dz, dw) = (code.Root.Inputs[0], code.Root.Inputs[1], code.Root.Outputs[0]);
        return $"Kernels::Dense.BackwardParameters<{code.Type}, {code.DenseShape(dw)}>({code.Variable(x)}, {code.Variable(dz)}, {code.Variable(dw)}, default, {code.Rows(dz)}, {code.Accumulate})";
    }
}

/// <summary>db = Σₙ dz.</summary>
internal sealed record TiedDenseBackwardBiasOp : Op
{
    public override string Name => "tied.backward_bias";

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = Σₙ {inputs[0]}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var (dz, db) = (code.Root.Inputs[0], code.Root.Outputs[0]);
        return $"Kernels::Reduce.Columns<{code.Type}, Kernels::Store<{code.Type}>>({code.Variable(dz)}, {code.Variable(db)}, {code.Rows(dz)}, {Text.Invariant(code.Shape(dz).Last)}, default, {code.Accumulate})";
    }
}

/// <summary>dx = dz·wᵀ: the dense layer's own product.</summary>
internal sealed record TiedDenseBackwardInputOp : Op
{
    public override string Name => "tied.backward_input";

    public override bool HasEpilogue => true;

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => inputs[1].Extents[0];

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]}·{inputs[1]}ᵀ";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]}·{inputs[1]}ᵀ → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var (dz, weight) = (code.Root.Inputs[0], code.Root.Inputs[1]);
        var epilogue = code.Epilogue(code.Shape(weight).Extents[0]);
        return $"Kernels::Dense.Forward<{code.Type}, {code.DenseShape(weight)}, {epilogue.Type}>({code.Variable(dz)}, {code.Variable(weight)}, {code.Result}, {code.Rows(dz)}, {epilogue.Construction})";
    }
}
