using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Emission.Gpu;

/// <summary>Which networks have a GPU half: those whose operations all have kernels for devices.</summary>
internal static class GpuSupport
{
    /// <summary>Whether a network has one; what stands against it becomes a warning at the layer.</summary>
    public static bool Covers(NetworkModel model, List<Problem> problems)
    {
        const string Mend = "leave the layer out for one, or suppress this warning";
        if (model.Training.Graph.IsDouble)
        {
            problems.Add(Problem.Of(Rules.NotOnDevices, Site.Class, model.Spec.Name, "the elementary functions on devices are written for float, and its precision is double", "write [Network] without Precision for one, or suppress this warning"));
            return false;
        }

        var missing = model.Training.Graph.Nodes.Concat(model.Inference.Graph.Nodes)
            .Select(node => (Node: node, Reason: Missing(model.Training.Graph, node))).Where(pair => pair.Reason is not null)
            .GroupBy(pair => pair.Node.Layer).Select(group => group.First()).ToList();
        foreach (var (node, reason) in missing)
            problems.Add(node.Place.Problem(Rules.NotOnDevices, "", model.Spec.Name, reason!, Mend));
        return missing.Count == 0;
    }

    private static string? Missing(NetworkGraph graph, Node node) => node.Op switch
    {
        ElementwiseLossOp { Loss.Arrays.Count: > 0 } loss => $"{loss.Name} has numbers that differ by output, which kernels for devices don't read yet",
        DenseOp or DenseBackwardParametersOp or DenseBackwardInputOp
            or TiedDenseOp or TiedDenseBackwardWeightOp or TiedDenseBackwardBiasOp or TiedDenseBackwardInputOp
            or ConvOp or ConvBackwardParametersOp or ConvBackwardInputOp or FilterOp
            or TransposedConvOp or TransposedConvBackwardParametersOp or TransposedConvBackwardInputOp
            or PoolOp or PoolBackwardOp or UpsampleOp or UpsampleBackwardOp
            or ConcatOp or ConcatBackwardOp or PadChannelsOp or PadChannelsBackwardOp
            or IElementwise or LearnableBackwardOp or PenaltyOp or PenaltyBackwardOp
            or GateOp or GateBackwardOp or SoftmaxOp or SoftmaxBackwardOp or IView
            or SoftmaxCrossEntropyOp or ElementwiseLossOp or EmbeddingLossOp or OutsideLossOp => null,
        _ => $"{node.Op.Name} has no kernel for devices yet",
    };
}
