using System;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>Normalises groups of neighbouring channels of each sample.</summary>
/// <param name="Groups">Their number; 0 for one a channel, instance normalisation.</param>
internal sealed record GroupNormOp(int Groups, double Epsilon, bool Affine) : NormOp(Epsilon, Affine)
{
    public override string Name => IsInstance ? "instance_norm" : "group_norm";

    public override string Settings => $"{(IsInstance ? "" : Text.Invariant(Groups) + ", ")}{base.Settings}";

    public override string Summary => $"{Name}{(IsInstance ? "" : " " + Text.Invariant(Groups))}{(Affine ? "" : ", not affine")}";

    public override string Kernel => "Kernels::Normalization.GroupNorm";

    protected override string Over => IsInstance ? "places" : "places of a group";

    private bool IsInstance => Groups == 0;

    public static GroupNormOp Parse(LayerArguments arguments) => Parse(arguments, arguments.Positive("groups", "the number of groups"));

    public static GroupNormOp ParseInstance(LayerArguments arguments) => Parse(arguments, groups: 0);

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        var channels = x.Extents[0];
        if (channels % GroupsOf(x) != 0)
            report(Rules.Groups, "groups", ["GroupNorm", Text.Invariant(Groups), $"the {Text.Plural(channels, "channel")} of its input {x}"]);
        else if (x.Plane == 1 && GroupsOf(x) == channels)
            report(Rules.SingleValue, "groups", IsInstance ? ["InstanceNorm", x.ToString(), "use [LayerNorm] or [BatchNorm]"] : ["GroupNorm", x.ToString(), channels == 1 ? "remove it" : "use fewer groups"]);
        return Infer(x, Shape.Of(channels), Shape.Of(GroupsOf(x)));
    }

    public override string Sizes(Shape x) => $"n, {Text.Invariant(x.Extents[0])}, {Text.Invariant(x.Plane)}, {Text.Invariant(GroupsOf(x))}";

    public override int Columns(Shape x) => x.Plane == 1 ? x.Extents[0] : x.Plane;

    public override bool TakesOffChannelMeans(Shape x) => GroupsOf(x) == x.Extents[0];

    /// <summary>The number of groups of an input.</summary>
    public int GroupsOf(Shape x) => IsInstance ? x.Extents[0] : Groups;

    private static GroupNormOp Parse(LayerArguments arguments, int groups) => new(groups, arguments.Above("Epsilon", 1e-5, "what is added to the variance"), arguments.Flag("Affine", true));
}
