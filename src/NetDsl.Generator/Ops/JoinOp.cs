using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>What brings branches together again.</summary>
internal abstract record JoinOp : LayerOp
{
    public override string Summary => Settings.Length == 0 ? Name : $"{Name}, {Settings}";

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report) => Infer([x], report);

    public abstract override Inference Infer(IReadOnlyList<Shape> data, Action<Rule, string, string[]> report);

    /// <summary>branch 1 gives 16×8×8 and branch 2 gives 32×8×8.</summary>
    protected static string Compare(Shape first, int number, Shape other) => $"branch 1 gives {first} and branch {Text.Invariant(number)} gives {other}";
}

/// <summary>A join of branches of one shape, element by element.</summary>
internal abstract record ElementwiseJoinOp : JoinOp, ICommutative
{
    public override bool HasEpilogue => true;

    /// <summary>The attribute's name, and what it does to its branches.</summary>
    protected abstract (string Attribute, string Verb) Words { get; }

    /// <summary>Between two operands in formulas.</summary>
    protected abstract string Sign { get; }

    public override Inference Infer(IReadOnlyList<Shape> data, Action<Rule, string, string[]> report)
    {
        for (var i = 1; i < data.Count; i++)
        {
            if (data[i] == data[0])
                continue;
            report(Rules.JoinShapes, "", [Words.Attribute, Words.Verb, Compare(data[0], i + 1, data[i]), Mend(data[0], data[i], i + 1)]);
            break;
        }

        return Ops.Inference.Same(data[0]);
    }

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {string.Join($" {Sign} ", inputs)}";

    public Channels ChannelsOf(Shape x) => Channels.None;

    public abstract IReadOnlyList<string> Statements(ElementCode code);

    // What most often goes wrong: a stride, a width, a kernel without padding.
    private static string Mend(Shape first, Shape other, int number)
    {
        if (first.Rank != other.Rank)
            return "give the branches the same axes, say with [Flatten] or [Reshape(…)]";
        if (first.Rank == 1)
            return "end both in layers of the same width";
        var (large, small, wide) = first.Extents[1] >= other.Extents[1] ? (first, other, 1) : (other, first, number);
        var stride = (large.Extents[1] + small.Extents[1] - 1) / small.Extents[1];
        if (large.Extents.Skip(1).SequenceEqual(small.Extents.Skip(1)))
            return $"end both in the same number of channels, or let branch {Text.Invariant(number)} be [Projection({Text.Invariant(first.Extents[0])})]";
        var isStrided = stride > 1 && large.Extents.Skip(1).Zip(small.Extents.Skip(1), (wide, narrow) => (wide + stride - 1) / stride == narrow).All(fits => fits);
        return isStrided
            ? $"use the same strides in both, or let branch {Text.Invariant(wide)} be [Projection({Text.Invariant(small.Extents[0])}, Stride = {Text.Invariant(stride)})]"
            : "use Padding = Padding.Same and the same strides in both";
    }
}

/// <summary>y = x₁ + x₂ + …: all branches get the sum's gradient as it is.</summary>
internal sealed record SumOp : ElementwiseJoinOp
{
    public override string Name => "sum";

    public override string Symbol => "s";

    protected override (string Attribute, string Verb) Words => ("Sum", "adds its branches");

    protected override string Sign => "+";

    public static LayerOp Parse(LayerArguments arguments) => new SumOp();

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]}, the sum of the branches";

    public override IReadOnlyList<string> Statements(ElementCode code) => [$"var {code.Output(0)} = {string.Join(" + ", Enumerable.Range(0, code.Inputs).Select(code.Input))};"];

    public override long Flops(Shape x, Shape y) => y.LongSize;

    public override void Differentiate(GradientTape tape, Node node)
    {
        foreach (var input in node.Inputs.Where(tape.NeedsGradient))
            tape.PassOn(node, node.Outputs[0], input);
    }
}

/// <summary>y = x₁ ⊙ x₂ ⊙ ….</summary>
internal sealed record ProductOp : ElementwiseJoinOp
{
    public override string Name => "product";

    public override string Symbol => "q";

    public override bool DerivativeReadsInput => true;

    protected override (string Attribute, string Verb) Words => ("Product", "multiplies its branches");

    protected override string Sign => "⊙";

    public static LayerOp Parse(LayerArguments arguments) => new ProductOp();

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]}, the product of the branches";

    public override IReadOnlyList<string> Statements(ElementCode code) => [$"var {code.Output(0)} = {string.Join(" * ", Enumerable.Range(0, code.Inputs).Select(code.Input))};"];

    public override long Flops(Shape x, Shape y) => y.LongSize;

    public override void Differentiate(GradientTape tape, Node node)
    {
        for (var i = 0; i < node.Inputs.Count; i++)
        {
            var others = node.Inputs.Where((_, other) => other != i);
            if (tape.NeedsGradient(node.Inputs[i]))
                tape.Add(new ProductBackwardOp(), node, [tape.GradientOf(node.Outputs[0]), .. others], [tape.MakeGradient(node.Inputs[i])]);
        }
    }
}

/// <summary>dxᵢ = dy ⊙ the other factors.</summary>
internal sealed record ProductBackwardOp : Op, ICommutative
{
    public override string Name => "product.backward";

    public override bool HasEpilogue => true;

    public override string Role(int place) => place == 0 ? "dq" : "branch";

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {string.Join(" ⊙ ", inputs)}";

    public IReadOnlyList<string> Statements(ElementCode code) => [$"var {code.Output(0)} = {string.Join(" * ", Enumerable.Range(0, code.Inputs).Select(code.Input))};"];

    public Channels ChannelsOf(Shape x) => Channels.None;
}

/// <summary>dx = dx₁ + dx₂: parts of the gradient of a value that several nodes read.</summary>
internal sealed record AddGradientsOp : Op, ICommutative
{
    public override string Name => "add";

    public override bool HasEpilogue => true;

    public override string Role(int place) => "part";

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {string.Join(" + ", inputs)}";

    public IReadOnlyList<string> Statements(ElementCode code) => [$"var {code.Output(0)} = {code.Input(0)} + {code.Input(1)};"];

    public Channels ChannelsOf(Shape x) => Channels.None;
}
