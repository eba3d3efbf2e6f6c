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
        if (model.Training.Graph.Inputs.Count() != 1 || model.Training.Graph.Losses.Count() != 1 || model.Training.Graph.PredictionsOf(model.Training.Graph.Losses.First()).Count() != 1 || model.Inference.Graph.Kept.Count() != 1)
        {
            problems.Add(Problem.Of(Rules.NotOnDevices, Site.Class, model.Spec.Name, "devices take networks with one input, one answer and one loss that reads one prediction", "suppress this warning"));
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
        DenseOp or DenseBackwardParametersOp or DenseBackwardInputOp
            or TiedDenseOp or TiedDenseBackwardWeightOp or TiedDenseBackwardBiasOp or TiedDenseBackwardInputOp
            or ConvOp or ConvBackwardParametersOp or ConvBackwardInputOp or FilterOp
            or TransposedConvOp or TransposedConvBackwardParametersOp or TransposedConvBackwardInputOp
            or PoolOp or PoolBackwardOp or UpsampleOp or UpsampleBackwardOp
            or ConcatOp or ConcatBackwardOp or PadChannelsOp or PadChannelsBackwardOp
            or IElementwise or LearnableBackwardOp or PenaltyOp or PenaltyBackwardOp
            or GateOp or GateBackwardOp or SoftmaxOp or SoftmaxBackwardOp or LogSoftmaxOp or LogSoftmaxBackwardOp or MaxoutOp or MaxoutBackwardOp or IView
            or NormOp or NormBackwardOp or LocalResponseNormOp or LocalResponseNormBackwardOp
            or SoftmaxCrossEntropyOp or NegativeLogLikelihoodOp or MulticlassHingeOp or ElementwiseLossOp or SampleLossOp or OutsideLossOp => null,
        _ => $"{node.Op.Name} has no kernel for devices yet",
    };
}
