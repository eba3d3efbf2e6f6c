using System;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>Normalises the last axes of each sample: by mean and deviation, or by the root mean square alone.</summary>
/// <param name="Axes">How many; 0 for those that a dense layer reads as one row.</param>
/// <param name="IsRms">Whether it takes off no mean.</param>
internal sealed record LayerNormOp(bool IsRms, int Axes, double Epsilon, bool Affine) : NormOp(Epsilon, Affine)
{
    public override string Name => IsRms ? "rms_norm" : "layer_norm";

    public override string Settings => $"{(Axes == 0 ? "" : $"axes {Text.Invariant(Axes)}, ")}{base.Settings}";

    public override string Summary => $"{Name}{(Axes == 0 ? "" : $", axes {Text.Invariant(Axes)}")}{(Affine ? "" : ", not affine")}";

    public override string Kernel => IsRms ? "Kernels::Normalization.RmsNorm" : "Kernels::Normalization.LayerNorm";

    public override bool IsCentred => !IsRms;

    protected override string Over => Axes == 0 ? "each row" : $"the last {Text.Plural(Axes, "axis", "axes")}";

    private string Attribute => IsRms ? "RmsNorm" : "LayerNorm";

    public static LayerNormOp Parse(LayerArguments arguments) => Parse(arguments, isRms: false, 1e-5, "what is added to the variance");

    public static LayerNormOp ParseRms(LayerArguments arguments) => Parse(arguments, isRms: true, 1e-6, "what is added to the mean square");

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (Axes > x.Rank)
        {
            report(Rules.OutOfRange, "Axes", [$"Axes of [{Attribute}]", Text.Invariant(Axes), $"the input {x} has {Text.Plural(x.Rank, "axis", "axes")}"]);
            return Infer(x, x, Shape.Of(1));
        }

        var normalised = Normalised(x);
        if (normalised.Size == 1)
            report(Rules.SingleValue, "Axes", [Attribute, x.ToString(), x.Size > 1 ? "set Axes, so that it takes in more of the last axes" : "remove it"]);
        return Infer(x, normalised, Shape.Of(x.Size / normalised.Size));
    }

    public override string Sizes(Shape x) => $"{StepCode.Samples(x.Size / Columns(x))}, {Text.Invariant(Columns(x))}";

    public override int Columns(Shape x) => Normalised(x).Size;

    public override bool TakesOffChannelMeans(Shape x) => IsCentred && Normalised(x).Rank < x.Rank;

    private Shape Normalised(Shape x) => new(x.Extents.Skip(x.Rank - (Axes > 0 ? Axes : x.Rank <= 2 ? 1 : x.Rank)).ToEquatableArray());

    private static LayerNormOp Parse(LayerArguments arguments, bool isRms, double epsilon, string meaning) => new(
        isRms,
        arguments.Has("Axes") ? arguments.Positive("Axes", "the number of axes") : 0,
        arguments.Above("Epsilon", epsilon, meaning),
        arguments.Flag("Affine", true));
}
