using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>y = γ·(x − mean)·rstd + β with rstd = 1/√(variance + ε): what the normalisations have in common, and where they differ.</summary>
/// <param name="Epsilon">ε.</param>
/// <param name="Affine">Whether there are γ and β.</param>
internal abstract record NormOp(double Epsilon, bool Affine) : LayerOp
{
    public override string Symbol => "y";

    public override string Settings => $"epsilon {Text.RoundTrip(Epsilon)}{(Affine ? "" : ", not affine")}";

    public override bool HasEpilogue => true;

    public override bool DerivativeReadsInput => true;

    public override IReadOnlyList<int> Replaceable => [0];

    public override IReadOnlyList<ParameterSpec> Parameters => Affine ? Learnt : [];

    public override IReadOnlyList<SideOutput> SideOutputs => IsCentred ? [new("mean", Statistics), new("rstd", Statistics)] : [new("rstd", Statistics)];

    /// <summary>The kernels' class.</summary>
    public abstract string Kernel { get; }

    /// <summary>What a mean goes over, for the formula.</summary>
    protected abstract string Over { get; }

    /// <summary>Whether it takes off the mean and has a β.</summary>
    public virtual bool IsCentred => true;

    /// <summary>Whether a mean belongs to a sample, or to the batch.</summary>
    protected virtual ValueKind Statistics => ValueKind.Activation;

    /// <summary>The kernel's argument that tells the backward pass what the forward pass did, with a comma behind.</summary>
    public virtual string ModeOfForward => "";

    /// <summary>The arguments of the forward kernel between ε and the epilogue, with a comma in front.</summary>
    protected virtual string Options => "";

    /// <summary>γ and β, of which there may be none.</summary>
    public int LearntCount => Affine ? Learnt.Count : 0;

    private IReadOnlyList<ParameterSpec> Learnt =>
        IsCentred
            ? [new("gamma", "gamma", Ops.Initializer.Code("Constant", 1), FanIn: -1, FanOut: -1), new("beta", "beta", Ops.Initializer.Code("Zeros", 0), FanIn: -1, FanOut: -1)]
            : [new("gamma", "gamma", Ops.Initializer.Code("Constant", 1), FanIn: -1, FanOut: -1)];

    /// <summary>C# of the extents that the kernels take.</summary>
    public abstract string Sizes(Shape x);

    /// <summary>Columns of the matrix that epilogues see.</summary>
    public abstract int Columns(Shape x);

    /// <summary>Whether what is added to all elements of a channel before has no effect.</summary>
    public virtual bool TakesOffChannelMeans(Shape x) => false;

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => Columns(result);

    // Sum, deviation and its square; then difference, product and sum.
    public override long Flops(Shape x, Shape y) => (IsCentred ? 7 : 4) * y.LongSize;

    /// <summary>The shapes, from that of γ and of the statistics.</summary>
    protected Inference Infer(Shape x, Shape gamma, Shape statistics) =>
        new(new[] { x }.Concat(SideOutputs.Select(_ => statistics)).ToEquatableArray(), Parameters.Select(_ => gamma).ToEquatableArray());

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        var (x, rstd) = (inputs[0], outputs[outputs.Count - 1]);
        var scaled = $"{(Affine ? inputs[1] + " ⊙ " : "")}{(IsCentred ? $"({x} − {outputs[1]})" : x)} ⊙ {rstd}{(Affine && IsCentred ? " + " + inputs[2] : "")}";
        return $"{outputs[0]} = {scaled}     {(IsCentred ? $"{outputs[1]} = mean({x}), {rstd} = 1/√(variance({x})" : $"{rstd} = 1/√(mean({x}²)")} + {Text.RoundTrip(Epsilon)}) over {Over}";
    }

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} → {string.Join(", ", outputs)}";

    public override string Call(StepCode code)
    {
        var (root, x) = (code.Root, code.Root.Inputs[0]);
        var epilogue = code.Epilogue(Columns(code.Shape(x)));
        var state = root.Inputs.Skip(1 + LearntCount);
        string[] arguments = [code.Variable(x), .. Affines(code, root.Inputs.Skip(1)), code.Result, .. root.Outputs.Skip(1).Concat(state).Select(code.Variable)];
        return $"{Kernel}.Forward<{code.Type}, {epilogue.Type}>({string.Join(", ", arguments)}, {Sizes(code.Shape(x))}, {Text.RoundTrip(Epsilon)}{Options}, {epilogue.Construction})";
    }

    /// <summary>C# of γ and β, or of their gradients.</summary>
    public IEnumerable<string> Affines(StepCode code, IEnumerable<int> values) => Affine ? values.Take(LearntCount).Select(code.Variable) : Learnt.Select(_ => "default");

    public override void Differentiate(GradientTape tape, Node node)
    {
        var (x, dy) = (node.Inputs[0], tape.GradientOf(node.Outputs[0]));
        var learnt = node.Inputs.Skip(1).Take(LearntCount).ToList();
        void Add(bool hasInput, bool hasParameters) => tape.Add(
            new NormBackwardOp(this, hasInput, hasParameters),
            node,
            [dy, x, .. learnt.Take(1), .. node.Outputs.Skip(1)],
            [.. hasInput ? [tape.MakeGradient(x)] : Array.Empty<Value>(), .. hasParameters ? learnt.Select(tape.ParameterGradient) : []]);

        // One pass makes all gradients, unless that of the input is BackwardInput's.
        var learns = learnt.Any(tape.NeedsGradient);
        var isOne = learns && tape.NeedsGradient(x) && tape.IsBehindParameters(x);
        if (learns && !isOne)
            Add(hasInput: false, hasParameters: true);
        if (tape.NeedsGradient(x))
            Add(hasInput: true, isOne);
    }
}

/// <summary>dx = rstd·(g − mean(g) − x̂·mean(g·x̂)) with g = γ·dy and x̂ = (x − mean)·rstd; dγ = Σ dy·x̂, dβ = Σ dy.</summary>
internal sealed record NormBackwardOp(NormOp Norm, bool HasInput, bool HasParameters) : Op
{
    public override string Name => Norm.Name + ".backward";

    public override bool HasEpilogue => HasInput;

    public override IReadOnlyList<int> Replaceable => HasInput ? [0, 1] : [];

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => Norm.Columns(result);

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        var (dy, rstd) = (inputs[0], inputs[inputs.Count - 1]);
        var normalised = Norm.IsCentred ? $"({inputs[1]} − {inputs[inputs.Count - 2]}) ⊙ {rstd}" : $"{inputs[1]} ⊙ {rstd}";
        var gradients = new List<string>();
        if (HasInput)
            gradients.Add($"{outputs[0]} = {rstd} ⊙ (G − {(Norm.IsCentred ? "mean(G) − " : "")}X̂ ⊙ mean(G ⊙ X̂)), G = {(Norm.Affine ? $"{inputs[2]} ⊙ {dy}" : dy)}");
        var learnt = outputs.Skip(HasInput ? 1 : 0).ToList();
        if (HasParameters)
            gradients.Add($"{learnt[0]} = Σ {dy} ⊙ X̂{(learnt.Count > 1 ? $", {learnt[1]} = Σ {dy}" : "")}");
        return $"{string.Join("     ", gradients)}     X̂ = {normalised}";
    }

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} → {string.Join(", ", outputs)}";

    public override string Call(StepCode code)
    {
        var (root, x) = (code.Root, code.Root.Inputs[1]);
        var shape = code.Shape(x);
        var epilogue = HasInput ? code.Epilogue(Norm.Columns(shape)) : new OperatorCode($"Kernels::Store<{code.Type}>", "default");
        string[] arguments =
        [
            .. root.Inputs.Take(2).Select(code.Variable),
            .. Norm.Affines(code, root.Inputs.Skip(2)).Take(1),
            .. root.Inputs.Skip(Norm.Affine ? 3 : 2).Select(code.Variable),
            HasInput ? code.Result : "default",
            .. HasParameters ? Norm.Affines(code, root.Outputs.Skip(HasInput ? 1 : 0)) : Enumerable.Repeat("default", Norm.IsCentred ? 2 : 1),
        ];
        return $"{Norm.Kernel}.Backward<{code.Type}, Kernels::Store<{code.Type}>, {epilogue.Type}>({string.Join(", ", arguments)}, {Norm.Sizes(shape)}, {Norm.ModeOfForward}{(HasParameters ? code.Accumulate : "false")}, default, {epilogue.Construction})";
    }
}
