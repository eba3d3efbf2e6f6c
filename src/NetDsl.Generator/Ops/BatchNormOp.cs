using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>Normalises each channel over batch and places, in training by the batch's statistics, else by running ones.</summary>
/// <param name="Momentum">Weight of the batch in the running statistics.</param>
internal sealed record BatchNormOp(double Epsilon, double Momentum, bool Affine) : NormOp(Epsilon, Affine)
{
    public override string Name => "batch_norm";

    public override string Settings => $"momentum {Text.RoundTrip(Momentum)}, {base.Settings}";

    public override string Summary => $"{Name}{(Affine ? "" : ", not affine")}";

    public override LayerOp? Inference => new FoldedBatchNormOp(this);

    public override IReadOnlyList<ParameterSpec> Parameters =>
    [
        .. base.Parameters,
        new("runningMean", "runningMean", Ops.Initializer.Code("Zeros", 0), FanIn: -1, FanOut: -1, IsLearnable: false),
        new("runningVariance", "runningVariance", Ops.Initializer.Code("Constant", 1), FanIn: -1, FanOut: -1, IsLearnable: false),
    ];

    public override string Kernel => "Kernels::Normalization.BatchNorm";

    public override string ModeOfForward => IsFrozen ? "false, " : "workspace.BatchStatistics, ";

    // What is frozen is a map that stays as it is, so it goes by the running statistics in training, too.
    protected override string Options => $", {Text.RoundTrip(Momentum)}, {(IsFrozen ? "false" : "training")}";

    protected override string Over => IsFrozen ? "the running statistics" : "samples and places, or the running ones";

    protected override ValueKind Statistics => ValueKind.Fixed;

    public static BatchNormOp Parse(LayerArguments arguments) => new(
        arguments.Above("Epsilon", 1e-5, "what is added to the variance"),
        arguments.PositiveShare("Momentum", 0.1, "the batch's weight in the running statistics must lie in (0, 1]; Frozen = true keeps them as they are"),
        arguments.Flag("Affine", true));

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report) => Infer(x, Shape.Of(x.Extents[0]), Shape.Of(x.Extents[0]));

    public override string Sizes(Shape x) => $"n, {Text.Invariant(x.Extents[0])}, {Text.Invariant(x.Plane)}";

    public override int Columns(Shape x) => x.Plane == 1 ? x.Extents[0] : x.Plane;

    public override bool TakesOffChannelMeans(Shape x) => !IsFrozen;
}

/// <summary>y = scale·x + shift: a batch normalisation at inference, which goes into the epilogue of the layer before.</summary>
internal sealed record FoldedBatchNormOp(BatchNormOp Norm) : LayerOp, IElementwise
{
    public override string Name => Norm.Name;

    public override string Symbol => Norm.Symbol;

    public override string Settings => Norm.Settings;

    public override string Summary => Norm.Summary;

    public override bool HasEpilogue => true;

    public override IReadOnlyList<ParameterSpec> Parameters => Norm.Parameters;

    public override IReadOnlyList<SideOutput> SideOutputs => [new("scale", ValueKind.Fixed), new("shift", ValueKind.Fixed)];

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report) => Norm.Infer(x, report);

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        var (gamma, beta) = Norm.Affine ? (inputs[1], inputs[2]) : ("1", "0");
        var (scale, shift, mean, variance) = (outputs[1], outputs[2], inputs[inputs.Count - 2], inputs[inputs.Count - 1]);
        return $"{OperatorFormula(inputs, outputs)}     {scale} = {gamma}/√({variance} + {Text.RoundTrip(Norm.Epsilon)}), {shift} = {beta} − {mean} ⊙ {scale}";
    }

    public override string OperatorFormula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {inputs[0]} ⊙ {outputs[1]} + {outputs[2]}";

    public IReadOnlyList<string> Statements(ElementCode code) => [$"var {code.Output(0)} = V.FusedMultiplyAdd({code.Input(0)}, {code.Output(1)}, {code.Output(2)});"];

    public Channels ChannelsOf(Shape x) => Channels.Along(0, x);

    public override IEnumerable<string> Prepare(StepCode code, Node node)
    {
        string[] operands = [.. Norm.Affines(code, node.Inputs.Skip(1)), .. node.Inputs.Skip(1 + Norm.LearntCount).Concat(node.Outputs.Skip(1)).Select(code.Variable)];
        yield return $"{Norm.Kernel}.Fold<{code.Type}>({string.Join(", ", operands)}, {Text.Invariant(code.Shape(node.Inputs[0]).Extents[0])}, {Text.RoundTrip(Norm.Epsilon)});";
    }
}
