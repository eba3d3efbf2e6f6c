using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>y = x·s^−β with s = k + α·Σ x² over a window of channels.</summary>
/// <param name="Alpha">Factor of the sum, whatever the window's size.</param>
/// <param name="KeepsScale">Whether s is kept for the backward pass.</param>
internal sealed record LocalResponseNormOp(int Size, double Alpha, double Beta, double K, bool KeepsScale = true) : LayerOp
{
    public override string Name => "local_response_norm";

    public override string Symbol => "y";

    public override string Settings => $"{Text.Invariant(Size)}, alpha {Text.RoundTrip(Alpha)}, beta {Text.RoundTrip(Beta)}, k {Text.RoundTrip(K)}";

    public override string Summary => $"{Name} {Text.Invariant(Size)}";

    public override bool HasEpilogue => true;

    public override bool DerivativeReadsInput => true;

    public override LayerOp? Inference => this with { KeepsScale = false };

    public override IReadOnlyList<SideOutput> SideOutputs => KeepsScale ? [new("s", ValueKind.Activation)] : [];

    public static LocalResponseNormOp Parse(LayerArguments arguments)
    {
        var size = arguments.Positive("size", "the number of channels of a window");
        var alpha = arguments.AtLeast("Alpha", 1e-4, 0, "the factor of the sum of squares");
        return new(size, arguments.Flag("AlphaOverSize", false) ? alpha / size : alpha, arguments.AtLeast("Beta", 0.75, 0, "the exponent"), arguments.Above("K", 2, "the constant"));
    }

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report) => new(KeepsScale ? EquatableArray.Of(x, x) : EquatableArray.Of(x), EquatableArray<Shape>.Empty);

    // A window's squares come in and go out as it moves on; a power counts as one operation.
    public override long Flops(Shape x, Shape y) => 8 * y.LongSize;

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => Columns(result);

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        var sum = $"{Text.RoundTrip(K)} + {Text.RoundTrip(Alpha)}·Σ {inputs[0]}²";
        return KeepsScale
            ? $"{outputs[0]} = {inputs[0]} ⊙ {outputs[1]}^−{Text.RoundTrip(Beta)}     {outputs[1]} = {sum} over {Text.Plural(Size, "channel")}"
            : $"{outputs[0]} = {inputs[0]} ⊙ ({sum})^−{Text.RoundTrip(Beta)} over {Text.Plural(Size, "channel")}";
    }

    public override string Call(StepCode code)
    {
        var (x, outputs) = (code.Root.Inputs[0], code.Root.Outputs);
        var epilogue = code.Epilogue(Columns(code.Shape(x)));
        return $"Kernels::Normalization.LocalResponseNorm.Forward<{code.TypeAndFunctions}, {epilogue.Type}>({code.Variable(x)}, {code.Result}, {(KeepsScale ? code.Variable(outputs[1]) : "default")}, {Sizes(code.Shape(x))}, {Text.RoundTrip(Alpha)}, {Text.RoundTrip(Beta)}, {Text.RoundTrip(K)}, {epilogue.Construction})";
    }

    public override void Differentiate(GradientTape tape, Node node)
    {
        var x = node.Inputs[0];
        if (tape.NeedsGradient(x))
            tape.Add(new LocalResponseNormBackwardOp(this), node, [tape.GradientOf(node.Outputs[0]), x, node.Outputs[1]], [tape.MakeGradient(x), tape.MakeScratch(x)]);
    }

    /// <summary>C# of the extents and the window.</summary>
    public string Sizes(Shape x) => $"n, {Text.Invariant(x.Extents[0])}, {Text.Invariant(x.Plane)}, {Text.Invariant(Size)}";

    /// <summary>Columns of the matrix that epilogues see.</summary>
    public static int Columns(Shape x) => x.Plane == 1 ? x.Extents[0] : x.Plane;
}

/// <summary>dx = dy·s^−β − 2·α·β·x·Σ dy·x·s^(−β−1) over the channels whose window holds the element's.</summary>
internal sealed record LocalResponseNormBackwardOp(LocalResponseNormOp Norm) : Op
{
    public override string Name => Norm.Name + ".backward";

    public override bool HasEpilogue => true;

    public override IReadOnlyList<int> Replaceable => [0];

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => LocalResponseNormOp.Columns(result);

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        var (power, next) = (Text.RoundTrip(Norm.Beta), Text.RoundTrip(Norm.Beta + 1));
        return $"{outputs[0]} = {inputs[0]} ⊙ {inputs[2]}^−{power} − {Text.RoundTrip(2 * Norm.Alpha * Norm.Beta)}·{inputs[1]} ⊙ Σ {inputs[0]} ⊙ {inputs[1]} ⊙ {inputs[2]}^−{next}";
    }

    public override string Call(StepCode code)
    {
        var (inputs, dx, scratch) = (code.Root.Inputs, code.Root.Outputs[0], code.Root.Outputs[1]);
        var epilogue = code.Epilogue(LocalResponseNormOp.Columns(code.Shape(dx)));
        return $"Kernels::Normalization.LocalResponseNorm.Backward<{code.TypeAndFunctions}, {epilogue.Type}>({string.Join(", ", inputs.Select(code.Variable))}, {code.Result}, {code.Variable(scratch)}, {Norm.Sizes(code.Shape(dx))}, {Text.RoundTrip(Norm.Alpha)}, {Text.RoundTrip(Norm.Beta)}, {epilogue.Construction})";
    }
}
